/** What TLS contexts of both sides have in common. https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto */
import { messageOf, messageTypeOf, type TypedExtension } from './any';
import type { StringMatcher } from './route';

/** `envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext`. */
export interface ValidationContext {
  readonly trusted_ca?: object;
  readonly ca_certificate_provider_instance?: object;
  readonly system_root_certs?: object;
  readonly match_subject_alt_names?: readonly StringMatcher[];
  readonly match_typed_subject_alt_names?: readonly { readonly san_type?: string; readonly matcher?: StringMatcher }[];
  readonly crl?: object;
  readonly verify_certificate_hash?: readonly string[];
  readonly verify_certificate_spki?: readonly string[];
  readonly trust_chain_verification?: string;
  readonly custom_validator_config?: object;
}

/** `envoy.extensions.transport_sockets.tls.v3.CommonTlsContext`. */
export interface CommonTlsContext {
  readonly alpn_protocols?: readonly string[];
  readonly tls_certificates?: readonly object[];
  readonly tls_certificate_sds_secret_configs?: readonly { readonly name?: string }[];
  readonly validation_context?: ValidationContext;
  readonly validation_context_sds_secret_config?: { readonly name?: string };
  readonly combined_validation_context?: {
    readonly default_validation_context?: ValidationContext;
    readonly validation_context_sds_secret_config?: { readonly name?: string };
  };
}

/** `envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext`. */
export interface DownstreamTlsContext {
  readonly require_client_certificate?: boolean;
  readonly common_tls_context?: CommonTlsContext;
}

/** `envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext`. */
export interface UpstreamTlsContext {
  readonly sni?: string;
  readonly auto_host_sni?: boolean;
  readonly auto_sni_san_validation?: boolean;
  readonly common_tls_context?: CommonTlsContext;
}

/** The TLS context that a filter chain terminates TLS by; null where it does not. */
export function downstreamTlsContext(socket: TypedExtension | null | undefined): DownstreamTlsContext | null {
  return tlsContextOf(socket, 'DownstreamTlsContext');
}

/** The TLS context that a cluster speaks to its hosts by; null where it speaks plain text. */
export function upstreamTlsContext(socket: TypedExtension | null | undefined): UpstreamTlsContext | null {
  return tlsContextOf(socket, 'UpstreamTlsContext');
}

/**
 * The version of the PROXY protocol header that is sent before anything else; null where none is.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/proxy_protocol/v3/upstream_proxy_protocol.proto
 */
export function sentProxyHeader(socket: TypedExtension | null | undefined): 1 | 2 | null {
  const own = tlsContextOf(socket, 'ProxyProtocolUpstreamTransport') as ProxyProtocolTransport | null;
  return own === null ? null : own.config?.version === 'V2' ? 2 : 1;
}

interface ProxyProtocolTransport {
  readonly config?: { readonly version?: 'V1' | 'V2' };
}

/** Transport sockets that hold another one (PROXY protocol, tapping, internal listeners) are looked through. */
function tlsContextOf(socket: TypedExtension | null | undefined, kind: string): object | null {
  let at = socket ?? undefined;
  for (let depth = 0; at !== undefined && depth < DEEPEST; depth += 1) {
    if (messageTypeOf(at.typed_config).endsWith(`.${kind}`)) return messageOf(at.typed_config);
    at = messageOf<{ transport_socket?: TypedExtension }>(at.typed_config).transport_socket;
  }
  return null;
}

const DEEPEST = 4;

/** The validation contexts that stand in the configuration itself, and not at a server of secrets. */
export function validationContexts(common: CommonTlsContext = {}): readonly ValidationContext[] {
  return [common.validation_context, common.combined_validation_context?.default_validation_context].flatMap(
    (one) => one ?? [],
  );
}

/** The name of the secret with the authorities; null where the configuration names none. */
export function authoritiesSecret(common: CommonTlsContext = {}): string | null {
  const config =
    common.validation_context_sds_secret_config ??
    common.combined_validation_context?.validation_context_sds_secret_config;
  return config === undefined ? null : (config.name ?? '');
}

/** A name that a certificate must have. */
export interface WantedName {
  /** Of which kind the name must be: `URI`, `DNS`, …; null for one of any kind. */
  readonly type: string | null;
  readonly matcher: StringMatcher;
}

/** The names that the other side's certificate must have one of; empty where any will do. */
export function wantedNames(common: CommonTlsContext = {}): readonly WantedName[] {
  return validationContexts(common).flatMap((one) => [
    ...(one.match_typed_subject_alt_names ?? []).map(({ san_type: type, matcher }) => ({
      type: type ?? 'SAN_TYPE_UNSPECIFIED',
      matcher: matcher ?? {},
    })),
    ...(one.match_subject_alt_names ?? []).map((matcher) => ({ type: null, matcher })),
  ]);
}
