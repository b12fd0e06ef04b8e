/** A check's request as a question to trace. */
import { curlWords } from '../curl/command-text';
import { curlBody, curlQuery, type CurlQuery } from '../curl/request';
import { InputError, UsageError } from '../errors';
import { parseIpAddress, parseIpPort, parseProxyProtocol, parseResolve } from '../trace/request/address-text';
import type { TraceQuery } from '../trace/request/query';
import type { CheckRequest } from './check-file';

/** Turns a check's request into a query; throws UsageError where an address in it is none. */
export function queryOf(request: CheckRequest): TraceQuery {
  const { originalDst, alpn } = request;
  const shaped = request.curl === undefined ? shapedByKeys(request) : curlQuery(curlWords(request.curl), noFiles);
  // Field by field: V8 gives an object of so many fields a hash table of kilobytes where it begins as another's copy.
  return {
    url: shaped.url,
    requestTarget: shaped.requestTarget,
    method: shaped.method,
    headers: shaped.headers,
    httpVersion: shaped.httpVersion,
    resolve: shaped.resolve,
    connectTo: shaped.connectTo,
    originalDst: originalDst === undefined ? undefined : parseIpPort(originalDst),
    sni: request.sni,
    alpn: alpn === undefined ? shaped.alpn : alpnOf(alpn),
    tls: request.tls ?? shaped.tls,
    sourceIp: request.sourceIp === undefined ? shaped.sourceIp : parseIpAddress(request.sourceIp, 'source-ip'),
    sourcePrincipal: request.sourcePrincipal,
    proxyProtocol: request.proxyProtocol === undefined ? shaped.proxyProtocol : proxyProtocolOf(request.proxyProtocol),
    connectProtocol: request.connectProtocol,
    uid: request.uid,
    gid: request.gid,
    mode: request.mode,
    claims: tokenOf(request),
    // A check gives credentials as they are.
    rightCredentials: undefined,
    serverFirst: request.serverFirst,
    oneHop: request.oneHop,
  } satisfies Readonly<Record<keyof TraceQuery, unknown>>;
}

/** The body that a check's request sends; null for none: only a curl command has one. Throws UsageError for files. */
export function bodyOf({ curl }: CheckRequest): string | null {
  return curl === undefined ? null : curlBody(curlWords(curl), noFiles);
}

/** `true`: a header that names the caller itself. */
function proxyProtocolOf(told: string | boolean): TraceQuery['proxyProtocol'] {
  return told === false ? undefined : parseProxyProtocol(told === true ? '' : told);
}

function shapedByKeys({ url, method, headers, httpVersion, resolve }: CheckRequest): CurlQuery {
  return {
    url: url ?? '',
    method,
    headers: headersOf(headers),
    httpVersion: httpVersion === undefined ? undefined : httpVersionOf(httpVersion),
    resolve: resolve === undefined ? undefined : listOf(resolve).map(parseResolve),
  };
}

/** A check file may come from anybody: it names no files to be read. */
function noFiles(path: string): never {
  throw new UsageError(`The curl command of a check names the file ${path}, which is not read`, {
    hint: 'Write what it holds with --data-raw or -H.',
  });
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

function tokenOf({ claim, claims, noToken }: CheckRequest): TraceQuery['claims'] {
  const isGiven = claim !== undefined || claims !== undefined;
  if (noToken !== true) return isGiven ? { ...claimsOf(claims), ...claimsOf(claim) } : undefined;
  if (isGiven) throw new InputError('noToken and claims exclude each other: a claim stands for a valid token');
  return {};
}

function claimsOf(claims: CheckRequest['claims']): Readonly<Record<string, string>> {
  if (claims === undefined) return {};
  const pairs = Array.isArray(claims)
    ? claims.map((text: string) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)] as const)
    : Object.entries(claims);
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}
