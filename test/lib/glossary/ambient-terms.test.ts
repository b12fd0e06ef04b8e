/** Names and errors that ambient mode has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';
import { termsNamed } from '../../../src/lib/glossary/glossary';

interface Logged {
  readonly inbound: readonly string[];
  readonly out: { readonly error: string } | null;
}

test.each([
  ['DOUBLEHBONE', 'DOUBLEHBONE'],
  ['converted_peer_authentication_ports', 'converted_peer_authentication_NAME'],
  ['istio_allow_waypoint_shop_waypoint', 'istio_allow_waypoint_NAMESPACE_NAME'],
  ['connection closed due to policy rejection: explicitly denied by: shop/a', 'explicitly denied by'],
  [
    'connection closed due to policy rejection: allow policies exist, but none allowed',
    'allow policies exist, but none allowed',
  ],
  ['requested service a.b.svc.cluster.local found, but has no IP addresses', 'requested service'],
  ['connection failed: Connection refused (os error 111)', 'connection failed'],
  ['io error: Network is unreachable (os error 101)', 'io error'],
  ['io error: Connection refused (os error 111)', 'io error: Connection refused'],
  ['io error: invalid peer certificate: UnknownIssuer', 'invalid peer certificate'],
  ['tls error: no certificate', 'tls error'],
  ['connection closed: peer certificate revoked by CRL', 'connection closed: peer certificate revoked by CRL'],
  ['while closing connection: receive: io error: broken pipe', 'while closing connection'],
  ['no valid routing destination', 'no valid routing destination for workload'],
  ['no ip addresses were resolved', 'no ip addresses were resolved for workload'],
  ['error="no ip addresses were resolved for"', 'no ip addresses were resolved for workload'],
  ['DENY', 'DENY'],
  ['CONNECT', 'CONNECT'],
  ['TLS_FAILURE', 'TLS_FAILURE'],
  ['H2_HANDSHAKE_FAILURE', 'H2_HANDSHAKE_FAILURE'],
  ['NETWORK_POLICY', 'NETWORK_POLICY'],
  ['CERT_REVOKED', 'CERT_REVOKED'],
  ['IDENTITY_ERROR', 'IDENTITY_ERROR'],
  ['requested service a.b.svc.cluster.local:80 found, but cannot resolve port', 'requested service'],
])('%s', (text, name) => {
  expect(termsNamed(text).map((term) => term.name)).toEqual([name]);
});

test('whatever ztunnel wrote in its log of the recorded connections is known', () => {
  const packed = readFileSync(join(__dirname, '../../fixtures/ztunnel-decisions.json.br'));
  const text = brotliDecompressSync(packed, {
    params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 },
  }).toString();
  const recordings = JSON.parse(text) as Record<string, { cases: readonly { tries: readonly Logged[] }[] }>;
  const tries = Object.values(recordings).flatMap(({ cases }) => cases.flatMap((one) => one.tries));
  const errors = new Set(
    tries.flatMap(({ inbound, out }) => [...inbound, out?.error ?? '']).filter((one) => one !== ''),
  );
  expect(errors.size).toBeGreaterThan(20);
  expect([...errors].filter((one) => termsNamed(one).length !== 1)).toEqual([]);
});

test('a word without a name behind it is none', () => {
  expect(termsNamed('converted_peer_authentication_')).toEqual([]);
});
