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

function differences(way: Way, { outbound, inbound, client }: TwoPodsCase): readonly string[] {
  const found: string[] = [];
  const same = (what: string, envoy: unknown, own: unknown): void => {
    if (envoy !== own) found.push(`${what}: Envoy ${JSON.stringify(envoy)}, trace ${JSON.stringify(own)}`);
  };
  const hop = (prefix: string, log: LoggedRequest, own: Hop | undefined): void => {
    same(`${prefix} listener`, log.listener, own?.listener?.name);
    same(`${prefix} filter chain`, log.fc, own?.filterChain?.name ?? null);
    same(`${prefix} virtual host`, log.vh, own?.virtualHost?.name ?? null);
    same(`${prefix} route`, log.route, own?.route?.name ?? null);
    same(
      `${prefix} cluster`,
      log.cluster,
      log.cluster === null ? null : own?.clusters.find(({ name }) => name === log.cluster)?.name,
    );
  };
  if (outbound !== null) {
    hop('outbound', outbound, way.hops[0]);
    if (outbound.code !== 0) {
      const answered = outbound.details !== 'via_upstream' || outbound.code >= 400;
      same('status', answered ? outbound.code : null, way.status);
      same('flags', outbound.flags === '-' ? null : outbound.flags, way.responseFlags);
    }
  }
  if (inbound !== null) {
    if (inbound.details !== 'filter_chain_not_found') hop('inbound', inbound, way.hops[1]);
    const policy = /^rbac_access_denied_matched_policy\[(.*)\]$/.exec(inbound.details ?? '')?.[1];
    same('policy', policy === undefined || policy === 'none' ? null : policy, way.policy);
    if (inbound.details === 'filter_chain_not_found') same('reason', 'no-filter-chain', way.reason);
    else if (policy !== undefined) same('verdict', 'denied', way.verdict);
    else same('verdict', 'delivered', way.verdict);
  }
  if (outbound?.details === 'direct_response') same('verdict', 'direct-response', way.verdict);
  if (client.status === 200) same('verdict', 'delivered', way.verdict);
  return found;
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
