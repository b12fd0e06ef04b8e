/**
 * Filters that write dynamic metadata for later ones: what is set, and what is found in bodies.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_metadata_filter
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/json_to_metadata_filter
 */
import { messageOf } from '../../../envoy/any';
import type { Fields } from '../../../http/stream-state';
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

/** `metadata` is written where there is none yet, or allow_overwrite is set; the older `value` is added to what is there. */
export function runSetMetadata(run: FilterRun): FilterResult {
  const { state } = run.input;
  const { metadata_namespace: namespace, value, metadata = [] } = messageOf<SetMetadata>(run.config);
  if (namespace !== undefined && value !== undefined) state.setMetadata(namespace, value);
  for (const one of metadata) {
    const name = one.metadata_namespace ?? '';
    if (one.value === undefined || (state.metadata(name) !== null && one.allow_overwrite !== true)) continue;
    state.setMetadata(name, one.value);
  }
  const names = [namespace, ...metadata.map((one) => one.metadata_namespace)].filter((one) => one !== undefined);
  return goesOn(run, { kind: 'sets-metadata', names });
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
