/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/network_filters */
import { runNetworkFilter } from '../../../../src/lib/trace/filters/network-filters';
import { HopRecord } from '../../../../src/lib/trace/hop-record';
import { factsOf, filterOf, mtls, networkInput } from '../../../helpers/filters';

const rbac = (config: object): ReturnType<typeof filterOf> =>
  filterOf('envoy.filters.network.rbac', 'envoy.extensions.filters.network.rbac.v3.RBAC', config);

describe('network RBAC (rbac_filter)', () => {
  const policies = {
    p: {
      permissions: [{ destination_port: 8080 }],
      principals: [{ authenticated: { principal_name: { exact: 'u' } } }],
    },
  };

  it('closes the connection without a status or a flag', () => {
    const record = new HopRecord(null, 'inbound');
    const end = runNetworkFilter(networkInput(rbac({ rules: { policies } })), record);
    expect(end?.outcome).toEqual({
      verdict: 'denied',
      reason: 'rbac-denied',
      status: null,
      responseFlags: null,
      location: null,
      policy: null,
    });
    expect(record.toHop().steps[0]).toMatchObject({ stage: 'network-filter', outcome: 'ended', config: '/filter' });
  });

  it('lets a caller pass whom a policy names', () => {
    const input = networkInput(rbac({ rules: { policies } }), { connection: factsOf(mtls('u')) });
    expect(runNetworkFilter(input, new HopRecord(null, 'inbound'))).toBeNull();
  });

  it('is unknown where the certificate is', () => {
    const certificate = { uriSans: null, dnsSans: [], subject: '' };
    const input = networkInput(rbac({ rules: { policies } }), { connection: factsOf({ tls: { certificate } }) });
    expect(runNetworkFilter(input, new HopRecord(null, 'inbound'))?.outcome.reason).toBe('unknown-input');
  });
});

it('other filters are named, unknown ones too', () => {
  const record = new HopRecord(null, 'inbound');
  const filters = [
    filterOf('istio.stats', 'stats.PluginConfig'),
    filterOf('m', 'envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy'),
    filterOf('mine', 'com.example.Mine'),
  ];
  for (const filter of filters) expect(runNetworkFilter(networkInput(filter), record)).toBeNull();
  expect(record.toHop().steps.map((one) => [one.name, one.outcome])).toEqual([
    ['istio.stats', 'noted'],
    ['m', 'noted'],
    ['mine', 'noted'],
  ]);
});
