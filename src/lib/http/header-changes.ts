/**
 * Headers that route, virtual host and route configuration add and remove.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#custom-request-response-headers
 */
import type { HeaderValueOption, RouteConfiguration } from '../envoy/route';
import { headerValues, headerView, type HttpMessage, withHeader } from './message';

export interface HeaderChanges {
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
}

/** Levels from the most specific one; the least specific is applied last, unless the configuration turns that round. */
export function withHeaderChanges(
  message: HttpMessage,
  levels: readonly (HeaderChanges | null)[],
  configuration: RouteConfiguration,
): HttpMessage {
  const ordered = configuration.most_specific_header_mutations_wins === true ? levels.toReversed() : levels;
  return ordered.reduce((changed, level) => (level === null ? changed : applied(changed, level)), message);
}

/**
 * Removing comes before the rest. Every value is worked out from the headers as they are then; only after that are headers
 * overwritten, and others added.
 */
function applied(message: HttpMessage, level: HeaderChanges): HttpMessage {
  const gone = new Set((level.request_headers_to_remove ?? []).map((name) => name.toLowerCase()));
  const kept = gone.size === 0 ? message.headers : message.headers.filter(([name]) => !gone.has(name));
  const before = { ...message, headers: kept };
  const changes = (level.request_headers_to_add ?? []).flatMap((option) => changeOf(option, before) ?? []);
  const overwritten = changes
    .filter(({ overwrites }) => overwrites)
    .reduce((changed, { name, value }) => withHeader(changed, name, value), before);
  const added = changes.filter(({ overwrites }) => !overwrites).map(({ name, value }) => [name, value] as const);
  return added.length === 0 ? overwritten : { ...overwritten, headers: [...overwritten.headers, ...added] };
}

interface Change {
  readonly name: string;
  readonly value: string;
  readonly overwrites: boolean;
}

/** Null where nothing is to be done. */
function changeOf(option: HeaderValueOption, message: HttpMessage): Change | null {
  const name = (option.header?.key ?? '').toLowerCase();
  const value = formatted(option.header?.value ?? '', message);
  if (name === '' || value === null || (value === '' && option.keep_empty_value !== true)) return null;
  const overwrites = overwritesHeader(option, headerValues(message, name).length > 0);
  return overwrites === null ? null : { name, value, overwrites };
}

/** Whether the header is overwritten or added; null where its being there, or not, forbids both. */
function overwritesHeader({ append, append_action: action }: HeaderValueOption, isThere: boolean): boolean | null {
  switch (action ?? (append === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD')) {
    case 'ADD_IF_ABSENT':
      return isThere ? null : false;
    case 'OVERWRITE_IF_EXISTS':
      return isThere ? true : null;
    case 'OVERWRITE_IF_EXISTS_OR_ADD':
      return true;
    default:
      return false;
  }
}

/**
 * The text with `%REQ(NAME?ALTERNATIVE):LENGTH%` and `%PROTOCOL%` filled in; null where it has another format command, which is worked out as the request goes.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators
 */
function formatted(text: string, message: HttpMessage): string | null {
  const parts: string[] = [];
  for (const [index, part] of text.split(/%([^%]*)%/).entries()) {
    const isCommand = index % 2 === 1;
    const value = !isCommand ? part : part === '' ? '%' : commandValue(part, message);
    if (value === null) return null;
    parts.push(value);
  }
  return parts.join('');
}

function commandValue(command: string, message: HttpMessage): string | null {
  if (command === 'PROTOCOL') return message.protocol;
  const [, name, alternative, length] = /^REQ\(([^?()]+)(?:\?([^?()]+))?\)(?::(\d+))?$/.exec(command) ?? [];
  const found = name === undefined ? null : (valueOf(message, name) ?? valueOf(message, alternative ?? name));
  return found === null || length === undefined ? found : found.slice(0, Number(length));
}

function valueOf(message: HttpMessage, name: string): string | null {
  const values = headerView(message, true).values(name.toLowerCase());
  return values.length === 0 ? null : values.join(',');
}
