/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto (DownstreamTlsContext) */
import { unverifiedClients } from '../../../src/lib/lint/client-certificates';
import { listenerOf, proxyOf, typed } from '../../helpers/hop';

const tls = (config: object): object =>
  typed('tls', 'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', config);
const found = (config: object): readonly unknown[] =>
  unverifiedClients(proxyOf({ listeners: [listenerOf([], {}, { transport_socket: tls(config) })] }));

test('a chain that requires a certificate and verifies none lets everybody in', () => {
  expect(found({ require_client_certificate: true })).toEqual([
    expect.objectContaining({
      rule: 'unverified-client-certificate',
      severity: 'warning',
      resource: 'listener l chain chain',
      config: '/configs/0/static_listeners/0/listener/filter_chains/0/transport_socket',
    }),
  ]);
  expect(found({ require_client_certificate: false })).toEqual([]);
  const common = { common_tls_context: { validation_context: { trusted_ca: { filename: '/ca' } } } };
  expect(found({ require_client_certificate: true, ...common })).toEqual([]);
});
