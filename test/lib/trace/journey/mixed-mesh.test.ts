/** Sidecars, gateways and waypoints beside ztunnels: who speaks HBONE to whom, and who goes past a waypoint. */
import type { Trace } from '../../../../src/lib/trace/model';
import type { ZtunnelPolicy } from '../../../../src/lib/ztunnel/resources';
import {
  hboneEndpoint,
  manager,
  plainEndpoint,
  service,
  type SmallEnvoy,
  type SmallMesh,
  traceIn,
  workload,
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

  test('whose configuration is not known: unknown', async () => {
    const trace = await traceIn(withWaypoint([]), { pod: 'sleep', query: { url: 'http://app/' } });
    expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
  });
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
});
