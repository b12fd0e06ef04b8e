/** How ztunnel looks things up: services on one address, waypoints and gateways by address, its own workload, names. */
import type { Trace } from '../../../../src/lib/trace/model';
import { service, type SmallMesh, traceIn, workload } from '../../../helpers/mixed-mesh';

const SLEEP = workload('sleep', '10.0.0.2');
const APP = workload('app', '10.0.1.1');
const OTHER = workload('other', '10.0.1.2');
const VIP = '10.96.0.1';

/** Each way: service, next hop, authority, verdict, reason. */
async function ways(mesh: SmallMesh, url = `tcp://${VIP}:80`): Promise<readonly string[]> {
  const trace = await traceIn(mesh, { pod: 'sleep', query: { url, sourceIp: '10.0.0.2' }, allBranches: true });
  return [trace, ...trace.branches].map(told).sort();
}

function told({ hops, verdict, reason }: Pick<Trace, 'hops' | 'verdict' | 'reason'>): string {
  const hop = hops.find(({ direction }) => direction === 'ztunnel-outbound');
  const next = hop?.next == null ? '-' : `${hop.next.address}:${hop.next.port}`;
  const host = hop?.service?.split('.', 2).join('.') ?? '-';
  return `${host} ${hop?.protocol ?? '-'} ${next} ${hop?.authority ?? '-'} ${verdict} ${reason ?? '-'}`;
}

/** A service of another namespace on the VIP. */
function elsewhere(namespace: string, name: string, more: object = {}): ReturnType<typeof service> {
  return service(name, VIP, [OTHER], { namespace, hostname: `${name}.${namespace}.svc.cluster.local`, ...more });
}

function meshOf(services: NonNullable<SmallMesh['services']>, more: Partial<SmallMesh> = {}): SmallMesh {
  return { workloads: [SLEEP, APP, OTHER], services, captured: ['sleep', 'app', 'other'], ...more };
}

describe('several services on one VIP', () => {
  test("the client's namespace first, though others are canonical", async () => {
    const services = [service('own', VIP, [APP], { canonical: false }), elsewhere('web', 'theirs')];
    expect(await ways(meshOf(services))).toEqual(['own.shop HBONE 10.0.1.1:15008 10.0.1.1:8080 delivered -']);
  });

  test('of other namespaces the last canonical one', async () => {
    const services = [elsewhere('a', 'a'), elsewhere('b', 'b'), elsewhere('c', 'c', { canonical: false })];
    expect(await ways(meshOf(services))).toEqual(['b.b HBONE 10.0.1.2:15008 10.0.1.2:8080 delivered -']);
  });

  test('one of another namespace that shares its slot with one that the client may not see: either', async () => {
    const services = [elsewhere('a', 'open'), elsewhere('a', 'shut', { visibility: 'Namespace' })];
    expect(await ways(meshOf(services))).toEqual([
      `- TCP ${VIP}:80 - delivered -`,
      'open.a HBONE 10.0.1.2:15008 10.0.1.2:8080 delivered -',
    ]);
  });

  test('a slot that holds a canonical one or another decides whether the next namespace is asked', async () => {
    const services = [
      elsewhere('a', 'first', { canonical: false }),
      elsewhere('b', 'canonical'),
      elsewhere('b', 'plain', { canonical: false }),
    ];
    expect(await ways(meshOf(services))).toEqual([
      'canonical.b HBONE 10.0.1.2:15008 10.0.1.2:8080 delivered -',
      'first.a HBONE 10.0.1.2:15008 10.0.1.2:8080 delivered -',
    ]);
  });

  test('two of a namespace that another one outranks leave one way', async () => {
    const services = [service('own', VIP, [APP]), elsewhere('a', 'one'), elsewhere('a', 'two')];
    expect(await ways(meshOf(services))).toEqual(['own.shop HBONE 10.0.1.1:15008 10.0.1.1:8080 delivered -']);
  });
});

describe('waypoints by address', () => {
  const WAY = workload('way', '10.0.2.1', {
    workloadIps: ['10.0.2.1', 'fd00::21'],
    applicationTunnel: { protocol: 'PROXY', port: 15088 },
  });
  const byAddress = (destination: string, waypoint: ReturnType<typeof service> | null): SmallMesh => ({
    workloads: [SLEEP, APP, WAY],
    services: [
      service('app', VIP, [APP], { waypoint: { destination, hboneMtlsPort: 15008 } }),
      ...(waypoint === null ? [] : [waypoint]),
    ],
    captured: ['sleep', 'app', 'way'],
  });

  test('an application tunnel makes up for a port that the service of the address lacks', async () => {
    const waypoint = service('way', '10.96.0.9', [], {
      endpoints: { way: { workloadUid: WAY.uid ?? '', port: {} } },
    });
    expect((await ways(byAddress('/10.96.0.9', waypoint)))[0]).toContain('app.shop HBONE 10.0.2.1:15008 10.96.0.1:80');
  });

  test('one that is named by an address of the pod is dialled at that address', async () => {
    expect((await ways(byAddress('/fd00::21', null)))[0]).toContain('app.shop HBONE fd00::21:15008 10.96.0.1:80');
  });

  test('by the VIP of a Passthrough service nothing is found', async () => {
    const waypoint = service('way', '10.96.0.9', [WAY], {
      ports: { 15008: 15008 },
      loadBalancer: { mode: 'Passthrough' },
    });
    expect((await ways(byAddress('/10.96.0.9', waypoint)))[0]).toContain('failed no-next-hop');
  });

  test('by an address in a CIDR VIP no endpoint is found', async () => {
    const waypoint = service('way', '10.96.0.9', [WAY], {
      vips: [],
      cidrVips: [{ network: '', cidr: '10.97.0.0/16' }],
      ports: { 15008: 15008 },
    });
    expect((await ways(byAddress('/10.97.0.9', waypoint)))[0]).toContain('failed no-next-hop');
  });

  test("a workload's waypoint is dialled as it stands, on whatever network it is", async () => {
    const far = workload('way', '10.0.2.1', { network: 'net2', nativeTunnel: true });
    const waypoint = service('way', '10.96.0.9', [far], { ports: { 15008: 15008 } });
    const app = { ...APP, waypoint: { destination: 'shop/way.shop.svc.cluster.local', hboneMtlsPort: 15008 } };
    const mesh = { workloads: [SLEEP, app, far], services: [waypoint], captured: ['sleep', 'app'] };
    expect((await ways(mesh, 'tcp://10.0.1.1:8080'))[0]).toContain('HBONE 10.0.2.1:15008 10.0.1.1:8080');
  });
});

describe('a waypoint that ztunnel serves, without an application tunnel', () => {
  const WAY = workload('way', '10.0.2.1');
  const mesh = (destination: string, more: object = {}): SmallMesh => ({
    workloads: [SLEEP, APP, WAY],
    services: [
      service('app', VIP, [APP], { waypoint: { destination, hboneMtlsPort: 15008 }, ...more }),
      service('way', '10.96.0.9', [WAY], {
        ports: { 15008: 15008 },
        endpoints: { way: { workloadUid: WAY.uid ?? '', port: { 15008: 15008 } } },
      }),
    ],
    captured: ['sleep', 'app', 'way'],
  });

  test('is the waypoint of the address that is asked for, by host name and by VIP', async () => {
    expect((await ways(mesh('shop/way.shop.svc.cluster.local')))[0]).toContain('delivered');
    expect((await ways(mesh('/10.96.0.9')))[0]).toContain('delivered');
  });

  test('one that is only among weighted waypoints refuses: its ztunnel does not look at these', async () => {
    const gateway = { destination: 'shop/way.shop.svc.cluster.local', hboneMtlsPort: 15008 };
    const weighted = mesh('shop/way.shop.svc.cluster.local', {
      waypoint: undefined,
      weightedWaypoints: [{ destination: gateway, weight: 1 }],
    });
    expect((await ways(weighted))[0]).toContain('failed protocol-error');
  });
});

describe('another network', () => {
  const FAR = workload('far', '10.9.0.1', {
    network: 'net2',
    networkGateway: { destination: 'shop/east.shop.svc.cluster.local', hboneMtlsPort: 15008 },
  });
  const EAST = workload('east', '10.0.3.1', { protocol: 'TCP', workloadIps: ['fd00::31', '10.0.3.1'] });
  const sans = { subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/far'] };
  const gateway = service('east', '10.96.0.8', [EAST], {
    ports: { 15008: 15012 },
    endpoints: { east: { workloadUid: EAST.uid ?? '', port: { 15008: 15012 } } },
  });

  test("the gateway is dialled at its pod's port, at the address of the family that was dialled", async () => {
    const mesh = {
      workloads: [SLEEP, FAR, EAST],
      services: [service('app', VIP, [FAR], sans), gateway],
      captured: ['sleep'],
    };
    expect(await ways(mesh)).toEqual([
      'app.shop DOUBLEHBONE 10.0.3.1:15012 app.shop.svc.cluster.local:80 unknown unknown-input',
    ]);
  });

  test("a gateway's service must have the port, whatever tunnels its pods have", async () => {
    const east = { ...EAST, applicationTunnel: { protocol: 'PROXY', port: 15088 } };
    const services = [service('app', VIP, [FAR], sans), { ...gateway, ports: {} }];
    const [way] = await ways({ workloads: [SLEEP, FAR, east], services, captured: ['sleep'] });
    expect(way).toContain('failed no-next-hop');
  });

  test('through a waypoint there that is a workload nobody is accepted: only services have subject names', async () => {
    const way = workload('way', '10.9.0.2', {
      network: 'net2',
      hostname: 'way.example',
      networkGateway: FAR.networkGateway,
    });
    const waypoint = { destination: 'shop/way.example', hboneMtlsPort: 15008 };
    const services = [service('app', VIP, [FAR], { ...sans, waypoint }), gateway];
    const [told] = await ways({ workloads: [SLEEP, FAR, EAST, way], services, captured: ['sleep'] });
    expect(told).toContain('failed tls-error');
  });
});

describe('a certificate that could not be had', () => {
  const certificates = { state: 'Unavailable: the certificate authority refused' };

  test.each(['sleep', 'app'])('ends what goes by HBONE: of %s', async (name) => {
    const mesh = meshOf([service('app', VIP, [APP])], { certificates: { [name]: certificates.state } });
    expect((await ways(mesh))[0]).toContain('failed tls-error');
  });

  test('ends nothing that goes in plain text, and one that is waited for nothing', async () => {
    const plain = { ...APP, protocol: 'TCP' };
    const services = [service('app', VIP, [plain])];
    const mesh = {
      workloads: [SLEEP, plain],
      services,
      captured: ['sleep', 'app'],
      certificates: { sleep: certificates.state },
    };
    expect((await ways(mesh))[0]).toContain('delivered');
    const waiting = meshOf([service('app', VIP, [APP])], { certificates: { sleep: 'Initializing' } });
    expect((await ways(waiting))[0]).toContain('delivered');
  });
});

describe('the workload that ztunnel serves', () => {
  test.each(['sleep', 'app'])("is not found where its service account in ztunnel differs: %s's", async (name) => {
    const mesh = meshOf([service('app', VIP, [APP])], { accounts: { [name]: 'somebody-else' } });
    expect((await ways(mesh))[0]).toContain('failed');
  });
});

describe('its own workload', () => {
  test('one of another node is not found, whatever its name and account', async () => {
    const mesh = meshOf([service('app', VIP, [APP])], { workloads: [{ ...SLEEP, node: 'n2' }, APP] });
    expect(await ways(mesh)).toEqual(['- TCP - - failed no-next-hop']);
  });

  test('a pod that is called, too: its ztunnel takes nothing for it', async () => {
    const mesh = meshOf([service('app', VIP, [APP])], { workloads: [SLEEP, { ...APP, node: 'n2' }] });
    expect(await ways(mesh)).toEqual(['app.shop HBONE 10.0.1.1:15008 10.0.1.1:8080 failed no-next-hop']);
  });
});

describe('several workloads with one address', () => {
  const twin = workload('twin', '10.0.1.1');

  test('of two pods either may be the one', async () => {
    const mesh = meshOf([], { workloads: [SLEEP, APP, twin], captured: ['sleep', 'app', 'twin'] });
    const trace = await traceIn(mesh, {
      pod: 'sleep',
      query: { url: 'tcp://10.0.1.1:8080', sourceIp: '10.0.0.2' },
      allBranches: true,
    });
    const pods = [trace, ...trace.branches].map(({ hops }) => hops[0]?.next?.workload);
    expect(pods).toEqual(['twin.shop', 'app.shop']);
    expect(trace.branches.map(({ share }) => share)).toEqual([0.5]);
    expect(JSON.stringify(trace.hops[0])).toContain('and of app.shop: ztunnel takes the one that was put in last');
  });

  test('the policies of the pod hold for an endpoint that is no pod', async () => {
    const entry = workload('entry', '10.0.1.1', {
      uid: 'Kubernetes/networking.istio.io/WorkloadEntry/shop/entry',
      node: '',
    });
    const pod = { ...APP, authorizationPolicies: ['shop/no'] };
    const policies = [{ name: 'no', namespace: 'shop', scope: 'WorkloadSelector', action: 'Allow', rules: [] }];
    const mesh = meshOf([service('app', VIP, [entry])], { workloads: [SLEEP, pod, entry], policies });
    expect(await ways(mesh)).toEqual(['app.shop HBONE 10.0.1.1:15008 10.0.1.1:8080 denied rbac-denied']);
  });
});

describe('a workload of another network that has a name alone', () => {
  const gate = workload('gate', '10.0.3.1', { nativeTunnel: true });
  const far = (hostname: string): SmallMesh => {
    const remote = workload('far', '', {
      workloadIps: [],
      hostname,
      network: 'net2',
      networkGateway: { destination: '/10.0.3.1', hboneMtlsPort: 15008 },
    });
    const app = service('app', VIP, [remote], { subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/far'] });
    return { workloads: [SLEEP, remote, gate], services: [app], captured: ['sleep', 'far'] };
  };

  test('DNS is asked before the gateway is', async () => {
    expect((await ways(far('far.example')))[0]).toContain(
      'DOUBLEHBONE 10.0.3.1:15008 app.shop.svc.cluster.local:80 unknown',
    );
    expect((await ways(far('far.invalid')))[0]).toContain('failed no-next-hop');
  });
});
