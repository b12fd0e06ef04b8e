/**
 * A waypoint's own steps, held against a real Envoy that has loaded the waypoint's configuration: the CONNECT is terminated, the
 * internal listener's matcher tree chooses the chain, then policies, routes and clusters as in any proxy. Istio's own filters and
 * kinds of filter state, which a stock Envoy does not have, are left out or stand as plain texts.
 */
import type { CheckRequest } from '../../src/lib/check/check-file';
import type { Trace } from '../../src/lib/trace/model';
import { corpusFiles } from '../helpers/corpora';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { Comparison, compareRouting } from './compare/compare';
import { replayAtWaypoint, type WaypointCall, type WaypointObservation } from './corpora/waypoint';
import { describeDisagreement, Tally } from './report';
import type { LogLine } from './rig/access-log';
import { type Traced, traceAll } from './rig/mctl';
import { describeWithEnvoy } from './rig/requirements';
import { Random } from './rig/random';

const DUMP = 'waypoint/waypoint-64b5d-xyz.config_dump.json';
const CALLS = 40;
const SEED = Number(process.env['WAYPOINT_SEED'] ?? 7);

/** VIPs with ports that the waypoint knows, with ports that it does not, pods behind them, and what it has never heard of. */
const AUTHORITIES = [
  '10.96.10.3:9080',
  '10.96.10.1:9080',
  '10.96.10.5:27017',
  '10.96.10.5:443',
  '10.96.10.5:9000',
  '10.96.10.3:9081',
  '10.244.0.14:9080',
  '10.99.0.1:80',
];
const PRINCIPALS = ['bookinfo/sa/bookinfo-productpage', 'default/sa/sleep', 'bookinfo/sa/waypoint'];

function drawCalls(): readonly WaypointCall[] {
  const random = new Random(SEED);
  const one = <T>(all: readonly T[]): T => random.pick(all);
  return Array.from({ length: CALLS }, () => ({
    authority: one(AUTHORITIES),
    principal: `spiffe://cluster.local/ns/${one(PRINCIPALS)}`,
    payload: one(['http/1.1', 'http/1.1', 'http/2', 'tcp'] as const),
    method: one(['GET', 'GET', 'POST', 'DELETE']),
    path: one(['/', '/reviews/0', '/admin?x=1']),
    host: one(['reviews:9080', 'productpage.bookinfo', 'mongo']),
    headers: one([[], [['end-user', 'luffy']], [['x-user', 'a']]] as const),
  }));
}

function checkRequest({ authority, principal, payload, method, path, host, headers }: WaypointCall): CheckRequest {
  const isTcp = payload === 'tcp';
  return {
    url: `${isTcp ? 'tcp' : 'http'}://${authority}${isTcp ? '' : path}`,
    originalDst: authority,
    mode: 'waypoint',
    sourcePrincipal: principal,
    ...(isTcp ? {} : { method, headers: [['Host', host] as const, ...headers], httpVersion: payload.slice(5) }),
  };
}

/** Holds the trace of a call against what Envoy logged at the listener behind the tunnel. */
function compareCall({ lines }: WaypointObservation, trace: Traced): Comparison {
  const comparison = new Comparison();
  const inside = lines.filter(({ listener }) => listener === 'main_internal');
  const line = inside.find(({ by }) => by === 'http') ?? inside.find(({ by }) => by === 'tcp') ?? inside[0];
  if ('error' in trace) comparison.same('trace', 'a trace', trace.error);
  else if (line === undefined) {
    comparison.same('a line of the internal listener', false, trace.hops[0]?.listener?.name === 'main_internal');
  } else compareLine(comparison, line, trace);
  return comparison;
}

function compareLine(comparison: Comparison, line: LogLine, trace: Trace): void {
  const [hop] = trace.hops;
  comparison.same('listener', line.listener, hop?.listener?.name ?? null);
  comparison.same('filter chain', line.filterChain, hop?.filterChain?.name ?? null);
  if (line.by === 'http') compareRouting(comparison, { ...line, host: null }, hop);
  if (line.by === 'tcp') {
    const clusters = hop?.clusters.map(({ name }) => name) ?? [];
    comparison.holds('cluster', line.cluster, clusters, line.cluster === null || clusters.includes(line.cluster));
  }
  compareDenial(comparison, line, trace);
}

function compareDenial(comparison: Comparison, line: LogLine, trace: Trace): void {
  const denial = /rbac_access_denied_matched_policy\[(.*)\]/.exec(line.closed ?? line.details ?? '')?.[1];
  comparison.same('denied', denial !== undefined, trace.verdict === 'denied');
  if (denial === undefined) return;
  comparison.same('policy', denial === 'none' ? null : denial, trace.policy?.replaceAll(' ', '_') ?? null);
}

describeWithEnvoy("a waypoint's configuration in a real Envoy", () => {
  it(
    DUMP,
    async () => {
      const calls = drawCalls();
      const { observations, configDump } = await replayAtWaypoint(corpusFiles()[DUMP]!, calls);
      const files = temporaryDirectory();
      const source = ['-f', files.write('config_dump.json', configDump)];
      const traces = traceAll(
        source,
        observations.map(({ call }) => checkRequest(call)),
      );
      files.remove();
      const tally = new Tally("a waypoint's configuration");
      const results = observations.map((observation, index) => {
        const { compared, differences } = compareCall(observation, traces[index]!);
        return { call: observation.call, compared, differences };
      });
      const disagreements = results.filter(({ differences }) => differences.length > 0);
      const compared = results.reduce((sum, one) => sum + one.compared, 0);
      tally.add({ requests: calls.length, compared, disagreements: disagreements });
      tally.print();
      expect(disagreements.map((one) => describeDisagreement(one)).join('\n')).toBe('');
      // The test tells nothing where the tunnel is not taken.
      const answered = observations.filter(({ lines }) => lines.some(({ listener }) => listener === 'main_internal'));
      expect(answered.length).toBeGreaterThan(CALLS / 2);
    },
    240_000,
  );
});
