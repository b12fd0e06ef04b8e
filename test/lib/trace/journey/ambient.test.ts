/** The sample in ambient mode: pod, ztunnel, the waypoint's Envoy, ztunnel, application. */
import { adviceFor } from '../../../../src/lib/explain/summary/advice';
import { join } from 'node:path';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSample } from '../../../../src/lib/source/sample';
import type { Trace } from '../../../../src/lib/trace/model';
import type { TraceQuery } from '../../../../src/lib/trace/request/query';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const SLEEP = 'sleep-7656cf8794-lxcmx.default';
const LEGACY = 'legacy-client-6d5f4.legacy';

async function traceFrom(pod: string, query: TraceQuery): Promise<Trace> {
  const options = { namespace: null, selector: null, note: () => undefined };
  const mesh = await openSample(join(__dirname, '../../../..'), options, 'ambient');
  const tracer = await new TraceSession(mesh).open(pod);
  return await tracer.trace(query, { allBranches: false, explain: false });
}

function way({ hops }: Trace): readonly unknown[] {
  return hops.map(({ direction, proxy, workload, next }) => [direction, proxy, workload, next?.workload]);
}

test('through the waypoint, whose route chooses the version', async () => {
  const trace = await traceFrom(PRODUCTPAGE, {
    url: 'http://reviews:9080/reviews/0',
    headers: [['end-user', 'luffy']],
  });
  expect([trace.verdict, trace.reason]).toEqual(['delivered', null]);
  expect(way(trace)).toEqual([
    ['ztunnel-outbound', 'ztunnel-7c4kd.istio-system', PRODUCTPAGE, 'waypoint-64b5d-xyz.bookinfo'],
    ['waypoint', 'waypoint-64b5d-xyz.bookinfo', undefined, undefined],
    ['ztunnel-inbound', 'ztunnel-7c4kd.istio-system', 'reviews-v2-x.bookinfo', 'reviews-v2-x.bookinfo'],
  ]);
  expect(trace.hops[0]).toMatchObject({
    service: 'reviews.bookinfo.svc.cluster.local',
    waypoint: 'waypoint-64b5d-xyz.bookinfo',
    protocol: 'HBONE',
    authority: '10.96.10.3:9080',
    next: { address: '10.244.0.200', port: 15008 },
  });
  expect(trace.hops[2]).toMatchObject({ protocol: 'HBONE', authority: '10.244.0.13:9080', policy: null });
});

test("the waypoint's own policy answers with 403", async () => {
  const trace = await traceFrom(SLEEP, { url: 'http://reviews.bookinfo:9080/' });
  expect([trace.verdict, trace.reason, trace.status]).toEqual(['denied', 'rbac-denied', 403]);
});

test("ztunnel's policy closes the connection, and its object is named", async () => {
  const trace = await traceFrom(SLEEP, { url: 'http://ratings.bookinfo:9080/' });
  expect([trace.verdict, trace.reason, trace.status, trace.policy]).toEqual(['denied', 'rbac-denied', null, null]);
  const [step] = trace.hops.at(-1)?.steps.filter(({ stage }) => stage === 'ztunnel-policy') ?? [];
  expect(step?.rejected.map(({ name }) => name)).toEqual(['bookinfo/ratings-viewer', 'bookinfo/audit-me']);
  expect(trace.summary).toContain('nearest is AuthorizationPolicy ratings-viewer in bookinfo: principals');
  // The dry run decides nothing, so no command shows it.
  expect(adviceFor(trace.request, trace)?.commands.join('\n')).toMatch(
    /^kubectl get authorizationpolicy ratings-viewer\b[^\n]*$/,
  );
});

test('a pod outside the mesh speaks plain text, and policies see no identity', async () => {
  const open = await traceFrom(LEGACY, { url: 'http://10.244.0.13:9080/' });
  expect([open.verdict, open.hops.map(({ direction }) => direction)]).toEqual([
    'delivered',
    ['outbound', 'ztunnel-inbound'],
  ]);
  const closed = await traceFrom(LEGACY, { url: 'http://10.244.0.15:9080/' });
  expect([closed.verdict, closed.reason, closed.policy]).toEqual(['denied', 'rbac-denied', null]);
});

test('to itself a pod goes over lo', async () => {
  const trace = await traceFrom(SLEEP, { url: 'http://10.244.0.30:80/' });
  expect([trace.verdict, trace.hops.length]).toEqual(['delivered', 1]);
});
