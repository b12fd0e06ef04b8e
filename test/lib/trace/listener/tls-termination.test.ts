/**
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto (DownstreamTlsContext)
 * Each handshake was tried with a real Envoy 1.37.
 */
import {
  clusterOf,
  listenerOf,
  proxyOf,
  routing,
  tcpProxy,
  typed,
  walkOf,
  type Walked,
  type WalkOptions,
} from '../../../helpers/hop';

const HTTP = routing([{ name: 'r', match: { prefix: '/' }, route: { cluster: 'c' } }]);

function handshake(
  context: object | null,
  options: WalkOptions = {},
  url = 'https://h/',
  filter: object = HTTP,
): Walked {
  const type = 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext';
  const chain = context === null ? {} : { transport_socket: typed('tls', type, context) };
  const listeners = [listenerOf([filter], {}, chain)];
  return walkOf(proxyOf({ listeners, clusters: [clusterOf('c', [{ port: 1 }])] }), url, options);
}

const alpn = (...protocols: readonly string[]): object => ({ common_tls_context: { alpn_protocols: protocols } });
const validating = (name: string): object => ({
  common_tls_context: {
    alpn_protocols: ['h2', 'http/1.1'],
    combined_validation_context: { validation_context_sds_secret_config: { name } },
  },
  require_client_certificate: true,
});
const MESH: WalkOptions = { tls: 'mtls', alpn: ['istio-http/1.1'], sourcePrincipal: 'spiffe://t/ns/n/sa/s' };

describe('a filter chain that terminates TLS', () => {
  it('makes HTTP/2 of a request where both sides offer it', () => {
    expect(handshake(alpn('h2', 'http/1.1')).step('http-connection-manager')?.because).toBe('HTTP/2 GET /');
    expect(handshake(alpn('http/1.1', 'h2')).step('http-connection-manager')?.because).toBe('HTTP/1.1 GET /');
    expect(handshake(alpn()).step('http-connection-manager')?.because).toBe('HTTP/1.1 GET /');
    const fixed = handshake(alpn('h2', 'http/1.1'), { httpVersion: '1.1' });
    expect(fixed.step('http-connection-manager')?.because).toBe('HTTP/1.1 GET /');
  });

  it('refuses plain text: a TLS error, and the chain stays named', () => {
    const walked = handshake(alpn('h2'), {}, 'http://h/');
    expect(walked).toMatchObject({ verdict: 'failed', reason: 'tls-error', status: null });
    expect(walked.hop.filterChain).toEqual({ name: 'chain', index: 0, default: false });
  });

  it('refuses a caller without the certificate that it requires', () => {
    expect(handshake(validating('ROOTCA')).reason).toBe('tls-error');
    expect(handshake(validating('ROOTCA'), MESH).verdict).toBe('delivered');
    expect(handshake({ ...validating('ROOTCA'), require_client_certificate: false }).verdict).toBe('delivered');
  });

  it('refuses a sidecar’s certificate where it trusts another authority than the mesh’s', () => {
    expect(handshake(validating('kubernetes://shop-cacert'), MESH).reason).toBe('tls-error');
    expect(handshake(validating('kubernetes://shop-cacert'), { tls: 'mtls' }).verdict).toBe('delivered');
  });

  it('asks for no certificate where it cannot verify one', () => {
    expect(handshake(alpn('h2', 'http/1.1'), MESH).verdict).toBe('delivered');
  });

  it('holds the certificate’s names against match_subject_alt_names', () => {
    const wanting = (exact: string): object => ({
      common_tls_context: {
        combined_validation_context: {
          default_validation_context: { match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact } }] },
          validation_context_sds_secret_config: { name: 'ROOTCA' },
        },
      },
    });
    expect(handshake(wanting('spiffe://t/ns/n/sa/s'), MESH).verdict).toBe('delivered');
    expect(handshake(wanting('spiffe://t/ns/n/sa/other'), MESH).reason).toBe('tls-error');
    const dns = { san_type: 'DNS', matcher: { prefix: 'spiffe' } };
    expect(handshake(presenting({ match_typed_subject_alt_names: [dns] }), MESH).reason).toBe('tls-error');
    const email = { san_type: 'EMAIL', matcher: { prefix: 'me' } };
    expect(handshake(presenting({ match_typed_subject_alt_names: [email] }), MESH).verdict).toBe('unknown');
    const unnamed: WalkOptions = { ...MESH, sourcePrincipal: undefined };
    expect(handshake(wanting('spiffe://t/ns/n/sa/other'), unnamed).verdict).toBe('delivered');
    // As a ztunnel comes to a waypoint.
    expect(handshake(wanting('spiffe://t/ns/n/sa/other'), { ...unnamed, alpn: ['h2'] }).verdict).toBe('delivered');
  });
});

const presenting = (validation: object): object => ({
  common_tls_context: { validation_context: { trusted_ca: { filename: 'ca.pem' }, ...validation } },
});

it('of a certificate that may be revoked or of which nothing is known, the verdict is unknown', () => {
  const revoking = presenting({ crl: { filename: 'crl.pem' } });
  expect(handshake(revoking, MESH)).toMatchObject({ verdict: 'unknown', because: expect.stringContaining('(crl)') });
  expect(handshake(revoking).verdict).toBe('delivered');
  const wanted = { match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: 'spiffe://x' } }] };
  expect(handshake(presenting(wanted), { tls: 'mtls' })).toMatchObject({
    verdict: 'unknown',
    because: expect.stringContaining('--source-principal'),
  });
  expect(
    handshake(presenting({ ...wanted, trust_chain_verification: 'ACCEPT_UNTRUSTED' }), { tls: 'mtls' }).verdict,
  ).toBe('delivered');
});

describe('a filter chain without TLS', () => {
  it('gives TLS to a connection manager as bytes: 400 DPE', () => {
    expect(handshake(null)).toMatchObject({ reason: 'protocol-error', status: 400, responseFlags: 'DPE' });
  });

  it('passes TLS on through a TCP proxy', () => {
    const walked = handshake(null, {}, 'https://h/', tcpProxy({ cluster: 'c' }));
    expect(walked.forward?.tls).toMatchObject({ sni: 'h', alpn: ['h2', 'http/1.1'] });
  });
});

describe('a codec', () => {
  const codec = (codec_type: string, options: WalkOptions, context: object | null = null): Walked => {
    const { typed_config: config, ...rest } = HTTP as { typed_config: object };
    const filter = { ...rest, typed_config: { ...config, codec_type } };
    return handshake(context, options, context === null ? 'http://h/' : 'https://h/', filter);
  };

  it('goes by the first bytes with AUTO, and refuses the other version otherwise', () => {
    expect(codec('AUTO', { httpVersion: '2' }).verdict).toBe('delivered');
    expect(codec('HTTP1', { httpVersion: '2' })).toMatchObject({ reason: 'protocol-error', responseFlags: 'DPE' });
    expect(codec('HTTP2', {})).toMatchObject({ reason: 'protocol-error', status: null });
  });

  it('goes by what ALPN agreed on, whatever the bytes are', () => {
    const one = { alpn: ['http/1.1'], httpVersion: '2' } as const;
    expect(codec('AUTO', one, alpn('http/1.1')).reason).toBe('protocol-error');
  });
});
