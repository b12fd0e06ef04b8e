/** A request as it goes on the wire, ready for whatever sends it. */
import { UsageError } from '../errors';
import { isSecretHeader } from '../secrets/names';
import { planRequest, type SentMessage } from '../trace/request/plan';
import type { TraceQuery } from '../trace/request/query';

export interface RequestToSend {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Of the URL, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  /** Path and query as they are sent. */
  readonly target: string;
  /** Without Host and Content-Length; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  readonly version: '1.0' | '1.1' | '2';
  /** Where to connect in place of the URL's host: an address, or another name. */
  readonly connectTo: { readonly host: string; readonly port: number } | null;
  /** Null for plain text. */
  readonly tls: { readonly sni: string | null; readonly alpn: readonly string[] } | null;
  readonly timeoutMs: number;
}

/** Methods that change nothing at the application. https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Whether to send it may change something. */
export function changesThings({ method }: RequestToSend): boolean {
  return !SAFE.includes(method);
}

/** Whether it holds something that nobody should see: it is then never an argument of a program. */
export function holdsSecrets({ headers, body }: RequestToSend): boolean {
  return body !== null || headers.some(([name]) => isSecretHeader(name));
}

/** What a trace may suppose of its caller, and what a request that is sent cannot have. */
const SUPPOSED: readonly (readonly [key: keyof TraceQuery, flag: string, hint: string])[] = [
  ['uid', '--uid', "The request is sent as the container's own user; --prove-container names another container."],
  ['gid', '--gid', "The request is sent as the container's own user; --prove-container names another container."],
  ['sourceIp', '--source-ip', 'The request comes from where it is sent.'],
  ['sourcePrincipal', '--source-principal', "The request has the identity of the pod's own proxy."],
  ['proxyProtocol', '--proxy-protocol', 'Trace it without --prove.'],
  ['claims', '--claim', "Send the token itself with -H 'Authorization: Bearer …', and read its claims with --token."],
  ['connectProtocol', '--connect-protocol', 'Trace it without --prove.'],
  ['oneHop', '--one-hop', 'Leave it out: the request goes all the way.'],
];

/**
 * The request of a question. Throws UsageError for what is supposed of its caller and cannot be sent, for connections without
 * HTTP, and for headers that would break out of their line.
 * @param body what is sent as body; null for none
 */
export function requestToSend(query: TraceQuery, body: string | null, timeoutMs: number): RequestToSend {
  for (const [key, flag, hint] of SUPPOSED) {
    if (query[key] === undefined || (key === 'claims' && hasToken(query))) continue;
    throw new UsageError(`--prove sends the request for real, and ${flag} only supposes something`, { hint });
  }
  const { url, message, payload, tls } = planRequest(query);
  if (message === null) {
    throw new UsageError(`--prove sends HTTP requests, and ${url.scheme}:// is none`, {
      hint: 'Trace it without --prove; pc log and pc stats show what Envoy sees of connections.',
    });
  }
  if (query.tls === 'mtls') {
    throw new UsageError('--prove has no client certificate to send', {
      hint: "The pod's proxy has one: leave --tls out.",
    });
  }
  refuseUnsendable(message, body);
  return {
    method: message.method,
    scheme: tls === null ? 'http' : 'https',
    host: url.host,
    port: url.port,
    authority: message.authority ?? '',
    target: message.path,
    headers: message.headers.filter(([name]) => name !== LENGTH),
    body,
    version: payload === 'http/2' ? '2' : payload === 'http/1.0' ? '1.0' : '1.1',
    connectTo: connectionOf(query, url),
    tls: tls === null ? null : { sni: tls.sni, alpn: tls.alpn },
    timeoutMs,
  };
}

const LENGTH = 'content-length';

/** Headers that would break out of their line, and bodies that are not at hand. */
function refuseUnsendable({ method, path, authority, headers }: SentMessage, body: string | null): void {
  const parts = [method, path, authority ?? '', ...headers.flat()];
  if (parts.some((text) => /[\0\r\n]/.test(text)) || /\s/.test(method + path)) {
    throw new UsageError('The request has a line break or a blank where none can be sent');
  }
  const unsent = headers.find(([name]) => name === 'transfer-encoding' || name === 'expect');
  if (unsent !== undefined) {
    throw new UsageError(`--prove sends a body whole, and the request has the header ${unsent[0]}`);
  }
  const length = headers.find(([name]) => name === LENGTH)?.[1];
  if (length !== undefined && Number(length) !== Buffer.byteLength(body ?? '')) {
    throw new UsageError(`The request announces a body of ${length} octets, and --prove has none such to send`, {
      hint: "Give the body itself: … --prove -- curl -d 'BODY' URL.",
    });
  }
}

/** Claims that were read from the token which the request carries are no supposition. */
function hasToken({ headers = [] }: TraceQuery): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'authorization' && /^bearer\s/i.test(value));
}

function connectionOf(
  { originalDst, resolve = [], connectTo = [] }: TraceQuery,
  { host, port }: { readonly host: string; readonly port: number },
): RequestToSend['connectTo'] {
  if (originalDst !== undefined) return { host: originalDst.ip, port: originalDst.port };
  const moved = connectTo.find(({ from }) => [null, host].includes(from.host) && [null, port].includes(from.port))?.to;
  if (moved !== undefined) return { host: moved.host ?? host, port: moved.port ?? port };
  const known = resolve.find((one) => (one.host === '*' || one.host === host) && one.port === port);
  return known === undefined ? null : { host: known.ip, port };
}
