/**
 * Filters that write dynamic metadata for later ones: what is set, and what is found in bodies.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_metadata_filter
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/json_to_metadata_filter
 */
import { messageOf } from '../../../envoy/any';
import type { Fields } from '../../../http/stream-state';
import { ownField } from '../../../own-field';
import { type FilterResult, type FilterRun, goesOn, writesUnknown } from './handler';

interface SetMetadata {
  readonly metadata_namespace?: string;
  readonly value?: Fields;
  readonly metadata?: readonly {
    readonly metadata_namespace?: string;
    readonly allow_overwrite?: boolean;
    readonly value?: Fields;
  }[];
}

/**
 * `metadata` is written where there is none yet, or, with allow_overwrite, into what is there, as the older `value` always is: fields of
 * structures are added one by one, lists are joined, everything else takes the place of what was there.
 */
export function runSetMetadata(run: FilterRun): FilterResult {
  const { state } = run.input;
  const { metadata_namespace: namespace, value, metadata = [] } = messageOf<SetMetadata>(run.config);
  const write = (name: string, fields: Fields): void => {
    state.setMetadata(name, merged(state.metadata(name) ?? {}, fields, 0));
  };
  if (namespace !== undefined && value !== undefined) write(namespace, value);
  for (const one of metadata) {
    const name = one.metadata_namespace ?? '';
    if (one.value === undefined || (state.metadata(name) !== null && one.allow_overwrite !== true)) continue;
    write(name, one.value);
  }
  const names = [namespace, ...metadata.map((one) => one.metadata_namespace)].filter((one) => one !== undefined);
  return goesOn(run, { kind: 'sets-metadata', names });
}

/** The deepest structure that is joined with another. */
const DEEPEST = 100;

function merged(before: Fields, added: Fields, depth: number): Fields {
  const fields = Object.entries(added).map(([name, value]) => {
    const old = ownField(before, name);
    if (Array.isArray(old) && Array.isArray(value)) return [name, [...(old as unknown[]), ...(value as unknown[])]];
    const isJoined = isStructure(old) && isStructure(value) && depth < DEEPEST;
    return [name, isJoined ? merged(old, value, depth + 1) : value];
  });
  return { ...before, ...(Object.fromEntries(fields) as Fields) };
}

function isStructure(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Target = { readonly metadata_namespace?: string } | undefined;

/** `envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata`. */
interface JsonToMetadata {
  readonly request_rules?: {
    readonly rules?: readonly {
      readonly on_present?: Target;
      readonly on_missing?: Target;
      readonly on_error?: Target;
    }[];
  };
}

/** A body is not known, and so neither is what is taken out of it. */
export function runJsonToMetadata(run: FilterRun): FilterResult {
  const { request_rules: request } = messageOf<JsonToMetadata>(run.perRoute.configs[0]?.config ?? run.config);
  const targets = (request?.rules ?? []).flatMap((rule) => [rule.on_present, rule.on_missing, rule.on_error]);
  for (const target of targets) {
    if (target !== undefined) writesUnknown(run, target.metadata_namespace ?? 'envoy.filters.http.json_to_metadata');
  }
  return goesOn(run, { kind: 'writes-metadata' });
}
