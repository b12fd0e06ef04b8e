/** A check's request as a question to trace. */
import { InputError } from '../errors';
import { parseIpPort, parseResolve } from '../trace/request/address-text';
import type { TraceQuery } from '../trace/request/query';
import type { CheckRequest } from './check-file';

/** Turns a check's request into a query; throws UsageError where an address in it is none. */
export function queryOf(request: CheckRequest): TraceQuery {
  const { headers, httpVersion, originalDst, resolve, alpn, claims, ...same } = request;
  return {
    ...same,
    headers: headersOf(headers),
    httpVersion: httpVersion === undefined ? undefined : httpVersionOf(httpVersion),
    originalDst: originalDst === undefined ? undefined : parseIpPort(originalDst),
    resolve: resolve === undefined ? undefined : listOf(resolve).map(parseResolve),
    alpn: alpn === undefined ? undefined : alpnOf(alpn),
    claims: claims === undefined ? undefined : mapTexts(claims),
  };
}

function headersOf(headers: CheckRequest['headers']): TraceQuery['headers'] {
  if (headers === undefined) return undefined;
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  return pairs.map(([name, value]) => [String(name), String(value)]);
}

/** YAML reads `1.0` as the number 1. */
function httpVersionOf(version: string | number | boolean): '1.0' | '1.1' | '2' {
  const text = version === 1 ? '1.0' : String(version);
  if (text === '1.0' || text === '1.1' || text === '2') return text;
  throw new InputError(`httpVersion is 1.0, 1.1 or 2, not ${text}`);
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function alpnOf(alpn: string | readonly string[]): readonly string[] {
  const list = typeof alpn === 'string' ? alpn.split(',') : alpn;
  return list.map((protocol) => protocol.trim()).filter((protocol) => protocol !== '');
}

function mapTexts(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
}
