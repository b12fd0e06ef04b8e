/**
 * What an HTTP connection manager does with a request before it is routed: the codec's and its own checks, the path, the
 * authority, and the headers it sets.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management
 */
import type { ManagerCause, ManagerSetting, RefusalFacts } from '../facts/manager';
import type { HttpConnectionManager } from '../../envoy/listener';
import { type Ending, type EndingBy, ending, isEnding } from '../hop/ending';
import { HopRecord, step, unevaluated } from '../hop/record';
import { addressRefusal, forwardedClient } from '../filters/shared/remote-address';
import { withEarlyHeaders } from './early-headers';
import type { HttpContext } from './http-context';
import { findRoutes } from './route-configuration';
import type { Downstream } from './downstream';
import { strippedAuthority } from '../../http/authority';
import { codecRefusal, decoded, hasUnescaped, sizeInDoubt } from '../../http/codec';
import { withTarget } from '../../http/request-target';
import { isGrpc, type HttpMessage } from '../../http/message';
import { isUnknown, type Unknown } from '../../match/ternary';
import { type NormalPath, normalizePath } from '../../http/path-normalization';
import { localReply } from '../hop/local-reply';
import { withoutConnectionHeaders, withRequestHeaders } from './request-headers';

/** Admits a request; the message it gives back is what routes and filters see. */
export function admit(walk: HttpContext, record: HopRecord): HttpMessage | Ending {
  const { manager, pointer, arrival } = walk;
  const { message: came } = arrival;
  const refused = arrival.isAgain ? null : (protocolRefusal(manager, arrival) ?? refusedHead(manager, came));
  if (refused !== null || came === null) {
    return ended(record, pointer, refused ?? protocolError({ kind: 'no-http' }), came?.path);
  }
  const got = arrival.isAgain ? came : decoded(manager, came);
  const message = { ...got, received: got };
  const open = unknownHead(message);
  if (open !== null) return ended(record, pointer, open);
  const aimless = aimRefusal(walk, message);
  if (aimless !== null) return ended(record, pointer, aimless);
  const path: NormalPath =
    message.path === '' ? { kind: 'path', path: '', changes: [] } : normalizePath(manager, message.path);
  switch (path.kind) {
    case 'refused':
      return ended(
        record,
        pointer,
        localReply(message, ['failed', 'invalid-path'], 400, { kind: 'path-refused', fault: path.fault }),
      );
    case 'redirect':
      return ended(record, pointer, toPlainPath(message, path.location));
    case 'path':
      return admitted(walk, { message, path }, record);
  }
}

/** An answer in gRPC's form loses the Location that an HTTP one would have. */
function toPlainPath(message: HttpMessage, location: string): Refusal {
  const grpc = isGrpc(message);
  if (isUnknown(grpc)) {
    return ending('unknown', 'unknown-input', { kind: 'escaped-slashes', input: grpc.unknown } as const);
  }
  const cause = { kind: 'escaped-slashes', input: null } as const;
  return grpc
    ? localReply(message, ['failed', 'invalid-path'], 307, cause)
    : localReply(message, ['redirected', null], 307, cause, { location });
}

/** An end, and what it refuses where advice goes by that. */
type Refusal = EndingBy<ManagerCause> & RefusalFacts;

type PathTaken = Extract<NormalPath, { kind: 'path' }>;

function admitted(
  walk: HttpContext,
  { message, path }: { readonly message: HttpMessage; readonly path: PathTaken },
  record: HopRecord,
): HttpMessage | Ending {
  const { manager, pointer, arrival } = walk;
  const host = message.authority ?? manager.http_protocol_options?.default_host_for_http_10 ?? '';
  const authority = strippedAuthority(manager, host, arrival.localPort);
  const early = earlyHeaders(walk, { ...message, path: path.path, authority });
  if (isUnknown(early)) return undecided(early, pointer, record);
  const refused = arrival.isAgain ? null : addressRefusal(manager, early.message, arrival.sourceIp);
  if (isUnknown(refused)) return undecided(refused, pointer, record);
  if (refused !== null) {
    const cause = { kind: 'client-address-missing' } as const;
    const end = ended(record, pointer, localReply(message, ['denied', 'local-reply'], refused, cause));
    return { ...end, request: () => withoutConnectionHeaders(early.message) };
  }
  const open = unknownHead(early.message);
  if (open !== null) return ended(record, pointer, open);
  const details: ManagerSetting[] = path.changes.map((change) => ({ kind: 'path-change', ...change }));
  if (authority !== host) details.push({ kind: 'authority-change', from: host, to: authority });
  for (const change of early.changes) details.push({ kind: 'early-header-change', change });
  const cause = { kind: 'admitted', protocol: message.protocol, method: message.method, path: path.path } as const;
  // Istio's stat_prefix ends in a semicolon, which separates the parts of a metric's name and is not part of the manager's.
  const name = manager.stat_prefix?.replace(/;$/, '') ?? null;
  const forwarded = arrival.isAgain
    ? early.message
    : withRequestHeaders(
        manager,
        early.message,
        arrival,
        walk.context.config.node,
        internalOnlyHeaders(walk, early.message),
      );
  const client = forwardedClient(manager, forwarded);
  if (client !== null) details.push({ kind: 'client-address', ...client });
  const left = unevaluated([manager, 'HttpConnectionManager']);
  record.add(step('http-connection-manager', 'passed', name, cause, { config: pointer, details, ...left }));
  return forwarded;
}

/** A request that is sent again has had its headers changed before. */
function earlyHeaders(walk: HttpContext, message: HttpMessage): ReturnType<typeof withEarlyHeaders> {
  return walk.arrival.isAgain ? { message, changes: [] } : withEarlyHeaders(walk, message);
}

/**
 * The route configuration is known before headers are changed; it may keep headers for internal requests. The scheme of HTTP/1 is
 * written with the other headers, so that a scope that is found by it is not found yet.
 */
function internalOnlyHeaders({ context, manager, pointer }: HttpContext, message: HttpMessage): readonly string[] {
  const silent = new HopRecord(context.proxy, context.direction);
  const received = message.protocol === 'HTTP/2' ? message : { ...message, scheme: '' };
  const found = findRoutes(context.config, manager, pointer, received, silent);
  if (found === null || isEnding(found)) return [];
  return (found.configuration.internal_only_headers ?? []).map((name) => name.toLowerCase());
}

function undecided({ unknown: input }: Unknown, pointer: string, record: HopRecord): Ending {
  const cause = { kind: 'manager-open', header: null, input } as const;
  record.add(step('http-connection-manager', 'unknown', null, cause, { config: pointer }));
  return ending('unknown', 'unknown-input', cause);
}

/** Headers by which a connection manager itself decides. */
const DECIDES = ['x-forwarded-proto', 'connection', 'upgrade', 'te'];

/** The end where what such a header says is not known; null where it is. */
function unknownHead(message: HttpMessage): Refusal | null {
  const [name, value] = message.headers.find(([name, value]) => DECIDES.includes(name) && isUnknown(value)) ?? [];
  if (!isUnknown(value)) return null;
  return ending('unknown', 'unknown-input', { kind: 'manager-open', header: name ?? '', input: value.unknown });
}

function protocolError(cause: ManagerCause): Refusal {
  return ending('failed', 'protocol-error', cause, { status: 400, responseFlags: 'DPE' });
}

function protocolRefusal(manager: HttpConnectionManager, arrival: Downstream): Refusal | null {
  const { payload } = arrival;
  if (arrival.isOpaqueTls) {
    return protocolError({ kind: 'tls-comes-unopened' });
  }
  if (payload === 'server-first') {
    return ending('failed', 'protocol-error', { kind: 'client-waits-for-server' });
  }
  if (payload === 'tcp') return protocolError({ kind: 'bytes-come' });
  const codec = codecOf(manager, arrival);
  if (codec === 'HTTP2' && payload !== 'http/2') {
    return ending('failed', 'protocol-error', { kind: 'other-protocol-to-http2', payload }, { responseFlags: 'DPE' });
  }
  if (codec === 'HTTP1' && payload === 'http/2') return protocolError({ kind: 'http2-to-http1' });
  return null;
}

/** AUTO goes by ALPN where TLS agreed on a protocol, else by the first bytes. */
function codecOf(manager: HttpConnectionManager, { alpn }: Downstream): 'HTTP1' | 'HTTP2' | null {
  if (manager.codec_type === 'HTTP1' || manager.codec_type === 'HTTP2') return manager.codec_type;
  return alpn === null ? null : alpn === 'h2' ? 'HTTP2' : 'HTTP1';
}

function refusedHead(manager: HttpConnectionManager, message: HttpMessage | null): Refusal | null {
  return message === null ? null : headRefusal(manager, message);
}

/** What the codec refuses is answered before anybody knows whether it is gRPC. */
function headRefusal(manager: HttpConnectionManager, message: HttpMessage): Refusal | null {
  const refused = codecRefusal(manager, message);
  if (refused !== null) {
    const { status, responseFlags, fault } = refused;
    const cause = { kind: 'codec-refuses', fault, isHttp2: message.protocol === 'HTTP/2' } as const;
    return ending('failed', 'protocol-error', cause, { status, responseFlags });
  }
  const doubt = sizeInDoubt(manager, message);
  if (doubt !== null) {
    const cause = { kind: 'manager-open', header: null, input: doubt.unknown } as const;
    return ending('unknown', 'unknown-input', cause);
  }
  const options = manager.http_protocol_options ?? {};
  if (message.protocol === 'HTTP/1.0' && options.accept_http_10 !== true) {
    const cause = { kind: 'http10-not-accepted' } as const;
    return {
      ...ending('failed', 'protocol-error', cause, { status: 426, responseFlags: 'DPE' }),
      refusal: 'http-1.0',
    };
  }
  return hostRefusal(manager, withTarget(manager, message));
}

/** What has neither a host nor a path; a request that is sent again has both. */
function aimRefusal({ manager, arrival }: HttpContext, message: HttpMessage): Refusal | null {
  return arrival.isAgain ? null : (hostRefusal(manager, message) ?? pathRefusal(message));
}

function pathRefusal(message: HttpMessage): Refusal | null {
  const { path: target } = message;
  if (target === '' || target.startsWith('/')) return null;
  return localReply(message, ['failed', 'invalid-path'], 404, { kind: 'no-path', target });
}

/** Host is gone, too, where the Connection header named it. */
function hostRefusal({ http_protocol_options: options }: HttpConnectionManager, message: HttpMessage): Refusal | null {
  if (message.authority !== null) return null;
  if (message.protocol === 'HTTP/1.0' && (options?.default_host_for_http_10 ?? '') !== '') return null;
  return localReply(message, ['failed', 'missing-host'], 400, { kind: 'no-host' });
}

function ended(record: HopRecord, pointer: string, refusal: Refusal, path = ''): Ending {
  const { refusal: own, ...end } = refusal;
  const kind = own ?? (hasUnescaped(path) ? 'escape-path' : undefined);
  const outcome = end.outcome.verdict === 'unknown' ? 'unknown' : 'ended';
  const facts = kind === undefined ? {} : { refusal: kind };
  record.add(step('http-connection-manager', outcome, null, end.cause, { config: pointer, ...facts }));
  return end;
}
