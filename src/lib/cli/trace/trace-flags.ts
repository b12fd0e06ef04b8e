/** Flags that say what the request is: curl's where curl has one. Bad values are usage errors, found before anything is read. */
import { Flags } from '@oclif/core';
import { UsageError } from '../../errors';
import type { Direction } from '../../trace/model';
import { parseIpAddress, parseIpPort, parseProxyProtocol, parseResolve } from '../../trace/request/address-text';
import { planRequest } from '../../trace/request/plan';
import type { TlsMode, TraceQuery } from '../../trace/request/query';
import { keepSecretHeaders } from '../given-secrets';
import { parseChoice } from '../flags';
import { parseGoInteger } from '../go-values';
import { checkTokenFlags } from './token';

const REQUEST = 'request';
const CALLER = 'caller';
const WALK = 'walk';
const HIGHEST_ID = 4_294_967_295;

const MODES: readonly Direction[] = ['outbound', 'inbound', 'gateway', 'waypoint'];
const TLS_MODES: readonly TlsMode[] = ['plaintext', 'tls', 'mtls'];

/** A user's or group's number. */
const idFlag = Flags.custom<number>({
  helpGroup: CALLER,
  helpValue: 'ID',
  parse: (text, _context, options) => {
    const id = parseGoInteger(text, options.name);
    if (id >= 0 && id <= HIGHEST_ID) return Promise.resolve(id);
    throw new UsageError(`invalid argument "${text}" for "--${options.name}" flag: it is not a user or group number`);
  },
});

/** The flags of a request, as oclif takes them. */
export const requestFlags = {
  request: Flags.string({ char: 'X', helpGroup: REQUEST, helpValue: 'METHOD', summary: 'Method; GET without it.' }),
  header: Flags.custom<readonly [string, string]>({
    char: 'H',
    multiple: true,
    helpGroup: REQUEST,
    helpValue: "'NAME: VALUE'",
    summary: "Header to send; repeat it for several. 'Host: x' sets the authority, 'x:' an empty value.",
    parse: (text) => Promise.resolve(parseHeader(text)),
  })(),
  'http1.0': Flags.boolean({ helpGroup: REQUEST, summary: 'Send HTTP/1.0.' }),
  'http1.1': Flags.boolean({ helpGroup: REQUEST, summary: 'Send HTTP/1.1, over TLS too.' }),
  http2: Flags.boolean({ helpGroup: REQUEST, summary: 'Send HTTP/2; on http:// by prior knowledge.' }),
  'connect-protocol': Flags.string({
    helpGroup: REQUEST,
    helpValue: 'PROTOCOL',
    summary: 'Open a stream for another protocol, such as websocket, by extended CONNECT over HTTP/2.',
  }),
  resolve: Flags.custom<ReturnType<typeof parseResolve>>({
    multiple: true,
    helpGroup: REQUEST,
    helpValue: 'HOST:PORT:IP',
    summary: 'Address of a host; * stands for every host.',
    parse: (text) => Promise.resolve(parseResolve(text)),
  })(),
  'original-dst': Flags.custom<ReturnType<typeof parseIpPort>>({
    helpGroup: REQUEST,
    helpValue: 'IP:PORT',
    summary: "Where the packet is addressed; otherwise the URL's host is looked up.",
    parse: (text) => Promise.resolve(parseIpPort(text)),
  })(),
  sni: Flags.string({
    helpGroup: REQUEST,
    helpValue: 'NAME',
    summary: 'Server name of the TLS handshake; empty for none.',
  }),
  alpn: Flags.string({
    helpGroup: REQUEST,
    helpValue: 'LIST',
    summary: 'Application protocols of the TLS handshake, comma separated; empty for none.',
  }),
  tls: Flags.custom<TlsMode>({
    helpGroup: REQUEST,
    helpValue: TLS_MODES.join('|'),
    summary: "What the caller speaks; otherwise the URL's scheme says.",
    parse: (text, _context, options) => Promise.resolve(parseChoice(text, TLS_MODES, options.name)),
  })(),
  'server-first': Flags.boolean({
    helpGroup: REQUEST,
    summary: 'The client waits for the server to speak first (tcp://).',
  }),
  'source-ip': Flags.custom({
    helpGroup: CALLER,
    helpValue: 'IP',
    summary: "The caller's address; otherwise the pod's own where it calls.",
    parse: (text, _context, options) => Promise.resolve(parseIpAddress(text, options.name)),
  })(),
  'source-principal': Flags.string({
    helpGroup: CALLER,
    helpValue: 'URI',
    summary: "The caller's identity in its certificate: spiffe://cluster.local/ns/NS/sa/ACCOUNT.",
  }),
  'proxy-protocol': Flags.custom<NonNullable<TraceQuery['proxyProtocol']>>({
    helpGroup: CALLER,
    helpValue: '[v2:]SRC_IP[:PORT]',
    summary:
      "Send a PROXY protocol header first, of version 1 unless v2: is in front; without an address it names the caller's own.",
    parse: (text) => Promise.resolve(parseProxyProtocol(text)),
  })(),
  uid: idFlag({ summary: 'User that calls, for the iptables rules; 1337 is Envoy itself.' }),
  gid: idFlag({ summary: 'Group that calls, for the iptables rules.' }),
  claim: Flags.custom<readonly [string, string]>({
    multiple: true,
    helpGroup: CALLER,
    helpValue: 'KEY=VALUE',
    summary: 'Claim of a JWT that the request carries; repeat it for several.',
    parse: (text) => Promise.resolve(parsePair(text, 'claim')),
  })(),
  token: Flags.string({
    helpGroup: CALLER,
    helpValue: 'FILE|-',
    summary: 'File with the JWT that the request carries: its claims are read, its signature is not checked.',
  }),
  'no-token': Flags.boolean({
    helpGroup: CALLER,
    summary: 'The request carries no JWT, whatever its headers look like.',
  }),
  mode: Flags.custom<Direction>({
    helpGroup: WALK,
    helpValue: MODES.join('|'),
    summary: "How the request meets the proxy; otherwise by the proxy's type.",
    parse: (text, _context, options) => Promise.resolve(parseChoice(text, MODES, options.name)),
  })(),
  'one-hop': Flags.boolean({ helpGroup: WALK, summary: 'Stop at the endpoint that the first proxy sends to.' }),
  'all-branches': Flags.boolean({
    helpGroup: WALK,
    summary: 'Walk every way that chance can take: weights, endpoints.',
  }),
  verbose: Flags.boolean({ char: 'v', helpGroup: WALK, summary: 'Every step, filter and setting in the tree.' }),
  explain: Flags.boolean({
    helpGroup: WALK,
    summary: 'Every candidate that did not match, not only the nearest five.',
  }),
};

/** The parsed flags of a request. */
export interface RequestFlags {
  readonly request?: string | undefined;
  readonly header?: readonly (readonly [string, string])[] | undefined;
  readonly 'http1.0'?: boolean | undefined;
  readonly 'http1.1'?: boolean | undefined;
  readonly http2?: boolean | undefined;
  readonly 'connect-protocol'?: string | undefined;
  readonly resolve?: readonly ReturnType<typeof parseResolve>[] | undefined;
  readonly 'original-dst'?: ReturnType<typeof parseIpPort> | undefined;
  readonly sni?: string | undefined;
  readonly alpn?: string | undefined;
  readonly tls?: TlsMode | undefined;
  readonly 'server-first'?: boolean | undefined;
  readonly 'source-ip'?: string | undefined;
  readonly 'source-principal'?: string | undefined;
  readonly 'proxy-protocol'?: TraceQuery['proxyProtocol'];
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly claim?: readonly (readonly [string, string])[] | undefined;
  readonly 'no-token'?: boolean | undefined;
  readonly token?: string | undefined;
  readonly mode?: Direction | undefined;
  readonly 'one-hop'?: boolean | undefined;
}

/** The question that the command line asks. Throws UsageError for one that cannot be understood. */
export function queryFromFlags(url: string, flags: RequestFlags): TraceQuery {
  checkTokenFlags(flags);
  const query: TraceQuery = {
    url,
    method: flags.request,
    headers: flags.header,
    httpVersion: httpVersionOf(flags),
    connectProtocol: flags['connect-protocol'],
    originalDst: flags['original-dst'],
    resolve: flags.resolve,
    sni: flags.sni,
    alpn: flags.alpn === undefined ? undefined : listOf(flags.alpn),
    tls: flags.tls,
    sourceIp: flags['source-ip'],
    sourcePrincipal: flags['source-principal'],
    proxyProtocol: flags['proxy-protocol'],
    uid: flags.uid,
    gid: flags.gid,
    claims: claimsOf(flags),
    mode: flags.mode,
    serverFirst: flags['server-first'],
    oneHop: flags['one-hop'],
  };
  keepSecretHeaders(flags.header ?? []);
  planRequest(query);
  return query;
}

function claimsOf(flags: RequestFlags): TraceQuery['claims'] {
  if (flags['no-token'] !== true) return flags.claim === undefined ? undefined : Object.fromEntries(flags.claim);
  if (flags.claim === undefined) return {};
  throw new UsageError('--no-token and --claim exclude each other', { hint: 'A claim stands for a valid token.' });
}

function httpVersionOf(flags: RequestFlags): TraceQuery['httpVersion'] {
  const given = (['1.0', '1.1', '2'] as const).filter(
    (version) => flags[version === '2' ? 'http2' : (`http${version}` as const)] === true,
  );
  if (given.length > 1) throw new UsageError('--http1.0, --http1.1 and --http2 exclude each other');
  return given[0];
}

/** `name: value`, and curl's `name;` for an empty value. */
function parseHeader(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1)];
  if (colon < 0 && text.endsWith(';') && text.length > 1) return [text.slice(0, -1).trim(), ''];
  // Whoever forgets the colon may have given a secret.
  throw new UsageError(`invalid argument "${text.split(/[\s=]/)[0] ?? ''} …" for "--header" flag: it is not a header`, {
    hint: "Write -H 'name: value', or -H 'name:' for an empty value.",
  });
}

/** `KEY=VALUE`; the value may be empty. */
export function parsePair(text: string, flag: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new UsageError(`invalid argument "${text}" for "--${flag}" flag: it is KEY=VALUE`);
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
