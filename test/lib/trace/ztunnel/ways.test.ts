/** Properties of traces through ztunnels, on small meshes that are made up. */
import fc from 'fast-check';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import type { Trace } from '../../../../src/lib/trace/model';
import type {
  ZtunnelPolicy,
  PolicyMatch,
  ZtunnelService,
  ZtunnelWorkload,
} from '../../../../src/lib/ztunnel/resources';
import { service, type SmallMesh, traceIn, workload, writeMesh } from '../../../helpers/mixed-mesh';

const RUNS = 60;
const SLEEP = workload('sleep', '10.0.0.2');
const VIP = '10.96.0.1';

const match = fc.record<PolicyMatch>(
  {
    principals: fc.constantFrom([{ Exact: 'cluster.local/ns/shop/sa/sleep' }], [{ Presence: {} }], [{ Exact: 'x' }]),
    notNamespaces: fc.constantFrom([{ Exact: 'shop' }], [{ Exact: 'other' }]),
    destinationPorts: fc.constantFrom([80], [8080], [80, 8080]),
    sourceIps: fc.constantFrom(['10.0.0.0/24'], ['10.9.0.0/16']),
  },
  { requiredKeys: [] },
);

const policies: fc.Arbitrary<readonly ZtunnelPolicy[]> = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    namespace: fc.constant('shop'),
    scope: fc.constantFrom('Global', 'Namespace', 'WorkloadSelector'),
    action: fc.constantFrom('Allow', 'Deny'),
    dryRun: fc.boolean(),
    rules: fc.array(fc.array(fc.array(match, { maxLength: 2 }), { maxLength: 2 }), { maxLength: 2 }),
  }),
  { maxLength: 3 },
);

const destinations: fc.Arbitrary<readonly ZtunnelWorkload[]> = fc
  .array(
    fc.record({
      protocol: fc.constantFrom('HBONE', 'TCP'),
      capacity: fc.constantFrom(0, 1, 2, 3),
      node: fc.constantFrom('n1', 'n2'),
      authorizationPolicies: fc.constantFrom([], ['shop/a']),
      network: fc.constantFrom('', '', 'net2'),
    }),
    { minLength: 0, maxLength: 4 },
  )
  .map((all) => all.map((more, index) => workload(`app-${index}`, `10.0.1.${index + 1}`, more)));

const settings: fc.Arbitrary<Partial<ZtunnelService>> = fc.record(
  {
    loadBalancer: fc.record(
      {
        mode: fc.constantFrom('Standard', 'Strict', 'Failover', 'Passthrough'),
        routingPreferences: fc.constantFrom([], ['Node'], ['Network', 'Node']),
      },
      { requiredKeys: [] },
    ),
    waypoint: fc.constant({ destination: 'shop/waypoint.shop.svc.cluster.local', hboneMtlsPort: 15008 }),
    ports: fc.constantFrom({ 80: 8080 }, { 80: 0 }, { 81: 8080 }),
  },
  { requiredKeys: [] },
);

const meshes: fc.Arbitrary<SmallMesh> = fc
  .tuple(destinations, settings, policies, fc.boolean())
  .map(([behind, more, all, isShared]) => ({
    workloads: [SLEEP, ...behind],
    services: [service('app', VIP, behind, more), ...(isShared ? [service('twin', VIP, behind)] : [])],
    policies: all,
    captured: ['sleep', ...behind.filter(({ protocol }) => protocol === 'HBONE').map(({ name = '' }) => name)],
  }));

const CALL = { pod: 'sleep', query: { url: `tcp://${VIP}:80`, sourceIp: '10.0.0.2' }, allBranches: true };

function sharesOf(trace: Trace): readonly number[] {
  const others = trace.branches.map(({ share }) => share);
  return [1 - others.reduce((sum, share) => sum + share, 0), ...others];
}

const VERDICTS = ['delivered', 'denied', 'failed', 'unknown'];

test('each way ends in one verdict, and the shares of all of them are 1 together', async () => {
  await fc.assert(
    fc.asyncProperty(meshes, async (mesh) => {
      const trace = await traceIn(mesh, CALL);
      for (const way of [trace, ...trace.branches]) {
        expect(VERDICTS).toContain(way.verdict);
        expect(way.verdict === 'delivered').toBe(way.reason === null);
        expect(way.hops.length).toBeGreaterThan(0);
      }
      for (const share of sharesOf(trace)) expect(share).toBeGreaterThan(0);
    }),
    { numRuns: RUNS },
  );
});

test('two services of one namespace on one VIP: each way is that of one of them, whole', async () => {
  const [one, two] = [workload('one', '10.0.1.1'), workload('two', '10.0.1.2')];
  const services = [service('first', VIP, [one], { vips: [`/${VIP}`, `/${VIP}`] }), service('second', VIP, [two])];
  const mesh = { workloads: [SLEEP, one, two], services, captured: ['sleep', 'one', 'two'] };
  const trace = await traceIn(mesh, CALL);
  const ways = [trace, ...trace.branches].map(({ share, hops }) => {
    const hop = hops.find(({ direction }) => direction === 'ztunnel-outbound');
    return [share ?? 0.5, hop?.service, hop?.next?.workload];
  });
  expect(ways.sort()).toEqual([
    [0.5, 'first.shop.svc.cluster.local', 'one.shop'],
    [0.5, 'second.shop.svc.cluster.local', 'two.shop'],
  ]);
});

test('a pod that a service has the address of is balanced as the service, and the hop names it', async () => {
  const [one, two] = [workload('one', '10.0.1.1'), workload('two', '10.0.1.2')];
  const services = [service('taken', '10.0.1.1', [two])];
  const mesh = { workloads: [SLEEP, one, two], services, captured: ['sleep', 'one', 'two'] };
  const query = { url: 'tcp://10.0.1.1:80', sourceIp: '10.0.0.2' };
  const { hops } = await traceIn(mesh, { pod: 'sleep', query, allBranches: true });
  const hop = hops.find(({ direction }) => direction === 'ztunnel-outbound');
  expect([hop?.service, hop?.next?.workload]).toEqual(['taken.shop.svc.cluster.local', 'two.shop']);
});

test('where one endpoint can be picked and policies leave nothing open there is one way', async () => {
  await fc.assert(
    fc.asyncProperty(meshes, async (mesh) => {
      const [sleep, ...behind] = mesh.workloads;
      const [app] = mesh.services ?? [];
      const [first] = behind;
      fc.pre(sleep !== undefined && app !== undefined && first !== undefined);
      const one: SmallMesh = {
        ...mesh,
        workloads: [sleep, ...behind],
        services: [service('app', VIP, [first], { loadBalancer: app.loadBalancer })],
        policies: (mesh.policies ?? []).filter(({ action }) => action === 'Allow'),
      };
      expect((await traceIn(one, CALL)).branches).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test('the order of policies makes no difference', async () => {
  await fc.assert(
    fc.asyncProperty(meshes, async (mesh) => {
      const verdicts = async (all: readonly ZtunnelPolicy[]): Promise<readonly string[]> => {
        const trace = await traceIn({ ...mesh, policies: all }, CALL);
        return [trace, ...trace.branches].map(({ verdict, policy }) => `${verdict} ${policy ?? ''}`).sort();
      };
      const all = mesh.policies ?? [];
      expect(await verdicts([...all].reverse())).toEqual(await verdicts(all));
    }),
    { numRuns: RUNS },
  );
});

/** Policies that ask for the address of who calls. */
const byAddress: fc.Arbitrary<readonly ZtunnelPolicy[]> = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    namespace: fc.constant('shop'),
    scope: fc.constantFrom('Global', 'Namespace'),
    action: fc.constantFrom('Allow', 'Deny'),
    rules: fc
      .record<PolicyMatch>(
        {
          sourceIps: fc.constantFrom(['10.0.0.0/24'], ['10.9.0.0/16'], ['0.0.0.0/0']),
          notSourceIps: fc.constantFrom(['10.0.0.9/32'], ['192.168.0.0/16']),
          destinationPorts: fc.constantFrom([80], [8080]),
        },
        { requiredKeys: [] },
      )
      .map((one) => [[[one]]]),
  }),
  { maxLength: 3 },
);

const CALLER_ADDRESSES = ['10.0.0.9', '10.9.3.3', '192.168.1.1'];

test('of a caller whose address is not given the verdict is the same, or a way is unknown and asks for it', async () => {
  await fc.assert(
    fc.asyncProperty(meshes, byAddress, fc.constantFrom(...CALLER_ADDRESSES), async (drawn, own, sourceIp) => {
      const mesh = { ...drawn, policies: own };
      fc.pre(mesh.workloads.length > 1);
      const call = { pod: 'frontdoor', query: { url: 'tcp://10.0.1.1:8080' }, allBranches: true };
      const full = await traceIn(mesh, { ...call, query: { ...call.query, sourceIp } });
      const less = await traceIn(mesh, call);
      const ways = [less, ...less.branches];
      const open = ways.filter(({ verdict }) => verdict === 'unknown');
      if (open.length === 0)
        expect([less.verdict, less.reason, less.policy]).toEqual([full.verdict, full.reason, full.policy]);
      else {
        expect(JSON.stringify(open)).toContain('source');
        expect(['denied', 'delivered']).toContain(full.verdict);
      }
    }),
    { numRuns: RUNS },
  );
});

describe('a caller by name, where ztunnels are all that is known', () => {
  const mesh: SmallMesh = {
    workloads: [workload('sleep-7656cf8794-lxcmx', '10.0.0.2'), workload('reviews', '10.0.0.1')],
    captured: ['sleep-7656cf8794-lxcmx'],
  };
  const opened = async (name: string): Promise<string | null> => {
    const directory = writeMesh(mesh);
    try {
      const options = { namespace: null, selector: null, note: () => undefined };
      const tracer = await new TraceSession(await openSnapshot(directory.path, options)).open(name);
      return tracer.proxy;
    } finally {
      directory.remove();
    }
  };

  test.each(['sleep-7656cf8794-lxcmz.shop', 'reviewz.shop'])('%s is misspelt: the nearest are named', async (name) => {
    await expect(opened(name)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^no pod of the snapshot .* matches/),
        hint: expect.stringMatching(/^Nearest: (?:sleep-7656cf8794-lxcmx|reviews)\.shop/),
      }),
    );
  });

  test('one that is like no other is outside of the mesh', async () => {
    expect(await opened('frontdoor.elsewhere')).toBe('frontdoor.elsewhere');
  });
});
