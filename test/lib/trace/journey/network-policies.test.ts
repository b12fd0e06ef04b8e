/** NetworkPolicies of a snapshot are named where they would stop the tunnel, and the verdict stays that of the proxies. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { remarksOn } from '../../../../src/lib/explain/summary/remarks';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import type { Trace } from '../../../../src/lib/trace/model';
import { type TemporaryDirectory, temporaryDirectory } from '../../../helpers/temporary-directory';

const SAMPLE = join(__dirname, '../../../../sample/ambient');
const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const OF_REVIEWS = { podSelector: { matchLabels: { app: 'reviews' } } };

let temporary: TemporaryDirectory;

beforeEach(() => {
  temporary = temporaryDirectory();
});
afterEach(() => {
  temporary.remove();
});

async function traced(spec: object, namespace = 'bookinfo'): Promise<Trace> {
  const directory = temporary.path;
  cpSync(SAMPLE, directory, { recursive: true });
  const items = [{ kind: 'NetworkPolicy', metadata: { name: 'np', namespace }, spec }];
  temporary.write('kubernetes/networkpolicies.json', JSON.stringify({ kind: 'List', items }));
  const mesh = await openSnapshot(directory, { namespace: null, selector: null, note: () => undefined });
  const tracer = await new TraceSession(mesh).open(PRODUCTPAGE);
  const query = { url: 'http://reviews:9080/reviews/0', headers: [] };
  return await tracer.trace(query, { allBranches: false, explain: false });
}

function remarks(trace: Trace): string {
  return remarksOn(trace.request, trace).join('\n');
}

function named({ hops }: Trace): readonly unknown[] {
  return hops.flatMap(({ direction, steps }) =>
    steps.flatMap(({ outcome, origin }) =>
      origin?.kind === 'NetworkPolicy' ? [[direction, outcome, origin.name]] : [],
    ),
  );
}

test('the port of the application alone', async () => {
  const trace = await traced({ ...OF_REVIEWS, ingress: [{ ports: [{ port: 9080 }] }] });
  expect(trace.verdict).toBe('delivered');
  expect(named(trace)).toEqual([['ztunnel-inbound', 'noted', 'np']]);
  expect(remarks(trace)).toContain('NetworkPolicy np.bookinfo does not let this connection to port 15008 through');
});

test('port 15008 too', async () => {
  const trace = await traced({ ...OF_REVIEWS, ingress: [{ ports: [{ port: 9080 }, { port: 15008 }] }] });
  expect(named(trace)).toEqual([]);
  expect(remarks(trace)).not.toContain('NetworkPolicy');
});

test('labels of a namespace, which a snapshot does not have: the step says so, and the summary claims nothing', async () => {
  const from = [{ namespaceSelector: { matchLabels: { team: 'web' } } }];
  const trace = await traced({ ...OF_REVIEWS, ingress: [{ from }] });
  const step = trace.hops.at(-1)?.steps.find(({ origin }) => origin?.kind === 'NetworkPolicy');
  expect(step?.because).toContain('unless it does by what is not known: the label team of namespace bookinfo');
  expect(remarks(trace)).not.toContain('NetworkPolicy');
});

test('what leaves for the waypoint', async () => {
  const spec = { podSelector: { matchLabels: { app: 'productpage' } }, policyTypes: ['Egress'], egress: [] };
  expect(named(await traced(spec))).toEqual([['waypoint', 'noted', 'np']]);
});
