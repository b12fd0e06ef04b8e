/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/network_filters */
import { certificateOf } from '../../../../src/lib/http/connection-facts';
import { runNetworkFilter } from '../../../../src/lib/trace/filters/network-filters';
import { HopRecord } from '../../../../src/lib/trace/hop/record';
import { StreamState } from '../../../../src/lib/http/stream-state';
import { contextOf, factsOf, filterOf, mtls, networkInput, sectionOf } from '../../../helpers/filters';

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
    const certificate = certificateOf(undefined);
    const input = networkInput(rbac({ rules: { policies } }), { connection: factsOf({ tls: { certificate } }) });
    expect(runNetworkFilter(input, new HopRecord(null, 'inbound'))?.outcome.reason).toBe('unknown-input');
  });
});

it('a filter that nobody knows may close the connection: the end is unknown', () => {
  const record = new HopRecord(null, 'inbound');
  const end = runNetworkFilter(networkInput(filterOf('cilium.network', 'cilium.NetworkFilter')), record);
  expect(end?.outcome).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
  expect(record.toHop().steps[0]).toMatchObject({ name: 'cilium.network', outcome: 'unknown' });
});

it('other filters are named', () => {
  const record = new HopRecord(null, 'inbound');
  const filters = [
    filterOf('istio.stats', 'stats.PluginConfig'),
    filterOf('m', 'envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy'),
    filterOf('w', 'envoy.extensions.filters.network.wasm.v3.Wasm'),
  ];
  for (const filter of filters) expect(runNetworkFilter(networkInput(filter), record)).toBeNull();
  expect(record.toHop().steps.map((one) => [one.name, one.outcome])).toEqual([
    ['istio.stats', 'noted'],
    ['m', 'noted'],
    ['w', 'not-evaluated'],
  ]);
});

it('set_filter_state sets what the TLS handshake tells only where there is one', () => {
  const filter = filterOf('s', 'envoy.extensions.filters.network.set_filter_state.v3.Config', {
    on_downstream_tls_handshake: [
      {
        object_key: 'peer',
        format_string: { text_format_source: { inline_string: '%DOWNSTREAM_PEER_URI_SAN%' } },
        skip_if_empty: true,
      },
    ],
  });
  const stateAfter = (connection: ReturnType<typeof factsOf>): StreamState => {
    const input = networkInput(filter, { connection });
    runNetworkFilter(input, new HopRecord(null, 'inbound'));
    return input.state;
  };
  expect(stateAfter(factsOf()).filterState('peer')).toBeNull();
  expect(stateAfter(factsOf(mtls('spiffe://a'))).filterState('peer')).toBe('spiffe://a');
  expect(stateAfter(factsOf()).filterState('another')).toBeUndefined();
});

describe('ext_authz (ext_authz_filter) behind CUSTOM policies', () => {
  const policy = 'istio-ext-authz-opa-ns[a]-policy[b]-rule[0]';
  const shadow = (port: number): ReturnType<typeof filterOf> =>
    rbac({
      shadow_rules_stat_prefix: 'istio_ext_authz_',
      shadow_rules: {
        action: 'DENY',
        policies: { [policy]: { permissions: [{ destination_port: port }], principals: [{ any: true }] } },
      },
    });
  const authorizer = filterOf(
    'envoy.filters.network.ext_authz',
    'envoy.extensions.filters.network.ext_authz.v3.ExtAuthz',
    {
      filter_enabled_metadata: {
        filter: 'envoy.filters.network.rbac',
        path: [{ key: 'istio_ext_authz_shadow_effective_policy_id' }],
        value: { string_match: { prefix: 'istio-ext-authz-opa' } },
      },
    },
  );
  const ends = (port: number): unknown => {
    const state = new StreamState();
    const record = new HopRecord(null, 'inbound');
    const run = (filter: ReturnType<typeof filterOf>): unknown =>
      runNetworkFilter(networkInput(filter, { state }), record)?.outcome.verdict;
    return [run(shadow(port)), run(authorizer)];
  };

  it('is asked only where a CUSTOM policy matches, and then its answer is unknown', () => {
    expect(ends(1)).toEqual([undefined, undefined]);
    expect(ends(8080)).toEqual([undefined, 'unknown']);
  });
});

it('filters that answer by themselves', () => {
  const echo = filterOf('e', 'envoy.extensions.filters.network.echo.v3.Echo');
  const end = runNetworkFilter(networkInput(echo), new HopRecord(null, 'inbound'));
  expect(end?.outcome.verdict).toBe('direct-response');
});

it('a filter whose configuration comes by ECDS', () => {
  const filter = { name: 'ext', config_discovery: {} };
  const typed = rbac({ rules: {} }).typed_config;
  const section = sectionOf('EcdsConfigDump', 'ecds_filters', [{ ecds_filter: { name: 'ext', typed_config: typed } }]);
  const context = contextOf({}, [section]);
  expect(runNetworkFilter(networkInput(filter), new HopRecord(null, 'inbound'))?.outcome.verdict).toBe('unknown');
  expect(runNetworkFilter(networkInput(filter, { context }), new HopRecord(null, 'inbound'))?.outcome.verdict).toBe(
    'denied',
  );
});
