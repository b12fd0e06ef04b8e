/**
 * `set_filter_state`, as a network filter and as an HTTP filter: what it writes for later filters and for matchers.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/set_filter_state
 */
import { type Any, messageOf } from '../../../envoy/any';
import { type Unknown, unknown } from '../../../match/ternary';
import { headerValues, type HttpMessage } from '../../../http/message';
import { hostPort } from '../../../envoy/address';
import type { ConnectionFacts } from './input';
import type { StreamState } from '../../stream-state';

interface FilterStateValue {
  readonly object_key?: string;
  readonly format_string?: {
    readonly text_format_source?: { readonly inline_string?: string };
    readonly text_format?: string;
  };
  readonly skip_if_empty?: boolean;
}

interface SetFilterState {
  readonly on_new_connection?: readonly FilterStateValue[];
  readonly on_downstream_tls_handshake?: readonly FilterStateValue[];
  readonly on_downstream_data?: readonly FilterStateValue[];
  readonly on_request_headers?: readonly FilterStateValue[];
}

/** Writes what the filter's format strings give; gives the keys. */
export function setFilterState(
  config: Any | undefined,
  state: StreamState,
  connection: ConnectionFacts,
  message: HttpMessage | null,
): readonly string[] {
  const lists = messageOf<SetFilterState>(config);
  const values =
    message === null
      ? [
          ...(lists.on_new_connection ?? []),
          ...(lists.on_downstream_tls_handshake ?? []),
          ...(lists.on_downstream_data ?? []),
        ]
      : (lists.on_request_headers ?? []);
  return values.map((one) => {
    const key = one.object_key ?? '';
    const format = one.format_string?.text_format_source?.inline_string ?? one.format_string?.text_format ?? '';
    const text = formatted(format, state, connection, message);
    if (one.skip_if_empty !== true || text !== '') state.setFilterState(key, text);
    return key;
  });
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators */
function formatted(
  format: string,
  state: StreamState,
  connection: ConnectionFacts,
  message: HttpMessage | null,
): string | Unknown {
  const open: Unknown[] = [];
  const text = format.replace(
    /%([A-Z_]{1,60})(?:\(([^)]{0,200})\))?%/g,
    (whole, command: string, argument?: string) => {
      const value = commandValue(command, argument ?? '', state, connection, message);
      if (typeof value === 'string') return value;
      open.push(value ?? unknown(`the value of ${whole}`));
      return whole;
    },
  );
  return open[0] ?? text;
}

function commandValue(
  command: string,
  argument: string,
  state: StreamState,
  connection: ConnectionFacts,
  message: HttpMessage | null,
): string | Unknown | null {
  switch (command) {
    case 'REQ':
      return message === null ? null : requestValue(argument, message);
    case 'FILTER_STATE':
      return state.filterState(argument.replace(/:(?:PLAIN|TYPED)$/, ''));
    case 'DOWNSTREAM_PEER_URI_SAN':
      return peerUriSan(connection);
    case 'DOWNSTREAM_REMOTE_ADDRESS':
      return connection.source.port === null ? null : hostPort(connection.source.ip, connection.source.port);
    case 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT':
      return connection.source.ip;
    case 'DOWNSTREAM_LOCAL_ADDRESS':
      return hostPort(connection.local.ip, connection.local.port);
    case 'DOWNSTREAM_LOCAL_PORT':
      return String(connection.local.port);
    case 'REQUESTED_SERVER_NAME':
      return connection.serverName === '' ? '-' : connection.serverName;
    default:
      return null;
  }
}

function requestValue(argument: string, message: HttpMessage): string {
  const name = argument.toLowerCase();
  if (name === ':authority') return message.authority ?? '-';
  if (name === ':path') return message.path;
  if (name === ':method') return message.method;
  return headerValues(message, name)[0] ?? '-';
}

function peerUriSan({ tls }: ConnectionFacts): string | Unknown {
  const certificate = tls?.certificate ?? null;
  if (certificate === null) return '-';
  if (certificate.uriSans === null) return unknown("what the source's certificate says (--source-principal)");
  return certificate.uriSans.length === 0 ? '-' : certificate.uriSans.join(',');
}
