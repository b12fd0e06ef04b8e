/** Ways through the mesh that are not the common one. */
import { openSample } from '../../../../src/lib/source/sample';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import type { KubernetesLists, MeshSource, ProxySource } from '../../../../src/lib/source/source';
import type { Hop, Trace } from '../../../../src/lib/trace/model';
import type { TraceQuery } from '../../../../src/lib/trace/request/query';
import { join } from 'node:path';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const DETAILS = { name: 'details-v1-79f774bdb9-6jl84', namespace: 'bookinfo' };
const ROOT = join(__dirname, '../../../..');

async function sample(): Promise<MeshSource> {
  return await openSample(ROOT, { namespace: null, selector: null, note: () => undefined });
}

interface Changes {
  readonly pods?: (pods: readonly any[]) => readonly unknown[];
  readonly iptables?: string | null;
  /** A proxy whose configuration the source does not have. */
  readonly without?: string;
}

/** The sample with something changed. */
async function ask(query: TraceQuery, changes: Changes = {}): Promise<Trace> {
  const mesh = await sample();
  const rules = (proxy: ProxySource): ProxySource =>
    changes.iptables === undefined ? proxy : { ...proxy, iptables: () => Promise.resolve(changes.iptables ?? null) };
  const changed: MeshSource = {
    label: mesh.label,
    proxies: () => mesh.proxies(),
    open: async (target) => rules(await mesh.open(target)),
    openAll: (target) => mesh.openAll(target),
    openProxy: async (id) => {
      const proxy = changes.without === id.name ? null : await mesh.openProxy(id);
      return proxy === null ? null : rules(proxy);
    },
    kubernetes: async (): Promise<KubernetesLists> => {
      const lists = await mesh.kubernetes();
      return { ...lists, pods: changes.pods === undefined ? lists.pods : changes.pods(lists.pods ?? []) };
    },
    close: () => mesh.close(),
  };
  const tracer = await new TraceSession(changed).open(PRODUCTPAGE);
  return await tracer.trace(query, { allBranches: false, explain: false });
}

/** Details with other annotations, labels or containers. */
function details(change: (pod: any) => object): NonNullable<Changes['pods']> {
  return (pods) => pods.map((pod) => (pod.metadata.name === DETAILS.name ? { ...pod, ...change(pod) } : pod));
}

const TO_DETAILS: TraceQuery = { url: 'http://details:9080/details/0' };

function stages(hop: Hop | undefined): readonly string[] {
  return hop?.steps.map(({ stage, outcome }) => `${stage} ${outcome}`) ?? [];
}

test('a pod without a sidecar cannot answer mutual TLS: the caller gets 503, UF after retries', async () => {
  const trace = await ask(TO_DETAILS, {
    without: DETAILS.name,
    pods: details(({ metadata }) => ({ metadata: { ...metadata, labels: { app: 'details' } } })),
  });
  expect(trace).toMatchObject({ verdict: 'failed', reason: 'tls-error', status: 503, responseFlags: 'URX,UF' });
  expect(trace.hops).toHaveLength(1);
  expect(stages(trace.hops[0]).at(-1)).toBe('tls ended');
});

test('a sidecar whose configuration is not there: the walk says where it stops, and why', async () => {
  const trace = await ask(TO_DETAILS, { without: DETAILS.name });
  expect(trace).toMatchObject({ verdict: 'delivered', reason: null });
  expect(trace.hops).toHaveLength(1);
  const stopped = trace.hops[0]?.steps.find(({ outcome }) => outcome === 'unknown');
  expect(stopped?.because).toMatch(/^the walk stops before details-v1-.*: .* has no configuration of its proxy$/);
});

test('ztunnel takes what is sent to a pod of an ambient mesh', async () => {
  const trace = await ask(TO_DETAILS, {
    without: DETAILS.name,
    pods: details(({ metadata }) => ({
      metadata: { ...metadata, labels: {}, annotations: { 'ambient.istio.io/redirection': 'enabled' } },
    })),
  });
  expect(trace.verdict).toBe('delivered');
  expect(trace.summary).toContain('ztunnel');
});

test('who runs as Envoy does is not captured: kube-proxy picks an endpoint, plain text reaches its sidecar', async () => {
  const trace = await ask({ ...TO_DETAILS, uid: 1337 });
  expect(trace.verdict).toBe('delivered');
  expect(trace.hops.map(({ direction, proxy, listener }) => [direction, proxy, listener?.name ?? null])).toEqual([
    ['outbound', PRODUCTPAGE, null],
    ['inbound', 'details-v1-79f774bdb9-6jl84.bookinfo', 'virtualInbound'],
  ]);
  expect(trace.hops[0]?.steps.map(({ stage, outcome, name }) => [stage, outcome, name])).toEqual([
    ['iptables', 'passed', 'ISTIO_OUTPUT rule 4'],
    ['iptables', 'matched', 'details.bookinfo'],
    ['tls', 'noted', null],
  ]);
});

test('an application that runs as user 1337 is not captured, as its pod says', async () => {
  const trace = await ask(TO_DETAILS, {
    pods: (pods) =>
      pods.map((pod) =>
        pod.metadata.name.startsWith('productpage')
          ? { ...pod, spec: { ...pod.spec, containers: [{ name: 'app', securityContext: { runAsUser: 1337 } }] } }
          : pod,
      ),
  });
  expect(trace.hops[0]?.listener).toBeNull();
  expect(trace.hops[0]?.steps[0]).toMatchObject({ stage: 'iptables', outcome: 'passed', name: 'ISTIO_OUTPUT rule 4' });
});

test("without the pod's own rules its annotations say what is captured, marked as derived", async () => {
  const excluded: NonNullable<Changes['pods']> = (pods) =>
    pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '9080' } },
    }));
  const trace = await ask(TO_DETAILS, { iptables: null, pods: excluded });
  expect(trace.hops[0]?.listener).toBeNull();
  expect(trace.hops[0]?.steps[0]?.details).toContainEqual([
    'derived',
    expect.stringContaining("the pod's annotations"),
  ]);
});

test('a rule that asks for what is not known makes the verdict unknown, and names it', async () => {
  const iptables =
    '*nat\n-A OUTPUT -m set --match-set mine dst -j RETURN\n-A OUTPUT -p tcp -j REDIRECT --to-ports 15001\nCOMMIT\n';
  const trace = await ask(TO_DETAILS, { iptables });
  expect(trace).toMatchObject({ verdict: 'unknown', reason: 'unknown-input' });
  expect(trace.hops[0]?.steps[0]?.because).toContain('--match-set mine');
});

test('an inbound port that is not captured goes to the application past its sidecar, which then gets mutual TLS', async () => {
  const iptables =
    '*nat\n-A OUTPUT -p tcp -m owner ! --uid-owner 1337 -j REDIRECT --to-ports 15001\n' +
    '-A PREROUTING -p tcp -m tcp --dport 9080 -j RETURN\n-A PREROUTING -p tcp -j REDIRECT --to-ports 15006\nCOMMIT\n';
  const trace = await ask(TO_DETAILS, { iptables });
  expect(trace).toMatchObject({ verdict: 'failed', reason: 'tls-error', status: 503, responseFlags: 'URX,UF' });
  const captured = trace.hops[0]?.steps.filter(({ stage }) => stage === 'iptables');
  expect(captured?.map(({ outcome, name }) => [outcome, name])).toEqual([
    ['matched', 'OUTPUT rule 1'],
    // Envoy's own connection: the only rule is not for user 1337.
    ['passed', 'OUTPUT'],
    ['passed', 'PREROUTING rule 1'],
  ]);
});

test("Envoy's own connections are let go by the rules, on the way out and to the application", async () => {
  const trace = await ask(TO_DETAILS);
  const lastRule = (hop: Hop | undefined): unknown =>
    hop?.steps
      .filter(({ stage }) => stage === 'iptables')
      .at(-1)
      ?.details.find(([label]) => label === 'rule')?.[1];
  expect(lastRule(trace.hops[0])).toBe('nat: -A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN');
  expect(lastRule(trace.hops[1])).toBe('nat: -A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN');
  expect(trace.hops[1]?.steps.filter(({ stage }) => stage === 'iptables').at(-1)?.because).toMatch(
    /let go over lo, from 127\.0\.0\.6/,
  );
});

test('rules that take Envoy for somebody else capture it again, without end', async () => {
  const iptables = '*nat\n-A OUTPUT -p tcp -m owner ! --uid-owner 101 -j REDIRECT --to-ports 15001\nCOMMIT\n';
  const trace = await ask({ ...TO_DETAILS, uid: 1000 }, { iptables });
  expect(trace).toMatchObject({ verdict: 'failed', reason: 'no-next-hop', status: 503 });
  const [hop, ...more] = trace.hops;
  expect(more).toEqual([]);
  expect(hop?.steps.findLast(({ stage }) => stage === 'iptables')).toMatchObject({
    outcome: 'ended',
    because: expect.stringContaining('comes back to Envoy on port 15001') as string,
  });
});

test.each(['DROP', 'REJECT --reject-with tcp-reset'])(
  'rules that %s what Envoy sends: it never connects',
  async (target) => {
    const iptables = `*nat\n-A OUTPUT -p tcp -m owner ! --uid-owner 1337 -j REDIRECT --to-ports 15001\nCOMMIT\n*filter\n-A OUTPUT -p tcp -m owner --uid-owner 1337 -j ${target}\nCOMMIT\n`;
    const trace = await ask({ ...TO_DETAILS, uid: 1000 }, { iptables });
    expect(trace).toMatchObject({ verdict: 'failed', reason: 'no-next-hop', status: 503, responseFlags: 'URX,UF' });
  },
);

test('a call to oneself by the Service goes out and comes in through the same Envoy', async () => {
  const trace = await ask({ url: 'http://productpage:9080/' });
  expect(trace.verdict).toBe('delivered');
  expect(trace.hops.map(({ direction, proxy }) => [direction, proxy])).toEqual([
    ['outbound', PRODUCTPAGE],
    ['inbound', PRODUCTPAGE],
  ]);
});

test('a Service that has no such port, reached by pass-through: nobody answers', async () => {
  const trace = await ask({ url: 'http://reviews:9081/' });
  expect(trace).toMatchObject({ verdict: 'failed', reason: 'no-next-hop' });
});

test('--one-hop ends at the first endpoint', async () => {
  const trace = await ask({ ...TO_DETAILS, oneHop: true });
  expect(trace).toMatchObject({ verdict: 'delivered' });
  expect(trace.hops).toHaveLength(1);
  expect(stages(trace.hops[0])).not.toContain('tls matched');
});

test('inbound with a Service in the URL: its target port, and the principal that is given', async () => {
  const trace = await ask({ url: 'http://productpage:9080/', mode: 'inbound', tls: 'mtls', sourceIp: '10.9.9.9' });
  expect(trace.request).toMatchObject({
    destination: { ip: '10.244.0.10', port: 9080 },
    source: { proxy: null, ip: '10.9.9.9' },
  });
  expect(trace.hops[0]).toMatchObject({ direction: 'inbound', listener: { name: 'virtualInbound' } });
});

test('each proxy is opened once for many traces, and concurrent ones share it', async () => {
  const mesh = await sample();
  const opened: string[] = [];
  const counting: MeshSource = {
    ...mesh,
    label: mesh.label,
    proxies: () => mesh.proxies(),
    open: (target) => mesh.open(target),
    openAll: (target) => mesh.openAll(target),
    kubernetes: () => mesh.kubernetes(),
    close: () => mesh.close(),
    openProxy: async (id) => {
      opened.push(id.name);
      return await mesh.openProxy(id);
    },
  };
  const tracer = await new TraceSession(counting).open(PRODUCTPAGE);
  const options = { allBranches: false, explain: false };
  await Promise.all([1, 2, 3].map(() => tracer.trace(TO_DETAILS, options)));
  await tracer.trace(TO_DETAILS, options);
  expect(opened).toEqual([DETAILS.name]);
});

test("rules of a pod that cannot be read are an error with their line, neither no rules nor istio-init's", async () => {
  const rejected = ask(TO_DETAILS, { iptables: '<!DOCTYPE html>\n<html></html>' });
  await expect(rejected).rejects.toThrow(`iptables.txt of ${PRODUCTPAGE}, line 1: "<!DOCTYPE html>" is not a line of`);
  await expect(ask(TO_DETAILS, { iptables: '*nat\n:OUTPUT ACCEPT [0:0]\n' })).rejects.toThrow(
    'table nat has no COMMIT',
  );
});
