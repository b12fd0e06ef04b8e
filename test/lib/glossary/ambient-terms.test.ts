/** Names and errors that ambient mode has. */
import { termsNamed } from '../../../src/lib/glossary/glossary';

test.each([
  ['DOUBLEHBONE', 'DOUBLEHBONE'],
  ['converted_peer_authentication_ports', 'converted_peer_authentication_NAME'],
  ['istio_allow_waypoint_shop_waypoint', 'istio_allow_waypoint_NAMESPACE_NAME'],
  ['requested service a.b.svc.cluster.local:80 found, but cannot resolve port', 'requested service'],
])('%s', (text, name) => {
  expect(termsNamed(text).map((term) => term.name)).toEqual([name]);
});

test('a word without a name behind it is none', () => {
  expect(termsNamed('converted_peer_authentication_')).toEqual([]);
});
