/**
 * What a filter chain's TLS wants of its clients' certificates.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/security/ssl#certificate-verification
 */
import { authoritiesSecret, type CommonTlsContext, type DownstreamTlsContext, validationContexts } from './tls-context';

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
  const own = validationContexts(context.common_tls_context);
  const hasAuthority = knowsAuthority(context.common_tls_context);
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
function knowsAuthority(common: CommonTlsContext = {}): boolean {
  return (
    authoritiesSecret(common) !== null ||
    validationContexts(common).some(
      (one) => (one.trusted_ca ?? one.ca_certificate_provider_instance ?? one.system_root_certs) !== undefined,
    )
  );
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return (list ?? []).length > 0;
}
