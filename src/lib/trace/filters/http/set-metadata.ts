/**
 * Filters that write dynamic metadata for later ones.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_metadata_filter
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_to_metadata_filter
 */
import { type Any, messageOf } from '../../../envoy/any';
import type { Fields } from '../../../http/stream-state';
import { type FilterResult, type FilterRun, goesOn } from './handler';

interface SetMetadata {
  readonly metadata_namespace?: string;
  readonly value?: Fields;
  readonly metadata?: readonly {
    readonly metadata_namespace?: string;
    readonly allow_overwrite?: boolean;
    readonly value?: Fields;
  }[];
}

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

/** `envoy.extensions.filters.http.header_to_metadata.v3.Config`. */
/** `envoy.extensions.filters.http.json_to_metadata.v3.JsonToMetadata`, whose rules stand a message deeper. */
interface JsonRules {
  readonly request_rules?: {
    readonly rules?: readonly {
      readonly on_present?: Target;
      readonly on_missing?: Target;
      readonly on_error?: Target;
    }[];
  };
}

export const runJsonToMetadata = runToMetadata('envoy.filters.http.json_to_metadata', (config) =>
  (messageOf<JsonRules>(config).request_rules?.rules ?? []).flatMap((rule) => [
    rule.on_present,
    rule.on_missing,
    rule.on_error,
  ]),
);

/** What such a filter writes is not worked out: a matcher that asks for it is unknown. */
function runToMetadata(
  own: string,
  targetsOf: (config: Any | undefined) => readonly Target[],
): (run: FilterRun) => FilterResult {
  return (run) => {
    const written = targetsOf(run.perRoute.configs[0]?.config ?? run.config)
      .filter((one) => one !== undefined)
      .map((one) => one.metadata_namespace ?? own);
    for (const namespace of new Set(written)) {
      run.input.state.setUnknownMetadata(namespace, `what the filter ${run.name} writes as metadata of ${namespace}`);
    }
    return goesOn(run, { kind: 'writes-metadata' });
  };
}
