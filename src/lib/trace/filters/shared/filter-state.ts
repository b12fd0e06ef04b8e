/**
 * `set_filter_state`, as a network filter and as an HTTP filter: what it writes for later filters and for matchers.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_filter_state
 */
import { type Any, messageOf } from '../../../envoy/any';
import type { StreamFacts } from '../../../http/stream-facts';
import type { StreamState } from '../../../http/stream-state';
import { formatted } from '../../../http/substitution-format';

/** The filter state by which a filter chooses the TCP proxy's cluster. */
export const CLUSTER_STATE = 'envoy.tcp_proxy.cluster';

interface FilterStateValue {
  readonly object_key?: string;
  readonly format_string?: {
    readonly text_format_source?: { readonly inline_string?: string };
    readonly text_format?: string;
    readonly omit_empty_values?: boolean;
  };
  readonly skip_if_empty?: boolean;
}

interface SetFilterState {
  readonly on_new_connection?: readonly FilterStateValue[];
  readonly on_downstream_tls_handshake?: readonly FilterStateValue[];
  readonly on_downstream_data?: readonly FilterStateValue[];
  readonly on_request_headers?: readonly FilterStateValue[];
}

/**
 * Writes what the filter's format strings give; gives the keys.
 * @param facts of a request, or of a connection that has none yet: those write other lists
 */
export function setFilterState(config: Any | undefined, state: StreamState, facts: StreamFacts): readonly string[] {
  const lists = messageOf<SetFilterState>(config);
  // The TCP proxy has read its cluster when the connection was accepted, whenever it calls it: what the handshake sets comes too late.
  const ofHandshake = (lists.on_downstream_tls_handshake ?? []).filter(({ object_key: key }) => key !== CLUSTER_STATE);
  const isHandshake = facts.connection.tls !== null;
  if (facts.message === null && !isHandshake) {
    for (const { object_key: key = '' } of ofHandshake) state.leavesFilterState(key);
  }
  const values =
    facts.message === null
      ? [...(lists.on_new_connection ?? []), ...(isHandshake ? ofHandshake : []), ...(lists.on_downstream_data ?? [])]
      : (lists.on_request_headers ?? []);
  return values.map((one) => {
    const key = one.object_key ?? '';
    const format = one.format_string?.text_format_source?.inline_string ?? one.format_string?.text_format ?? '';
    const text = formatted(format, facts, one.format_string?.omit_empty_values === true ? '' : '-');
    if (one.skip_if_empty === true && text === '') state.leavesFilterState(key);
    else state.setFilterState(key, text);
    return key;
  });
}
