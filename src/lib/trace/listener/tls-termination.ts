/**
 * A filter chain's transport socket: what of a connection its filters see.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/security/ssl
 */
import { messageTypeOf, type TypedExtension } from '../../envoy/any';
import { clientVerification } from '../../envoy/downstream-tls';
import {
  authoritiesSecret,
  type DownstreamTlsContext,
  downstreamTlsContext,
  validationContexts,
  wantedNames,
} from '../../envoy/tls-context';
import { isUnknown } from '../../match/ternary';
import { answerOf } from '../../match/watch';
import { describeName, hasWantedName } from '../certificate-names';
import type { Connection, Payload, TlsClient } from '../connection';
import type { ClientCertificate } from '../../http/connection-facts';
import { type Ending, ending } from '../hop/ending';
import type { HopContext } from '../hop/context';
import type { TlsCause } from '../facts/upstream';
import { type HopRecord, step, unevaluated } from '../hop/record';
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

/** Terminates TLS where the chain does; the end where the handshake fails. */
export function terminateTls(
  { config: proxy, now }: Pick<HopContext, 'config' | 'now'>,
  { chain, pointer }: ChosenChain,
  connection: Connection,
  record: HopRecord,
): Inside | Ending {
  const context = downstreamTlsContext(chain.transport_socket);
  const { tls, payload } = connection;
  const config = `${pointer}/transport_socket`;
  if (context === null) {
    const other = unknownSocketOf(chain.transport_socket);
    return other === null
      ? { payload, terminated: null, opaque: tls }
      : undecided(record, config, { kind: 'socket-not-evaluated', socket: other });
  }
  if (tls === null) return failed(record, config, { kind: 'plain-text-to-tls' });
  const refused = refusal(context, tls) ?? mutualDistrust(proxy, secretsIn(context), tls, now);
  if (refused !== null) return failed(record, config, refused);
  if (tls.certificate !== null && wantsHash(context)) return undecided(record, config, { kind: 'certificate-hash' });
  const open = openInput(context, tls);
  return open === null ? terminated(context, connection, tls, { record, config }) : undecided(record, config, open);
}

function terminated(
  context: DownstreamTlsContext,
  { payload, payloadFixed }: Connection,
  tls: TlsClient,
  { record, config }: { readonly record: HopRecord; readonly config: string },
): Inside {
  const { asks, verifies } = clientVerification(context);
  const client = asks ? tls : { ...tls, certificate: null };
  const own = context.common_tls_context?.alpn_protocols ?? [];
  const alpn = answerOf(tls.alpn, (offered) => negotiated(offered, own));
  const left = unevaluated([context, 'DownstreamTlsContext']);
  record.add(step('tls', 'passed', null, { kind: 'terminates', alpn, client: namesOf(client) }, { config, ...left }));
  return {
    payload: payload === 'http/1.1' && alpn === 'h2' && payloadFixed !== true ? 'http/2' : payload,
    terminated: { client, validated: client.certificate !== null && verifies, alpn },
    opaque: null,
  };
}

function undecided(record: HopRecord, config: string, cause: TlsCause): Ending {
  record.add(step('tls', 'unknown', null, cause, { config }));
  return ending('unknown', 'unknown-input', cause);
}

function failed(record: HopRecord, config: string, cause: TlsCause): Ending {
  record.add(step('tls', 'ended', null, cause, { config }));
  return ending('failed', 'tls-error', cause);
}

/** Whether only certificates with one of these hashes are taken. */
function wantsHash(context: DownstreamTlsContext): boolean {
  const hashes = validationContexts(context.common_tls_context).flatMap((one) => [
    ...(one.verify_certificate_hash ?? []),
    ...(one.verify_certificate_spki ?? []),
  ]);
  return hashes.length > 0 && clientVerification(context).verifies;
}

function unknownSocketOf(socket: TypedExtension | undefined): string | null {
  const type = messageTypeOf(socket?.typed_config);
  return socket === undefined || type === '' || type.endsWith('.RawBuffer') ? null : (socket.name ?? type);
}

/** A chain that does not ask for certificates verifies none. */
function secretsIn(context: DownstreamTlsContext): ServerSecrets {
  const common = context.common_tls_context ?? {};
  return {
    certificate: common.tls_certificate_sds_secret_configs?.[0]?.name ?? null,
    roots: clientVerification(context).verifies ? authoritiesSecret(common) : null,
  };
}

/** The secret that Istio delivers the mesh's own root certificates in. */
const MESH_ROOT = 'ROOTCA';

/** The authority, not the mesh's, that the chain verifies certificates by; null where it is the mesh's or not known. */
function foreignAuthority({ common_tls_context: common }: DownstreamTlsContext): string | null {
  const name = authoritiesSecret(common);
  return name === '' || name === MESH_ROOT ? null : name;
}

/** A sidecar's call: it alone offers Istio's protocols, and its certificate is the mesh's. */
function isFromSidecar({ alpn }: TlsClient): boolean {
  return answerOf(alpn, (offered) => offered.length > 0 && offered.every((protocol) => protocol.startsWith('istio')));
}

/** Why the server refuses the client; null where it does not. A certificate of which nothing is known is taken. */
function refusal(context: DownstreamTlsContext, client: TlsClient): TlsCause | null {
  const { certificate } = client;
  const { asks, requires, verifies } = clientVerification(context);
  if (!asks) return null;
  if (certificate === null) {
    return requires ? { kind: 'client-certificate-missing' } : null;
  }
  const authority = foreignAuthority(context);
  if (authority !== null && certificate.chain === undefined && isFromSidecar(client) && verifies) {
    return { kind: 'foreign-authority', authority };
  }
  return verifies ? refusedName(context, certificate) : null;
}

function refusedName(context: DownstreamTlsContext, certificate: ClientCertificate): TlsCause | null {
  const wanted = wantedNames(context.common_tls_context);
  if (wanted.length === 0 || isUnknown(certificate.uriSans)) return null;
  const holds = hasWantedName(certificate, wanted);
  if (isUnknown(holds) || holds) return null;
  return {
    kind: 'client-certificate-name',
    names: [...certificate.uriSans, ...certificate.dnsSans],
    wanted: wanted.map((name) => describeName(name)),
  };
}

/** What is not known of a certificate that is presented, and decides; null where nothing does. */
function openInput(context: DownstreamTlsContext, client: TlsClient): TlsCause | null {
  const { certificate } = client;
  if (certificate === null || !clientVerification(context).verifies) return null;
  const wanted = wantedNames(context.common_tls_context);
  // A sidecar's certificate is the mesh's, where it is not known, too, and so is each that the mesh's own authority verifies.
  const isOfMesh = isFromSidecar(client) || authoritiesSecret(context.common_tls_context) === MESH_ROOT;
  if (wanted.length > 0 && !(isUnknown(certificate.uriSans) && isOfMesh)) {
    const holds = hasWantedName(certificate, wanted);
    if (isUnknown(holds)) return { kind: 'depends-on-certificate', input: holds.unknown };
  }
  const isRevocable = validationContexts(context.common_tls_context).some(({ crl }) => crl !== undefined);
  return isRevocable ? { kind: 'depends-on-certificate', input: 'the list of revoked certificates (crl)' } : null;
}

/** The first of the server's protocols that the client offers. */
function negotiated(offered: readonly string[], own: readonly string[]): string | null {
  return own.find((protocol) => offered.includes(protocol)) ?? null;
}

/** What the client's certificate says: null where none came, empty where it says nothing that is known. */
function namesOf({ certificate }: TlsClient): readonly string[] | null {
  if (certificate === null) return null;
  return isUnknown(certificate.uriSans) ? [] : certificate.uriSans;
}
