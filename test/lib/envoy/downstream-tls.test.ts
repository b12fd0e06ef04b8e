/** https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/security/ssl#certificate-verification */
import { clientVerification } from '../../../src/lib/envoy/downstream-tls';
import type { ValidationContext } from '../../../src/lib/envoy/tls-context';

const CA = { trusted_ca: {} };
const NAMES = { match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: 'a' } }] };
const HASH = { verify_certificate_hash: ['00'] };
const ANY = { trust_chain_verification: 'ACCEPT_UNTRUSTED' };

// As Envoy's default validator sets the verification mode of a server.
test.each<[string, ValidationContext | null, boolean, string]>([
  ['nothing', null, false, 'lets everybody in'],
  ['nothing, a certificate required', null, true, 'lets everybody in'],
  ['an empty context, required', {}, true, 'lets everybody in'],
  ['an authority', CA, false, 'asks, verifies'],
  ['an authority, required', CA, true, 'asks, requires, verifies'],
  ['names', { ...CA, ...NAMES }, false, 'asks, requires, verifies'],
  ['a hash', HASH, false, 'asks, requires, verifies'],
  ['a hash, required', HASH, true, 'asks, requires, verifies'],
  ['a hash of the key', { verify_certificate_spki: ['00'] }, false, 'asks, requires, verifies'],
  ["the system's authorities, required", { system_root_certs: {} }, true, 'asks, requires, verifies'],
  ['authorities of a provider, required', { ca_certificate_provider_instance: {} }, true, 'asks, requires, verifies'],
  ['whoever', ANY, true, 'asks'],
  ['whoever, with names', { ...ANY, ...NAMES }, true, 'asks'],
  ['whoever, with an authority', { ...ANY, ...CA }, false, 'asks'],
  ['whoever, with an authority, required', { ...ANY, ...CA }, true, 'asks, requires'],
  ['a validator of its own, required', { custom_validator_config: {} }, true, 'asks, requires, verifies'],
])('a chain with %s', (_name, context, required, wanted) => {
  const found = clientVerification({
    require_client_certificate: required,
    common_tls_context: context === null ? {} : { validation_context: context },
  });
  const words = Object.entries(found).flatMap(([word, is]) => (is === true ? [word] : []));
  expect(words.join(', ') || 'lets everybody in').toBe(wanted);
});

test('what SDS delivers is taken to hold an authority', () => {
  const sds = { validation_context_sds_secret_config: { name: 'ROOTCA' } };
  for (const common of [sds, { combined_validation_context: { default_validation_context: {}, ...sds } }]) {
    expect(clientVerification({ require_client_certificate: true, common_tls_context: common }).requires).toBe(true);
  }
});
