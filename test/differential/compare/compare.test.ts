/** Where less is compared than Envoy's log tells: each exception holds for its own reason alone. */
import type { Trace } from '../../../src/lib/trace/model';
import type { LogLine } from '../rig/access-log';
import type { HttpCall } from '../rig/call';
import type { Observation } from '../rig/observation';
import { compareHop } from './compare';
import { compareShares } from './shares';

const DELIVERED = { verdict: 'delivered', status: null, responseFlags: null, location: null };

function differing(line: Partial<LogLine>, trace: object, http: Partial<HttpCall> = {}): readonly string[] {
  const hop = { listener: { name: 'l' }, clusters: [], steps: [] };
  const observation = {
    call: { payload: 'http/1.1', tls: null, http: { method: 'GET', headers: [], ...http } },
    answer: {},
    lines: [
      {
        ...{ by: 'http', listener: 'l', filterChain: null, routeConfiguration: null, virtualHost: null, route: null },
        ...{ cluster: null, host: null, status: 200, flags: '-', closed: null, location: null, ...line },
      },
    ],
  } as unknown as Observation;
  const { differences } = compareHop(observation, { hops: [hop], ...trace } as unknown as Trace);
  return differences.map(({ what }) => what);
}

describe('an answer that is handed on', () => {
  const line = { details: 'via_upstream' };

  it('is compared but for its status', () => {
    expect(differing({ ...line, status: 404 }, DELIVERED)).toEqual([]);
    expect(differing(line, { ...DELIVERED, verdict: 'failed' })).toEqual(['verdict']);
    expect(differing(line, { ...DELIVERED, location: '/there' })).toEqual(['location']);
  });

  it('has flags of retries only where the application was asked for a status', () => {
    const headers = [['x-answer', '503']] as const;
    expect(differing({ ...line, flags: 'URX' }, DELIVERED, { headers })).toEqual([]);
    expect(differing({ ...line, flags: 'URX' }, DELIVERED)).toEqual(['response flags']);
    expect(differing({ ...line, flags: 'UT' }, DELIVERED, { headers })).toEqual(['response flags']);
  });
});

test('DPE is Envoy’s own only beside another flag, for a body that had not come', () => {
  const line = { details: 'http2.unexpected_underscore', status: 404 };
  const trace = { verdict: 'failed', status: 404, responseFlags: 'NR', location: null };
  const headers = [['content-length', '4']] as const;
  expect(differing({ ...line, flags: 'NR,DPE' }, trace, { headers })).toEqual([]);
  expect(differing({ ...line, flags: 'NR,DPE' }, trace)).toEqual(['response flags']);
  expect(differing({ ...line, flags: 'DPE' }, trace, { headers })).toEqual(['response flags']);
});

test('a rate limit refuses with the status that the trace names', () => {
  const because = 'not evaluated: 503 once its token bucket is empty, which hangs on the rate of requests';
  const steps = [{ stage: 'http-filter', outcome: 'not-evaluated', because }];
  const hops = [{ listener: { name: 'l' }, clusters: [], steps }];
  const line = { details: 'local_rate_limited', flags: 'RL' };
  expect(differing({ ...line, status: 503 }, { ...DELIVERED, hops })).toEqual([]);
  expect(differing({ ...line, status: 429 }, { ...DELIVERED, hops })).toEqual(['status of the rate limit']);
  expect(differing({ ...line, status: 503 }, DELIVERED)).toEqual(['status of the rate limit']);
});

test('draws without a cluster differ, unless a rate limit refused all of them', () => {
  const draws = (details: string): readonly Observation[] =>
    [{ lines: [{ by: 'http', cluster: null, details }] }] as unknown as readonly Observation[];
  const clusters = [{ name: 'c', share: 1, endpoints: [] }];
  const trace = { hops: [{ clusters, steps: [] }] } as unknown as Trace;
  expect(compareShares(draws('local_rate_limited'), trace).compared).toBe(0);
  expect(compareShares(draws('route_not_found'), trace).differences).toHaveLength(1);
});

test.each([
  [0.5, 0],
  [0.9, 1],
])('draws of a route by lot that find none count: %d of them led to the cluster', (share, differences) => {
  const lines = Array.from({ length: 100 }, (_, n) =>
    n % 2 === 0 ? { by: 'http', cluster: 'c', host: null } : { by: 'http', cluster: null, details: 'route_not_found' },
  );
  const draws = lines.map((line) => ({ lines: [line] })) as unknown as readonly Observation[];
  const trace = { hops: [{ clusters: [{ name: 'c', share, endpoints: [] }], steps: [] }] } as unknown as Trace;
  expect(compareShares(draws, trace).differences).toHaveLength(differences);
});

test.each([
  [0.5, 0],
  [0.9, 2],
])(
  'draws of clusters that Envoy does not have are counted by what its log says of them: %d of all',
  (share, differences) => {
    const lines = Array.from({ length: 100 }, (_, n) =>
      n % 2 === 0
        ? { by: 'http', cluster: 'c', host: null }
        : { by: 'http', cluster: null, host: null, details: 'cluster_not_found' },
    );
    const draws = lines.map((line) => ({ lines: [line] })) as unknown as readonly Observation[];
    const missing = ['m', 'n'].map((name) => ({ name, type: null, share: share / 2, endpoints: [] }));
    const clusters = [{ name: 'c', type: 'EDS', share: 1 - share, endpoints: [] }, ...missing];
    expect(compareShares(draws, { hops: [{ clusters, steps: [] }] } as unknown as Trace).differences).toHaveLength(
      differences,
    );
  },
);

/** Draws of one cluster with two hosts, by how often each was taken. */
function hosts(...taken: readonly number[]): readonly Observation[] {
  const lines = taken.flatMap((times, n) =>
    Array.from({ length: times }, () => ({ by: 'http', cluster: 'c', host: `h:${n}` })),
  );
  return lines.map((line) => ({ lines: [line] })) as unknown as readonly Observation[];
}

const HALVES = [0, 1].map((port) => ({ address: 'h', port, share: 0.5 }));

test('a hash picks one of the hosts that have a share, and no other', () => {
  const because = 'one of 2 endpoints, 50% of all hashes: the same hash always picks the same one';
  const steps = [{ stage: 'endpoint', because, details: [], rejected: [] }];
  const trace = { hops: [{ clusters: [{ name: 'c', share: 1, endpoints: HALVES }], steps }] } as unknown as Trace;
  expect(compareShares(hosts(0, 120), trace).differences).toEqual([]);
  expect(compareShares(hosts(60, 60), trace).differences).toHaveLength(1);
  expect(compareShares(hosts(0, 0, 120), trace).differences).toHaveLength(1);
  const byChance = { hops: [{ ...trace.hops[0], steps: [] }] } as unknown as Trace;
  expect(compareShares(hosts(0, 120), byChance).differences).toHaveLength(2);
});

test('where no host is there, load of a priority that is lost is known, and nothing else', () => {
  const line = { details: 'no_healthy_upstream', status: 503, flags: 'UH', cluster: 'c' };
  const endpoints = (share: number): object => ({ clusters: [{ name: 'c', share: 1, endpoints: [{ share }] }] });
  const hops = (share: number): object[] => [{ listener: { name: 'l' }, steps: [], ...endpoints(share) }];
  expect(differing(line, { ...DELIVERED, hops: hops(0.5) })).toEqual([]);
  expect(differing(line, { ...DELIVERED, hops: hops(1) })).toContain('verdict');
});
