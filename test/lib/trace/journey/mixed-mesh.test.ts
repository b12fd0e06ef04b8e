/** Sidecars, gateways and waypoints beside ztunnels: who speaks HBONE to whom, and who goes past a waypoint. */
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import type { Trace } from '../../../../src/lib/trace/model';
import type { ZtunnelPolicy } from '../../../../src/lib/ztunnel/resources';
import {
  doubleHbone,
  farEndpoint,
  hboneEndpoint,
  listener,
  manager,
  plainEndpoint,
  service,
  type SmallEnvoy,
  type SmallMesh,
  traceIn,
  workload,
  writeMesh,
  ztunnelDump,
} from '../../../helpers/mixed-mesh';

const APP = workload('app', '10.0.0.1');
const SLEEP = workload('sleep', '10.0.0.2');
const LEGACY = workload('legacy', '10.0.0.3', { protocol: 'TCP' });
const WAYPOINT = workload('waypoint', '10.0.0.9', { nativeTunnel: true });
const VIP = '10.96.0.1';
const URL = { url: 'http://app.shop/', originalDst: { ip: VIP, port: 80 } };

function sidecar(more: Partial<SmallEnvoy> = {}): SmallEnvoy {
  return { name: 'legacy', ip: '10.0.0.3', type: 'sidecar', endpoints: [hboneEndpoint('10.0.0.1:8080')], ...more };
}

const WAYPOINT_ENVOY: SmallEnvoy = {
  name: 'waypoint',
  ip: '10.0.0.9',
  type: 'waypoint',
  endpoints: [hboneEndpoint('10.0.0.1:8080')],
};

const BEHIND_WAYPOINT = {
  waypoint: { destination: 'shop/waypoint.shop.svc.cluster.local', hboneMtlsPort: 15008 },
};

function meshOf(more: Partial<SmallMesh> = {}): SmallMesh {
  return {
    envoys: [sidecar()],
    workloads: [APP, SLEEP, LEGACY, WAYPOINT],
    services: [service('app', VIP, [APP]), service('waypoint', '10.96.0.9', [WAYPOINT], { ports: { 15008: 15008 } })],
    captured: ['app', 'sleep'],
    ...more,
  };
}

function withWaypoint(envoys: readonly SmallEnvoy[]): SmallMesh {
  return meshOf({
    envoys,
    services: [
      service('app', VIP, [APP], BEHIND_WAYPOINT),
      service('waypoint', '10.96.0.9', [WAYPOINT], { ports: { 15008: 15008 } }),
    ],
  });
}

/** Only this account may call. */
function allowOnly(account: string): readonly ZtunnelPolicy[] {
  const principals = [{ Exact: `cluster.local/ns/shop/sa/${account}` }];
  return [{ name: 'only', namespace: 'shop', scope: 'Namespace', action: 'Allow', rules: [[[{ principals }]]] }];
}

function way({ hops }: Trace): readonly unknown[] {
  return hops.map(({ direction, proxy, protocol, authority }) => [
    direction,
    proxy,
    ...(protocol === undefined ? [] : [protocol, authority]),
  ]);
}

function stepsOf(trace: Trace, stage: string): readonly string[] {
  return trace.hops.flatMap(({ steps }) => steps.filter((one) => one.stage === stage).map(({ because }) => because));
}

describe('a sidecar calls a pod of ambient mode', () => {
  test.each([
    ['its own dump', {}],
    ['its own dump and a list without that pod', { pods: [] }],
  ])(
    'of which nothing but %s is known: as before a sidecar, and what was not looked at is told',
    async (_what, lists) => {
      const alone: SmallMesh = { envoys: [sidecar()], workloads: [], captured: [] };
      const trace = await traceIn(alone, { pod: 'legacy', query: URL }, lists);
      expect(trace).toMatchObject({ verdict: 'delivered', reason: null });
      const stopped = trace.hops.flatMap(({ steps }) => steps).filter(({ outcome }) => outcome === 'unknown');
      expect(stopped).toMatchObject([
        {
          stage: 'ztunnel-policy',
          because: expect.stringMatching(/^the walk stops before 10\.0\.0\.1:15008: .*policies/),
        },
      ]);
      const plain = { ...alone, envoys: [sidecar({ endpoints: [plainEndpoint('10.0.0.1', 8080)] })] };
      const other = await traceIn(plain, { pod: 'legacy', query: URL }, lists);
      expect(other.hops.flatMap(({ steps }) => steps).filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
    },
  );

  test("by HBONE, as its endpoint's metadata says", async () => {
    const trace = await traceIn(meshOf(), { pod: 'legacy', query: URL });
    expect(trace).toMatchObject({ verdict: 'delivered', reason: null });
    expect(way(trace)).toEqual([
      ['outbound', 'legacy.shop'],
      ['ztunnel-inbound', 'ztunnel-a.istio-system', 'HBONE', '10.0.0.1:8080'],
    ]);
  });

  test("with its own identity, which the pod's policies see", async () => {
    const mesh = { ...meshOf(), policies: allowOnly('legacy') };
    expect(await traceIn(mesh, { pod: 'legacy', query: URL })).toMatchObject({ verdict: 'delivered' });
    const other = { ...meshOf(), policies: allowOnly('sleep') };
    expect(await traceIn(other, { pod: 'legacy', query: URL })).toMatchObject({
      verdict: 'denied',
      reason: 'rbac-denied',
    });
  });

  test('in plain text where the endpoint is not marked: policies see no identity', async () => {
    const mesh = meshOf({
      envoys: [sidecar({ endpoints: [plainEndpoint('10.0.0.1', 8080)] })],
      policies: allowOnly('legacy'),
    });
    const trace = await traceIn(mesh, { pod: 'legacy', query: URL });
    expect(trace).toMatchObject({ verdict: 'denied', reason: 'rbac-denied' });
    expect(way(trace).at(-1)).toEqual(['ztunnel-inbound', 'ztunnel-a.istio-system', 'TCP', null]);
  });

  test('past the waypoint of its Service, and the trace says so', async () => {
    const trace = await traceIn(withWaypoint([sidecar(), WAYPOINT_ENVOY]), { pod: 'legacy', query: URL });
    expect(trace).toMatchObject({ verdict: 'delivered' });
    expect(trace.hops.map(({ direction }) => direction)).toEqual(['outbound', 'ztunnel-inbound']);
    expect(stepsOf(trace, 'ztunnel-waypoint')).toEqual([
      expect.stringMatching(/^service app\.shop\.svc\.cluster\.local has the waypoint shop\/waypoint.* a sidecar/),
    ]);
  });

  test('by HBONE that nothing takes there, as the ztunnel of its node knows: unknown, as for a pod of ambient mode', async () => {
    const mesh = meshOf({ captured: ['sleep'] });
    for (const pod of ['legacy', 'sleep']) {
      const trace = await traceIn(mesh, { pod, query: URL });
      expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
      expect(trace.hops.at(-1)?.steps.at(-1)).toMatchObject({ stage: 'hbone', name: 'app.shop' });
    }
  });

  test('of which no ztunnel is known: the walk stops before it', async () => {
    const lists = {
      pods: [
        {
          metadata: { name: 'app', namespace: 'shop', annotations: { 'ambient.istio.io/redirection': 'enabled' } },
          spec: { containers: [{ name: 'app' }] },
          status: { podIP: '10.0.0.1' },
        },
      ],
    };
    const trace = await traceIn(meshOf({ captured: [] }), { pod: 'legacy', query: URL }, lists);
    expect(trace.hops).toHaveLength(1);
    expect(trace.summary).toContain('ztunnel');
    const stopped = trace.hops[0]?.steps.find(({ outcome }) => outcome === 'unknown');
    expect(stopped).toMatchObject({ stage: 'ztunnel-policy', name: 'app.shop' });
  });
});

describe('a pod of ambient mode calls a pod with a sidecar', () => {
  const CALL = { pod: 'sleep', query: { url: 'http://10.0.0.3:8080/' } };

  test('in plain text, which it takes in where its mutual TLS is not STRICT', async () => {
    const trace = await traceIn(meshOf(), CALL);
    expect(trace).toMatchObject({ verdict: 'delivered' });
    expect(trace.hops.map(({ direction, protocol }) => [direction, protocol ?? null])).toEqual([
      ['ztunnel-outbound', 'TCP'],
      ['inbound', null],
    ]);
  });

  test('in plain text, which STRICT refuses', async () => {
    const strict = {
      name: 'virtualInbound',
      address: { socket_address: { address: '0.0.0.0', port_value: 15006 } },
      use_original_dst: true,
      traffic_direction: 'INBOUND',
      listener_filters: [
        {
          name: 'tls_inspector',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
          },
        },
      ],
      filter_chains: [{ filter_chain_match: { transport_protocol: 'tls' }, filters: [manager('inbound')] }],
    };
    const trace = await traceIn(meshOf({ envoys: [sidecar({ listeners: [strict] })] }), CALL);
    expect(trace).toMatchObject({ verdict: 'failed', reason: 'no-filter-chain' });
  });

  test('of which the configuration is not known: the walk stops before it', async () => {
    const pods = [
      {
        metadata: { name: 'legacy', namespace: 'shop', annotations: { 'sidecar.istio.io/status': '{}' } },
        spec: { containers: [{ name: 'app' }, { name: 'istio-proxy' }] },
        status: { podIP: '10.0.0.3' },
      },
      {
        metadata: { name: 'sleep', namespace: 'shop', annotations: { 'ambient.istio.io/redirection': 'enabled' } },
        spec: { containers: [{ name: 'app' }] },
        status: { podIP: '10.0.0.2' },
      },
    ];
    const trace = await traceIn(meshOf({ envoys: [] }), CALL, { pods });
    const stopped = trace.hops.flatMap(({ steps }) => steps).find(({ outcome }) => outcome === 'unknown');
    expect(stopped?.because).toMatch(/^the walk stops before legacy\.shop/);
  });
});

describe('an ingress gateway calls pods of ambient mode', () => {
  const GATEWAY: SmallEnvoy = {
    name: 'gateway',
    ip: '10.0.0.8',
    type: 'router',
    endpoints: [hboneEndpoint('10.0.0.1:8080')],
  };
  const TO_WAYPOINT = { ...GATEWAY, endpoints: [hboneEndpoint(`${VIP}:80`, '10.0.0.9:15008')] };
  const CALL = { pod: 'gateway', query: { url: 'http://app.example/', mode: 'gateway' as const } };

  test('past the waypoint, by HBONE to the pod', async () => {
    const trace = await traceIn(withWaypoint([GATEWAY, WAYPOINT_ENVOY]), CALL);
    expect(trace).toMatchObject({ verdict: 'delivered' });
    expect(way(trace)).toEqual([
      ['gateway', 'gateway.shop'],
      ['ztunnel-inbound', 'ztunnel-a.istio-system', 'HBONE', '10.0.0.1:8080'],
    ]);
    expect(stepsOf(trace, 'ztunnel-waypoint')).toHaveLength(1);
  });

  test('through the waypoint where the Service says ingress-use-waypoint: its endpoint names it', async () => {
    const trace = await traceIn(withWaypoint([TO_WAYPOINT, WAYPOINT_ENVOY]), CALL);
    expect(trace).toMatchObject({ verdict: 'delivered' });
    expect(way(trace)).toEqual([
      ['gateway', 'gateway.shop'],
      ['waypoint', 'waypoint.shop'],
      ['ztunnel-inbound', 'ztunnel-a.istio-system', 'HBONE', '10.0.0.1:8080'],
    ]);
    expect(stepsOf(trace, 'ztunnel-waypoint')).toEqual([]);
    expect(stepsOf(trace, 'endpoint').length).toBeGreaterThan(0);
  });

  test("the pod's policies see the waypoint's identity, not the gateway's", async () => {
    const seen = { ...withWaypoint([TO_WAYPOINT, WAYPOINT_ENVOY]), policies: allowOnly('waypoint') };
    expect(await traceIn(seen, CALL)).toMatchObject({ verdict: 'delivered' });
    const unseen = { ...withWaypoint([TO_WAYPOINT, WAYPOINT_ENVOY]), policies: allowOnly('gateway') };
    expect(await traceIn(unseen, CALL)).toMatchObject({ verdict: 'denied' });
  });

  test.each([
    [
      'ztunnels know no such pod',
      withWaypoint([{ ...TO_WAYPOINT, endpoints: [hboneEndpoint(`${VIP}:80`, '10.0.0.99:15008')] }]),
    ],
    ['there is nothing but its dump', { envoys: [TO_WAYPOINT], workloads: [], captured: [] }],
  ])('through a waypoint that nobody knows, which decides where it goes: unknown where %s', async (_what, mesh) => {
    const trace = await traceIn(mesh, CALL);
    expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(trace.summary).toMatch(/stops at the waypoint 10\.0\.0\.9+:15008/);
    expect(trace.summary).toContain('Save the configuration of the waypoint');
  });

  test('through a waypoint whose configuration is not known: unknown', async () => {
    const trace = await traceIn(withWaypoint([TO_WAYPOINT]), CALL);
    expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(trace.hops.at(-1)?.steps.at(-1)?.because).toMatch(/^the walk stops at the waypoint waypoint\.shop/);
  });
});

describe('a pod of ambient mode calls a Service with a waypoint', () => {
  test('through its Envoy, whose identity the pod sees', async () => {
    const mesh = { ...withWaypoint([WAYPOINT_ENVOY]), policies: allowOnly('waypoint') };
    const trace = await traceIn(mesh, { pod: 'sleep', query: { url: 'http://app/' } });
    expect(trace).toMatchObject({ verdict: 'delivered' });
    expect(trace.hops.map(({ direction }) => direction)).toEqual(['ztunnel-outbound', 'waypoint', 'ztunnel-inbound']);
  });

  const ANNOTATED = { 'ambient.istio.io/redirection': 'enabled' };
  const listed = (name: string, podIP: string, annotations: object): object => ({
    metadata: { name, namespace: 'shop', annotations },
    spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
    status: { podIP },
  });
  const pods = [
    listed('app', '10.0.0.1', ANNOTATED),
    listed('sleep', '10.0.0.2', ANNOTATED),
    listed('waypoint', '10.0.0.9', {}),
  ];

  test.each([
    ['without a list of pods', {}],
    ['with a list of pods', { pods }],
  ])('whose configuration is not known: unknown, and the waypoint is named, %s', async (_what, lists) => {
    const trace = await traceIn(withWaypoint([]), { pod: 'sleep', query: { url: 'http://app/' } }, lists);
    expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(trace.summary).toContain('stops at the waypoint waypoint.shop');
    expect(trace.summary).toContain('Save the configuration of the waypoint');
  });

  describe('which ztunnel stands before', () => {
    const HEADER = {
      name: 'envoy.filters.listener.proxy_protocol',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
      },
    };
    const CLUSTER = 'outbound|80||app.shop.svc.cluster.local';
    const behind = (protocol: string, listeners: readonly object[]): SmallMesh => {
      const waypoint = { ...WAYPOINT, nativeTunnel: false, applicationTunnel: { protocol, port: 15088 } };
      const mesh = withWaypoint([{ ...WAYPOINT_ENVOY, listeners }]);
      return { ...mesh, workloads: [APP, SLEEP, waypoint], captured: ['app', 'sleep', 'waypoint'] };
    };
    const chain = { prefix_ranges: [{ address_prefix: VIP, prefix_len: 32 }], destination_port: 80 };
    const chains = [{ name: 'app', filter_chain_match: chain, filters: [manager(CLUSTER)] }];
    const inbound = listener('inbound', '0.0.0.0', 15088, {}, { listener_filters: [HEADER], filter_chains: chains });

    test("is connected to on its tunnel's port, and the PROXY header names what was called", async () => {
      const trace = await traceIn(behind('PROXY', [inbound]), { pod: 'sleep', query: { url: 'http://app/' } });
      expect(trace).toMatchObject({ verdict: 'delivered' });
      expect(trace.hops.map(({ direction }) => direction)).toEqual([
        'ztunnel-outbound',
        'ztunnel-inbound',
        'waypoint',
        'ztunnel-inbound',
      ]);
      expect(trace.hops[1]?.next).toMatchObject({ port: 15088 });
      expect(trace.hops[2]).toMatchObject({ listener: { name: 'inbound' }, filterChain: { name: 'app' } });
    });

    test('hands what the header names over to a listener of that address', async () => {
      const first = listener('inbound', '0.0.0.0', 15088, manager('nowhere'), {
        listener_filters: [HEADER],
        use_original_dst: true,
      });
      const own = listener('own', VIP, 80, manager(CLUSTER), { bind_to_port: false });
      const trace = await traceIn(behind('PROXY', [first, own]), { pod: 'sleep', query: { url: 'http://app/' } });
      expect(trace).toMatchObject({ verdict: 'delivered' });
      expect(trace.hops[2]).toMatchObject({ listener: { name: 'own' } });
    });

    test('gets no header where its tunnel has no protocol', async () => {
      const plain = listener('inbound', '0.0.0.0', 15088, manager(CLUSTER));
      const trace = await traceIn(behind('NONE', [plain]), { pod: 'sleep', query: { url: 'http://app/' } });
      expect(trace).toMatchObject({ verdict: 'delivered' });
      const refused = await traceIn(behind('NONE', [inbound]), { pod: 'sleep', query: { url: 'http://app/' } });
      expect(refused).toMatchObject({ verdict: 'failed', reason: 'connection-closed' });
    });
  });

  test.each([
    ['there is nothing but its dump', { workloads: [], captured: [] }],
    ['ztunnels know the gateway', { workloads: [APP, WAYPOINT, workload('east', '10.0.0.7')], captured: ['app'] }],
  ])(
    'whose pods are on another network: a tunnel in a tunnel to its gateway, unknown where %s',
    async (_what, more) => {
      const endpoints = [farEndpoint('10.0.0.7:15008', 'app.shop.svc.cluster.local:80')];
      const mesh = { ...more, envoys: [{ ...WAYPOINT_ENVOY, endpoints, more: doubleHbone() }] };
      const trace = await traceIn(mesh, { pod: 'waypoint', query: URL });
      expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
      expect(trace.summary).toMatch(/what the other network does with it/i);
    },
  );
});

describe('another network, behind an east-west gateway', () => {
  const FAR = workload('far', '10.9.0.1', {
    network: 'net2',
    networkGateway: { destination: 'net1/10.0.0.7', hboneMtlsPort: 15008 },
  });
  const NEAR = workload('sleep', '10.0.0.2', { network: 'net1' });
  const EAST_WEST = workload('eastwest', '10.0.0.7', { network: 'net1', nativeTunnel: true });
  const mesh: SmallMesh = {
    workloads: [FAR, NEAR, EAST_WEST],
    services: [
      service('app', VIP, [FAR], { vips: [`net1/${VIP}`], subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/far'] }),
    ],
    captured: ['sleep'],
    network: 'net1',
  };

  test('by double HBONE; what that network does is not known without a ztunnel there', async () => {
    const trace = await traceIn(mesh, { pod: 'sleep', query: { url: 'http://app/' } });
    expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(trace.hops[0]).toMatchObject({
      protocol: 'DOUBLEHBONE',
      authority: 'app.shop.svc.cluster.local:80',
      next: { address: '10.0.0.7', port: 15008, workload: 'eastwest.shop' },
    });
  });

  test('and goes on where its ztunnel is known', async () => {
    const trace = await traceIn(
      { ...mesh, captured: ['sleep', 'far'] },
      { pod: 'sleep', query: { url: 'http://app/' } },
    );
    expect(trace).toMatchObject({ verdict: 'delivered' });
    expect(trace.hops.at(-1)).toMatchObject({
      direction: 'ztunnel-inbound',
      workload: 'far.shop',
      protocol: 'DOUBLEHBONE',
    });
  });

  test('policies there see the address of the gateway, which is known where it is a pod', async () => {
    const rules = [[[{ sourceIps: ['10.0.0.7/32'] }]]];
    const policies: readonly ZtunnelPolicy[] = [
      { name: 'by-address', namespace: 'shop', scope: 'Namespace', action: 'Deny', rules },
    ];
    const known = { ...mesh, policies, captured: ['sleep', 'far'] };
    const call = { pod: 'sleep', query: { url: 'http://app/' } };
    expect(await traceIn(known, call)).toMatchObject({ verdict: 'denied', policy: 'shop/by-address' });
    const balancer = { ...EAST_WEST, uid: 'NetworkGateway/net2/10.0.0.7/15008' };
    const open = await traceIn({ ...known, workloads: [FAR, NEAR, balancer] }, call);
    expect(open).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
    expect(open.summary).toContain('source');
  });

  test('is judged by the policies of the ztunnel there, where its dump is at hand', async () => {
    const near = mesh.services ?? [];
    const there = { ...FAR, network: 'net2', authorizationPolicies: ['shop/there'] };
    const traced = async (action: string): Promise<Trace> => {
      const directory = writeMesh({ ...mesh, services: near });
      const policies: readonly ZtunnelPolicy[] = [
        { name: 'there', namespace: 'shop', scope: 'WorkloadSelector', action, rules: [[]] },
      ];
      const far: SmallMesh = { workloads: [there], services: near, policies, captured: ['far'], network: 'net2' };
      try {
        directory.write('ztunnels/istio-system/ztunnel-b/config_dump.json', JSON.stringify(ztunnelDump(far)));
        const source = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
        const tracer = await new TraceSession(source).open('sleep.shop');
        return await tracer.trace({ url: 'http://app/' }, { allBranches: false, explain: false });
      } finally {
        directory.remove();
      }
    };
    const denied = await traced('Deny');
    expect(denied).toMatchObject({ verdict: 'denied', policy: 'shop/there' });
    expect(denied.hops.at(-1)).toMatchObject({ proxy: 'ztunnel-b.istio-system', protocol: 'DOUBLEHBONE' });
    expect(await traced('Allow')).toMatchObject({ verdict: 'delivered' });
  });
});
