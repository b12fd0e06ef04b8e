/**
 * What format strings read of a path.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators
 */
import { parseQuery, percentDecoded } from '../match/query-parameter';
import { isUnknown, type Unknown } from '../match/ternary';
import { watcher } from '../match/watch';
import { firstHeader, type HttpMessage, pathOnly } from './message';

type Value = string | Unknown | null;

/** `QUERY_PARAM(X)`: the first value of the parameter, its escapes decoded. */
export function queryParameter(message: HttpMessage, name: string): Value {
  watcher()?.other(`the query parameter ${name}`);
  return parseQuery(message.path, percentDecoded).get(name) ?? null;
}

/** `PATH(X:Y)`: with the query or without it (`NQ`); as it came, as it is, or the first of both. */
export function pathCommand(message: HttpMessage, argument: string): Value | undefined {
  const [query = '', source = ''] = argument.split(':');
  if (!['', 'WQ', 'NQ'].includes(query)) return undefined;
  watcher()?.other('the path');
  const original = firstHeader(message, 'x-envoy-original-path');
  const path = source === 'PATH' ? message.path : source === 'ORIG' ? original : (original ?? message.path);
  if (path === null || isUnknown(path)) return path;
  return query === 'NQ' ? pathOnly(path) : path;
}
