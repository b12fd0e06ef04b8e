/**
 * A filter chain's transport socket: what of a connection its filters see.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/security/ssl
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { StringMatcher } from '../../envoy/route';
import { describeStringMatcher, matchString } from '../../match/string-matcher';
import { isUnknown, some } from '../../match/ternary';
import type { Connection, Payload, TlsClient } from '../connection';
import type { ClientCertificate } from '../../http/connection-facts';
import { type Ending, ending } from '../hop/ending';
import type { HopContext } from '../hop/context';
import { type HopRecord, step } from '../hop/record';
import { mutualDistrust, type ServerSecrets } from './certificate-check';
import type { ChosenChain } from './filter-chain';

/** The bytes that a chain's filters get. */
export interface Inside {
  readonly payload: Payload;
  /** Set where TLS was terminated. */
  readonly terminated: {
    readonly client: TlsClient;
    /** Whether the client's certificate was verified. */
    readonly validated: boolean;
    /** The application protocol that both sides agreed on; null where they agreed on none. */
    readonly alpn: string | null;
  } | null;
  /** TLS that came and that nobody terminates. */
  readonly opaque: TlsClient | null;
}

interface ValidationContext {
  readonly trusted_ca?: object;
  readonly match_subject_alt_names?: readonly StringMatcher[];
  readonly match_typed_subject_alt_names?: readonly { readonly san_type?: string; readonly matcher?: StringMatcher }[];
  readonly trust_chain_verification?: string;
}

/** `envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext`. */
interface DownstreamTlsContext {
  readonly require_client_certificate?: boolean;
  readonly common_tls_context?: {
    readonly alpn_protocols?: readonly string[];
    readonly tls_certificate_sds_secret_configs?: readonly { readonly name?: string }[];
    readonly validation_context?: ValidationContext;
    readonly validation_context_sds_secret_config?: { readonly name?: string };
    readonly combined_validation_context?: {
      readonly default_validation_context?: ValidationContext;
      readonly validation_context_sds_secret_config?: { readonly name?: string };
    };
  };
}

/** Terminates TLS where the chain does; the end where the handshake fails. */
export function terminateTls(
  { config: proxy, now }: Pick<HopContext, 'config' | 'now'>,
  { chain, pointer }: ChosenChain,
  connection: Connection,
  record: HopRecord,
): Inside | Ending {
  const context = tlsContext(chain.transport_socket);
  const { tls, payload } = connection;
  const config = `${pointer}/transport_socket`;
  if (context === null) {
    const unknownSocket = unknownSocketOf(chain.transport_socket);
    if (unknownSocket !== null) {
      record.add(step('tls', 'noted', unknownSocket, 'a transport socket that mctl does not evaluate', { config }));
    }
    return { payload, terminated: null, opaque: tls };
  }
  if (tls === null) return failed(record, config, 'the filter chain expects TLS, and plain text comes');
  const refused = refusal(context, tls) ?? mutualDistrust(proxy, secretsIn(context), tls, now);
  if (refused !== null) return failed(record, config, refused);
  const client = asksForCertificate(context) ? tls : { ...tls, certificate: null };
  const alpn = negotiated(tls.alpn, context.common_tls_context?.alpn_protocols ?? []);
  const agreed = alpn ?? 'no application protocol';
  const peer = client.certificate === null ? 'no client certificate' : describePeer(client);
  record.add(step('tls', 'passed', null, `terminates TLS: ${agreed}, ${peer}`, { config }));
  return {
    payload: payload === 'http/1.1' && alpn === 'h2' && connection.payloadFixed !== true ? 'http/2' : payload,
    terminated: { client, validated: client.certificate !== null && verifies(context), alpn },
    opaque: null,
  };
}

function failed(record: HopRecord, config: string, because: string): Ending {
  record.add(step('tls', 'ended', null, because, { config }));
  return ending('failed', 'tls-error', because);
}

/** Wrappers that hold another socket are looked through; null where it is not TLS. */
function tlsContext(socket: TypedExtension | undefined): DownstreamTlsContext | null {
  let at = socket;
  for (let depth = 0; at !== undefined && depth < 4; depth += 1) {
    const type = messageTypeOf(at.typed_config);
    if (type.endsWith('.DownstreamTlsContext')) return messageOf<DownstreamTlsContext>(at.typed_config);
    at = messageOf<{ transport_socket?: TypedExtension }>(at.typed_config).transport_socket;
  }
  return null;
}

function unknownSocketOf(socket: TypedExtension | undefined): string | null {
  const type = messageTypeOf(socket?.typed_config);
  return socket === undefined || type === '' || type.endsWith('.RawBuffer') ? null : (socket.name ?? type);
}

function contexts(context: DownstreamTlsContext): readonly ValidationContext[] {
  const common = context.common_tls_context ?? {};
  return [common.validation_context, common.combined_validation_context?.default_validation_context].flatMap(
    (one) => one ?? [],
  );
}

/** A client presents its certificate only where the server asks for one: to require it, or to verify it. */
function asksForCertificate(context: DownstreamTlsContext): boolean {
  return context.require_client_certificate === true || verifies(context) || contexts(context).length > 0;
}

/** Whether the chain knows an authority to verify certificates by. */
function verifies(context: DownstreamTlsContext): boolean {
  const common = context.common_tls_context ?? {};
  const own = contexts(context);
  if (own.some((one) => one.trust_chain_verification === 'ACCEPT_UNTRUSTED')) return false;
  return (
    common.validation_context_sds_secret_config !== undefined ||
    common.combined_validation_context !== undefined ||
    own.some((one) => one.trusted_ca !== undefined)
  );
}

/** A chain that does not ask for certificates verifies none. */
function secretsIn(context: DownstreamTlsContext): ServerSecrets {
  const common = context.common_tls_context ?? {};
  const roots =
    common.validation_context_sds_secret_config ??
    common.combined_validation_context?.validation_context_sds_secret_config;
  return {
    certificate: common.tls_certificate_sds_secret_configs?.[0]?.name ?? null,
    roots: verifies(context) ? (roots?.name ?? null) : null,
  };
}

/** The secret that Istio delivers the mesh's own root certificates in. */
const MESH_ROOT = 'ROOTCA';

/** The authority, not the mesh's, that the chain verifies certificates by; null where it is the mesh's or not known. */
function foreignAuthority({ common_tls_context: common = {} }: DownstreamTlsContext): string | null {
  const secret =
    common.validation_context_sds_secret_config ??
    common.combined_validation_context?.validation_context_sds_secret_config;
  const name = secret?.name ?? '';
  return name === '' || name === MESH_ROOT ? null : name;
}

/** A sidecar's call: it alone offers Istio's protocols, and its certificate is the mesh's. */
function isFromSidecar({ alpn }: TlsClient): boolean {
  return alpn.length > 0 && alpn.every((protocol) => protocol.startsWith('istio'));
}

/** Why the server refuses the client; null where it does not. A certificate of which nothing is known is taken. */
function refusal(context: DownstreamTlsContext, client: TlsClient): string | null {
  const { certificate } = client;
  if (!asksForCertificate(context)) return null;
  if (certificate === null) {
    return context.require_client_certificate === true
      ? 'the filter chain requires a client certificate, and the caller presents none'
      : null;
  }
  const authority = foreignAuthority(context);
  if (authority !== null && certificate.chain === undefined && isFromSidecar(client) && verifies(context)) {
    return `the filter chain trusts the authority in ${authority}, and a sidecar's certificate is signed by the mesh's`;
  }
  return refusedName(context, certificate);
}

function refusedName(context: DownstreamTlsContext, certificate: ClientCertificate): string | null {
  const wanted = contexts(context).flatMap((one) => [
    ...(one.match_typed_subject_alt_names ?? []).flatMap(({ matcher }) => matcher ?? []),
    ...(one.match_subject_alt_names ?? []),
  ]);
  if (wanted.length === 0 || isUnknown(certificate.uriSans)) return null;
  const names = [...certificate.uriSans, ...certificate.dnsSans];
  const holds = some(names, (name) => some(wanted, (matcher) => matchString(matcher, name)));
  if (isUnknown(holds) || holds) return null;
  return `the client certificate names ${names.join(', ')}, wanted is ${wanted.map((san) => describeStringMatcher(san)).join(' or ')}`;
}

/** The first of the server's protocols that the client offers. */
function negotiated(offered: readonly string[], own: readonly string[]): string | null {
  return own.find((protocol) => offered.includes(protocol)) ?? null;
}

function describePeer({ certificate }: TlsClient): string {
  const sans = certificate?.uriSans;
  return sans === undefined || isUnknown(sans) ? 'a client certificate' : `client ${sans.join(', ')}`;
}
