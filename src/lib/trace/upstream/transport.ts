/**
 * How a proxy speaks to a host: TLS or plain text, and the HTTP version.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/cluster.proto (transport_socket_matches)
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { ProxyConfig } from '../../envoy/proxy-config';
import {
  authoritiesSecret,
  sentProxyHeader,
  type UpstreamTlsContext,
  upstreamTlsContext,
  type ValidationContext,
  validationContexts,
  wantedNames,
} from '../../envoy/tls-context';
import type { HttpFilter } from '../../envoy/listener';
import type { Payload, ProxyVersion, TlsClient } from '../connection';
import { type HttpMessage, joinedHeader } from '../../http/message';
import { parseIp } from '../../match/cidr';
import { hostOf } from '../../http/authority';
import type { ToInternal } from '../hop/context';
import { ownCertificate, rootsIn } from '../own-certificate';
import type { Host } from './host';
import { opaqueUpstream } from './opaque';
import { sameValue } from './subset';
import { ownField } from '../../own-field';

/** The transport socket of a host. */
export interface TransportSocket {
  /** The name of the match that chose it; null for the cluster's own. */
  readonly match: string | null;
  /** Null for plain text without an extension. */
  readonly socket: TypedExtension | null;
}

/** The first match whose fields all equal the host's metadata; else the cluster's own socket. */
export function transportSocketOf(cluster: Cluster, host: Host): TransportSocket {
  const metadata = host.metadata?.filter_metadata?.['envoy.transport_socket_match'] ?? {};
  const found = (cluster.transport_socket_matches ?? []).find(({ match = {} }) =>
    Object.entries(match).every(([key, value]) => Object.hasOwn(metadata, key) && sameValue(metadata[key], value)),
  );
  if (found === undefined) return { match: null, socket: cluster.transport_socket ?? null };
  return { match: found.name ?? '', socket: found.transport_socket ?? null };
}

/** `envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport`. */
interface InternalUpstreamTransport {
  readonly passthrough_metadata?: readonly {
    readonly kind?: { readonly host?: object; readonly cluster?: object };
    readonly name?: string;
  }[];
}

/**
 * Metadata of cluster and host that goes along to an internal listener, where it is the connection's dynamic metadata: later
 * sources replace earlier ones of their name. Nothing else of the host's metadata does.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/internal_upstream/v3/internal_upstream.proto
 */
function passedMetadata(cluster: Cluster, host: Host, socket: TypedExtension | null): ToInternal['metadata'] {
  if (!messageTypeOf(socket?.typed_config).endsWith('.InternalUpstreamTransport')) return [];
  const { passthrough_metadata: sources = [] } = messageOf<InternalUpstreamTransport>(socket?.typed_config);
  return sources.flatMap(({ kind = {}, name = '' }) => {
    const from = kind.host !== undefined ? host.metadata : kind.cluster !== undefined ? cluster.metadata : null;
    const fields = ownField(from?.filter_metadata, name);
    return fields === undefined ? [] : [[name, fields] as const];
  });
}

/** What a call to a host looks like from its side. */
export interface UpstreamCall {
  readonly socket: TransportSocket;
  readonly tls: TlsClient | null;
  readonly payload: Payload;
  /** Whether ALPN may still make HTTP/2 of HTTP/1.1. */
  readonly payloadFixed: boolean;
  /** Which version of a PROXY protocol header comes first, in front of TLS; null where none does. */
  readonly proxyHeader: ProxyVersion | null;
  /** What an internal listener gets along with the connection. */
  readonly metadata: ToInternal['metadata'];
  /** Fields by which the server's certificate may be refused, and that are not evaluated. */
  readonly notEvaluated: readonly string[];
  /** What on the way is not known, and may decide; null where all is. */
  readonly open: string | null;
}

/** Everything that decides it beside the host. */
export interface CallFacts {
  readonly config: ProxyConfig;
  readonly cluster: Cluster;
  /** Null where bytes are passed on as they came. */
  readonly message: HttpMessage | null;
  /** What came, for what is passed on as it is. */
  readonly payload: Payload;
  /** Application protocols that a filter put in place of the cluster's own, by the version that goes upstream. */
  readonly alpnOverride: (protocol: 'HTTP10' | 'HTTP11' | 'HTTP2') => readonly string[] | null;
}

/** How a proxy calls an endpoint: TLS, protocol, and what it says of itself. */
export function upstreamCall(facts: CallFacts, host: Host): UpstreamCall {
  const socket = transportSocketOf(facts.cluster, host);
  const protocol = upstreamProtocol(facts);
  const context = upstreamTlsContext(socket.socket);
  return {
    socket,
    payload: protocol.payload,
    payloadFixed: protocol.fixed,
    metadata: passedMetadata(facts.cluster, host, socket.socket),
    proxyHeader: sentProxyHeader(socket.socket),
    notEvaluated: context === null ? [] : otherNames(context, facts.cluster),
    open: opaqueUpstream(
      facts.cluster,
      socket.socket,
      facts.message === null ? [] : (httpOptions(facts.cluster).http_filters ?? []),
    ),
    tls: context === null ? null : tlsClient(context, facts, host, protocol.payload),
  };
}

function tlsClient(context: UpstreamTlsContext, facts: CallFacts, host: Host, payload: Payload): TlsClient {
  const common = context.common_tls_context ?? {};
  const presents =
    (common.tls_certificates ?? []).length > 0 || (common.tls_certificate_sds_secret_configs ?? []).length > 0;
  const secret = common.tls_certificate_sds_secret_configs?.[0]?.name ?? null;
  const override = facts.message === null ? null : facts.alpnOverride(ALPN_VERSION[payload] ?? 'HTTP11');
  return {
    sni: serverName(context, facts, host),
    alpn: override ?? ownAlpn(common.alpn_protocols ?? [], facts),
    certificate: presents ? ownCertificate(facts.config, secret) : null,
    expectedSans: wantedNames(common),
    roots: rootsIn(facts.config, authoritiesSecret(common)),
  };
}

/** That a name of the request or the server name itself must stand in the server's certificate, where that is verified at all. */
function otherNames(context: UpstreamTlsContext, cluster: Cluster): readonly string[] {
  const common = context.common_tls_context;
  const verifies = authoritiesSecret(common) !== null || validationContexts(common).some((one) => hasAuthority(one));
  if (!verifies) return [];
  const ofRequest = httpOptions(cluster).upstream_http_protocol_options?.auto_san_validation === true;
  return [
    ...(ofRequest ? ['auto_san_validation'] : []),
    ...(context.auto_sni_san_validation === true ? ['auto_sni_san_validation'] : []),
  ];
}

function hasAuthority(context: ValidationContext): boolean {
  const { trusted_ca: own, system_root_certs: system, ca_certificate_provider_instance: provider } = context;
  return own !== undefined || system !== undefined || provider !== undefined;
}

const ALPN_VERSION: Partial<Record<Payload, 'HTTP10' | 'HTTP11' | 'HTTP2'>> = {
  'http/1.0': 'HTTP10',
  'http/1.1': 'HTTP11',
  'http/2': 'HTTP2',
};

/** A cluster that speaks by ALPN offers both versions where its TLS settings offer nothing. */
function ownAlpn(own: readonly string[], facts: CallFacts): readonly string[] {
  if (own.length > 0 || facts.message === null) return own;
  const options = httpOptions(facts.cluster);
  if (options.auto_config !== undefined) return ['h2', 'http/1.1'];
  return [];
}

function serverName(context: UpstreamTlsContext, facts: CallFacts, host: Host): string | null {
  const automatic = automaticName(facts);
  if (automatic !== null) return automatic;
  if (context.auto_host_sni === true && host.hostname !== '') return host.hostname.toLowerCase();
  return (context.sni ?? '') === '' ? null : (context.sni ?? '').toLowerCase();
}

/**
 * The name that `auto_sni` takes from the request: of its authority, or of a header that is named for it where that holds anything. An
 * address is no name: what is configured counts then.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/protocol.proto (UpstreamHttpProtocolOptions)
 */
function automaticName({ cluster, message }: CallFacts): string | null {
  const { auto_sni: isOn, override_auto_sni_header: header = '' } =
    httpOptions(cluster).upstream_http_protocol_options ?? {};
  if (isOn !== true || message === null) return null;
  const own = header === '' ? null : joinedHeader(message, header);
  const name = typeof own === 'string' && own !== '' ? own : message.authority;
  const host = name === null ? '' : hostOf(name).toLowerCase();
  return host === '' || parseIp(host) !== null ? null : host;
}

/** `envoy.extensions.upstreams.http.v3.HttpProtocolOptions`. */
interface HttpOptions {
  readonly explicit_http_config?: {
    readonly http2_protocol_options?: object;
    readonly http3_protocol_options?: object;
  };
  readonly use_downstream_protocol_config?: { readonly http2_protocol_options?: object };
  readonly auto_config?: object;
  readonly upstream_http_protocol_options?: {
    readonly auto_sni?: boolean;
    readonly auto_san_validation?: boolean;
    readonly override_auto_sni_header?: string;
  };
  readonly http_filters?: readonly HttpFilter[];
}

/** `HttpProtocolOptions` of a cluster: how HTTP is spoken to its hosts, and the filters before that. Empty where it has none. */
export function httpOptions(cluster: Cluster): HttpOptions {
  const any = cluster.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions'];
  const options = messageOf<HttpOptions>(any);
  if (any !== undefined) return options;
  const old = cluster as { readonly http2_protocol_options?: object; readonly protocol_selection?: string };
  if (old.protocol_selection === 'USE_DOWNSTREAM_PROTOCOL') return { use_downstream_protocol_config: old };
  return old.http2_protocol_options === undefined ? {} : { explicit_http_config: old };
}

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/upstreams/http/v3/http_protocol_options.proto */
function upstreamProtocol(facts: CallFacts): { readonly payload: Payload; readonly fixed: boolean } {
  if (facts.message === null) return { payload: facts.payload, fixed: true };
  const options = httpOptions(facts.cluster);
  if (options.auto_config !== undefined) return { payload: 'http/1.1', fixed: false };
  const downstream = options.use_downstream_protocol_config;
  if (downstream !== undefined) {
    const isTwo = facts.payload === 'http/2' && downstream.http2_protocol_options !== undefined;
    return { payload: isTwo ? 'http/2' : 'http/1.1', fixed: true };
  }
  const isTwo = options.explicit_http_config?.http2_protocol_options !== undefined;
  return { payload: isTwo ? 'http/2' : 'http/1.1', fixed: true };
}
