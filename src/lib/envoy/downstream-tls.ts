/**
 * What a filter chain's TLS wants of its clients' certificates.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/security/ssl#certificate-verification
 */
import { messageOf, messageTypeOf, type TypedExtension } from './any';
import type { StringMatcher } from './route';

/** `envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext`. */
export interface ValidationContext {
  readonly trusted_ca?: object;
  readonly ca_certificate_provider_instance?: object;
  readonly system_root_certs?: object;
  readonly match_subject_alt_names?: readonly StringMatcher[];
  readonly match_typed_subject_alt_names?: readonly { readonly san_type?: string; readonly matcher?: StringMatcher }[];
  readonly verify_certificate_hash?: readonly string[];
  readonly verify_certificate_spki?: readonly string[];
  readonly trust_chain_verification?: string;
  readonly custom_validator_config?: object;
}

/** `envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext`. */
export interface DownstreamTlsContext {
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

/** A chain's TLS settings; wrappers that hold another socket are looked through; null where it does not terminate TLS. */
export function downstreamTlsContext(socket: TypedExtension | undefined): DownstreamTlsContext | null {
  let at = socket;
  for (let depth = 0; at !== undefined && depth < 4; depth += 1) {
    const type = messageTypeOf(at.typed_config);
    if (type.endsWith('.DownstreamTlsContext')) return messageOf<DownstreamTlsContext>(at.typed_config);
    at = messageOf<{ transport_socket?: TypedExtension }>(at.typed_config).transport_socket;
  }
  return null;
}

/** The validation contexts that stand in the configuration itself. */
export function validationContexts({
  common_tls_context: common = {},
}: DownstreamTlsContext): readonly ValidationContext[] {
  return [common.validation_context, common.combined_validation_context?.default_validation_context].flatMap(
    (one) => one ?? [],
  );
}

export interface ClientVerification {
  /** Whether clients are asked for a certificate at all: others never present theirs. */
  readonly asks: boolean;
  /** Whether a client without one is refused. */
  readonly requires: boolean;
  /** Whether a certificate that is presented is verified. */
  readonly verifies: boolean;
}

/**
 * The surprise: `require_client_certificate` counts only where there is an authority (trusted_ca, or SDS) to verify by, and
 * without a validation context nobody is even asked. Names, hashes and SPKIs to match refuse who has no certificate whatever
 * that field says, but not with ACCEPT_UNTRUSTED, which asks everybody and refuses nobody.
 */
export function clientVerification(context: DownstreamTlsContext): ClientVerification {
  const own = validationContexts(context);
  const hasAuthority = knowsAuthority(context);
  const isCustom = own.some((one) => one.custom_validator_config !== undefined);
  const acceptsAny = own.some((one) => one.trust_chain_verification === 'ACCEPT_UNTRUSTED');
  const matches = own.some(
    (one) =>
      isFilled(one.match_subject_alt_names) ||
      isFilled(one.match_typed_subject_alt_names) ||
      isFilled(one.verify_certificate_hash) ||
      isFilled(one.verify_certificate_spki),
  );
  const isRequired = context.require_client_certificate === true && (hasAuthority || isCustom);
  return {
    asks: hasAuthority || isCustom || acceptsAny || matches,
    requires: isRequired || (matches && !acceptsAny),
    verifies: (hasAuthority || isCustom || matches) && !acceptsAny,
  };
}

/** Whether there is an authority to verify certificates by; what SDS delivers is taken to hold one. */
function knowsAuthority(context: DownstreamTlsContext): boolean {
  const common = context.common_tls_context ?? {};
  return (
    common.validation_context_sds_secret_config !== undefined ||
    common.combined_validation_context?.validation_context_sds_secret_config !== undefined ||
    validationContexts(context).some(
      (one) => (one.trusted_ca ?? one.ca_certificate_provider_instance ?? one.system_root_certs) !== undefined,
    )
  );
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return (list ?? []).length > 0;
}
