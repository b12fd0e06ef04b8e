/** A check's request as a question to trace. */
import { InputError } from '../errors';
import { parseIpAddress, parseIpPort, parseResolve } from '../trace/request/address-text';
import type { TraceQuery } from '../trace/request/query';
import type { CheckRequest } from './check-file';

/** Turns a check's request into a query; throws UsageError where an address in it is none. */
export function queryOf(request: CheckRequest): TraceQuery {
  const { headers, httpVersion, originalDst, resolve, alpn, claim, claims } = request;
  return {
    url: request.url,
    method: request.method,
    headers: headersOf(headers),
    httpVersion: httpVersion === undefined ? undefined : httpVersionOf(httpVersion),
    originalDst: originalDst === undefined ? undefined : parseIpPort(originalDst),
    resolve: resolve === undefined ? undefined : listOf(resolve).map(parseResolve),
    sni: request.sni,
    alpn: alpn === undefined ? undefined : alpnOf(alpn),
    tls: request.tls,
    sourceIp: request.sourceIp === undefined ? undefined : parseIpAddress(request.sourceIp, 'source-ip'),
    sourcePrincipal: request.sourcePrincipal,
    uid: request.uid,
    gid: request.gid,
    mode: request.mode,
    claims: claim === undefined && claims === undefined ? undefined : { ...claimsOf(claims), ...claimsOf(claim) },
    serverFirst: request.serverFirst,
    oneHop: request.oneHop,
  };
}

function headersOf(headers: CheckRequest['headers']): TraceQuery['headers'] {
  if (headers === undefined) return undefined;
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
  return pairs.map(([name, value]) => [String(name), String(value)]);
}

const VERSIONS = { '1': '1.0', '1.0': '1.0', '1.1': '1.1', '2': '2', '2.0': '2' } as const;

/** YAML reads `1.0` as the number 1. */
function httpVersionOf(version: string | number | boolean): '1.0' | '1.1' | '2' {
  const text = String(version);
  if (Object.hasOwn(VERSIONS, text)) return VERSIONS[text as keyof typeof VERSIONS];
  throw new InputError(`httpVersion is 1.0, 1.1 or 2, not ${text}`);
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function alpnOf(alpn: string | readonly string[]): readonly string[] {
  const list = typeof alpn === 'string' ? alpn.split(',') : alpn;
  return list.map((protocol) => protocol.trim()).filter((protocol) => protocol !== '');
}

function claimsOf(claims: CheckRequest['claims']): Readonly<Record<string, string>> {
  if (claims === undefined) return {};
  const pairs = Array.isArray(claims)
    ? claims.map((text: string) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
    : Object.entries(claims);
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}
