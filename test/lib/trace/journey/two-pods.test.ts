/** Both hops of every recorded request, along the branch that was taken, held against both Envoys' access logs. */
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import { TraceSession, type Tracer } from '../../../../src/lib/session/trace-session';
import type { Branch, Hop, Outcome, Trace } from '../../../../src/lib/trace/model';
import { temporaryDirectory } from '../../../helpers/temporary-directory';
import { type LoggedRequest, type TwoPodsCase, twoPodsRuns } from '../../../helpers/two-pods';

type Way = Outcome & { readonly hops: readonly Hop[] };

function stepName(hop: Hop | undefined, stage: string): string | null {
  return hop?.steps.find((step) => step.stage === stage && step.outcome === 'matched')?.name ?? null;
}

/** The branch that the recording took: by the cluster that was drawn and the host that was called. */
function wayTaken(trace: Trace, { outbound, inbound }: TwoPodsCase): Way | undefined {
  const ways: readonly (Trace | Branch)[] = [trace, ...trace.branches];
  const pod = inbound?.pod === undefined ? null : `${inbound.pod}.bookinfo`;
  return ways.find(
    (way) =>
      (outbound?.cluster ?? null) === stepName(way.hops[0], 'cluster') &&
      (outbound?.host ?? null) === stepName(way.hops[0], 'endpoint') &&
      (pod === null || way.hops[1]?.proxy === pod),
  );
}

class Comparison {
  readonly found: string[] = [];

  same(what: string, envoy: unknown, own: unknown): void {
    if (envoy !== own) this.found.push(`${what}: Envoy ${JSON.stringify(envoy)}, trace ${JSON.stringify(own)}`);
  }

  hop(side: string, log: LoggedRequest, own: Hop | undefined): void {
    if (own === undefined) {
      this.found.push(`there is no ${side} hop`);
      return;
    }
    this.same(`${side} listener`, log.listener, own.listener?.name);
    this.same(`${side} filter chain`, log.fc, own.filterChain?.name ?? null);
    this.same(`${side} virtual host`, log.vh, own.virtualHost?.name ?? null);
    this.same(`${side} route`, log.route, own.route?.name ?? null);
    const names = own.clusters.map(({ name }) => name);
    if (log.cluster !== null && !names.includes(log.cluster)) this.same(`${side} cluster`, log.cluster, names);
  }
}

function compareOutbound(log: LoggedRequest, way: Way, compare: Comparison): void {
  compare.hop('outbound', log, way.hops[0]);
  if (log.details === 'direct_response') compare.same('verdict', 'direct-response', way.verdict);
  if (log.code === 0) return;
  const answered = log.details !== 'via_upstream' || log.code >= 400;
  compare.same('status', answered ? log.code : null, way.status);
  compare.same('flags', log.flags === '-' ? null : log.flags, way.responseFlags);
}

function compareInbound(log: LoggedRequest, way: Way, compare: Comparison): void {
  const policy = /^rbac_access_denied_matched_policy\[(.*)\]$/.exec(log.details ?? '')?.[1];
  compare.same('policy', policy === undefined || policy === 'none' ? null : policy, way.policy);
  if (log.details === 'filter_chain_not_found') {
    compare.same('reason', 'no-filter-chain', way.reason);
    return;
  }
  compare.hop('inbound', log, way.hops[1]);
  compare.same('verdict', policy === undefined ? 'delivered' : 'denied', way.verdict);
}

function differences(way: Way, { outbound, inbound, client }: TwoPodsCase): readonly string[] {
  const compare = new Comparison();
  if (outbound !== null) compareOutbound(outbound, way, compare);
  if (inbound !== null) compareInbound(inbound, way, compare);
  if (client.status === 200) compare.same('verdict', 'delivered', way.verdict);
  return compare.found;
}

describe.each(twoPodsRuns())('two pods, run $name', ({ files, cases }) => {
  const directory = temporaryDirectory();
  let tracer: Tracer;

  beforeAll(async () => {
    for (const [path, content] of files) directory.write(path, content);
    const mesh = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
    tracer = await new TraceSession(mesh).open('productpage-v1-abc.bookinfo');
  });

  afterAll(() => {
    directory.remove();
  });

  test(`${cases.length} requests, both hops`, async () => {
    const wrong: string[] = [];
    for (const one of cases) {
      const { address, port, host, method, path, headers } = one.call;
      const trace = await tracer.trace(
        {
          url: `http://${address}:${port}${path}`,
          method,
          headers: [['Host', host], ...headers],
          originalDst: { ip: address, port },
        },
        { allBranches: true, explain: false },
      );
      const way = wayTaken(trace, one);
      const found = way === undefined ? ['no branch goes the way that was taken'] : differences(way, one);
      if (found.length > 0) wrong.push(`${JSON.stringify(one.call)}\n  ${found.join('\n  ')}`);
    }
    expect(wrong).toEqual([]);
  });
});
