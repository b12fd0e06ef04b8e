/**
 * What is not known is never a "no": a request that is fully given, with any of its inputs left out, has the same outcome as
 * before or one that is unknown and names an input that was left out. UNKNOWN_INPUTS_RUNS says how many configurations are drawn.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { queryOf } from '../../../src/lib/check/check-request';
import type { CheckRequest } from '../../../src/lib/check/check-file';
import { causeText } from '../../../src/lib/explain/telling/tell-trace';
import { unknown } from '../../../src/lib/match/ternary';
import { Decisions } from '../../../src/lib/trace/decisions';
import { HopRecord } from '../../../src/lib/trace/hop/record';
import { connectionOf, contentOf } from '../../../src/lib/trace/journey/place';
import type { KnownMesh } from '../../../src/lib/trace/known-mesh';
import type { Hop, Outcome } from '../../../src/lib/trace/model';
import { DELIVERED } from '../../../src/lib/trace/outcome';
import { planRequest } from '../../../src/lib/trace/request/plan';
import type { TraceQuery } from '../../../src/lib/trace/request/query';
import { trace } from '../../../src/lib/trace/trace';
import { walkHop } from '../../../src/lib/trace/walk-hop';
import { makeCalls } from '../../differential/generate/calls';
import { checkRequest } from '../../differential/rig/mctl';
import { contextOf } from '../../helpers/filters';
import { CLIENT, generated, lonelyMesh, proxyOfGenerated } from '../../helpers/generated-mesh';
import { withTokenFilters } from '../../helpers/token-filters';

const RUNS = Number(process.env['UNKNOWN_INPUTS_RUNS'] ?? 40);
/** How many requests of each configuration are asked. */
const REQUESTS = 8;

interface Drawn {
  readonly mesh: KnownMesh;
  readonly requests: readonly CheckRequest[];
}

/** A configuration with requests to it, one in three with a token. */
function drawn(seed: number): Drawn {
  const made = generated(seed);
  const { clusters, random } = made;
  const listeners = withTokenFilters(made.resources.listeners, random);
  const mesh = lonelyMesh(proxyOfGenerated(made, { listeners }));
  const calls = makeCalls({ random, clusters, client: CLIENT }, 40).map(checkRequest);
  const requests = calls.map((call, index) => (call.headers !== undefined && index % 3 === 0 ? withToken(call) : call));
  return { mesh, requests };

  function withToken(call: CheckRequest): CheckRequest {
    const claims = {
      iss: random.pick(['https://idp', 'https://other']),
      sub: random.pick(['me', 'you']),
      groups: random.pick(['g', '["f","g"]']),
    };
    const given = (call.headers ?? []) as readonly (readonly [string, string])[];
    const headers = given.filter(([name]) => name.toLowerCase() !== 'authorization');
    return { ...call, claims, headers: [...headers, ['authorization', 'Bearer a.b.c']] };
  }
}

/** An input that a question may leave out, and what names it where it is lacking. */
interface Input {
  readonly isGiven: (query: TraceQuery) => boolean;
  readonly without: (query: TraceQuery) => TraceQuery;
  readonly flag: string;
}

const INPUTS: readonly Input[] = [
  {
    isGiven: ({ sourceIp, mode }) => sourceIp !== undefined && mode !== 'outbound',
    without: (query) => ({ ...query, sourceIp: undefined }),
    flag: '--source-ip',
  },
  {
    isGiven: ({ sourcePrincipal, tls }) => sourcePrincipal !== undefined && tls === 'mtls',
    without: (query) => ({ ...query, sourcePrincipal: undefined }),
    flag: '--source-principal',
  },
  {
    isGiven: ({ claims }) => claims !== undefined,
    without: (query) => ({ ...query, claims: undefined }),
    flag: '--claim',
  },
];

/** What a walk tells: its verdict, and what may not be known where that is. */
interface Arrived {
  readonly verdict: string;
  readonly because: string;
  readonly told: Readonly<Record<string, unknown>>;
}

type Place = Pick<Hop, 'listener' | 'filterChain' | 'virtualHost' | 'route'>;

function arrived(outcome: Outcome, because: string, hop: Place | undefined, more: object = {}): Arrived {
  const { verdict, reason, status, responseFlags, location } = outcome;
  const { listener, filterChain, virtualHost, route } = hop ?? {};
  // Of policies and filters that all refuse alike one is named: which of them is the first may hang on the input.
  const why = verdict === 'denied' ? null : reason;
  const told = { reason: why, status, responseFlags, location, listener, filterChain, virtualHost, route, ...more };
  return { verdict, because, told };
}

/** What is told otherwise; what is null is not told: a refusal of gRPC has another status than one of HTTP. */
function lost(less: Arrived, full: Arrived): readonly unknown[] {
  return Object.entries(less.told).filter(
    ([key, value]) => value !== null && !isDeepStrictEqual(value, full.told[key]),
  );
}

/** The inputs of these that are named where the verdict is open; everything stays as it was where it is not. */
function asksOrStays(less: Arrived, full: Arrived, left: readonly string[], question: unknown): readonly string[] {
  if (less.verdict !== 'unknown' || full.verdict === 'unknown') {
    expect([question, left, less.verdict, lost(less, full)]).toEqual([question, left, full.verdict, []]);
    return [];
  }
  const named = left.filter((name) => less.because.includes(name));
  expect([question, left, less.because, named.length > 0]).toEqual([question, left, less.because, true]);
  return named;
}

/** Every choice of some of these. */
function subsets<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items
    .reduce<readonly (readonly T[])[]>((all, item) => [...all, ...all.map((own) => [...own, item])], [[]])
    .slice(1);
}

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const options = { explain: { limit: 1 }, allBranches: false };

function traced(mesh: KnownMesh, query: TraceQuery): Arrived {
  const { trace: facts, cause } = trace(mesh, query, options);
  return arrived(facts, causeText(cause), facts.hops[0]);
}

it('a request without some of its inputs ends as with them, or asks for one of those', () => {
  const asked = new Set<string>();
  fc.assert(
    fc.property(seeds, (seed) => {
      const { mesh, requests } = drawn(seed);
      const given = (query: TraceQuery): number => INPUTS.filter(({ isGiven }) => isGiven(query)).length;
      const queries = requests.map(queryOf).sort((a, b) => given(b) - given(a));
      for (const query of queries.slice(0, REQUESTS)) {
        const full = traced(mesh, query);
        for (const left of subsets(INPUTS.filter(({ isGiven }) => isGiven(query)))) {
          const less = left.reduce((rest, { without }) => without(rest), query);
          const flags = left.map(({ flag }) => flag);
          for (const flag of asksOrStays(traced(mesh, less), full, flags, query)) asked.add(flag);
        }
      }
    }),
    { numRuns: RUNS },
  );
  // Few configurations may not ask for all.
  expect([...asked].sort()).toEqual(
    RUNS < 200 ? expect.arrayContaining(['--source-ip']) : INPUTS.map(({ flag }) => flag).sort(),
  );
});

it('a request of which some headers are not known ends as with them, or asks for one of those', () => {
  let open = 0;
  fc.assert(
    fc.property(seeds, fc.nat(), (seed, which) => {
      const { mesh, requests } = drawn(seed);
      const queries = requests.map(queryOf).filter(({ headers = [] }) => headers.length > 1);
      for (const query of queries.slice(0, REQUESTS)) {
        const names = [...new Set((query.headers ?? []).map(([name]) => name.toLowerCase()))].filter(
          (name) => !OF_THE_CODEC.has(name),
        );
        const left = names.filter((_name, index) => ((which + 1) >> index) % 2 === 1);
        const [full, less] = [arrive(mesh, query, []), arrive(mesh, query, left)];
        open += asksOrStays(less, full, left.map(lacking), query).length;
      }
    }),
    { numRuns: RUNS },
  );
  expect(open).toBeGreaterThan(0);
});

/** What makes the codec refuse a request is never lost: nobody has read a request that it refused. */
const OF_THE_CODEC: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'upgrade',
  'http2-settings',
  'transfer-encoding',
  'content-length',
  'x-control',
  'x-large',
]);

function lacking(name: string): string {
  return `what ${name} was before it was lost`;
}

/** Walks one proxy with a message of which some headers are not known. */
function arrive({ source, book }: KnownMesh, query: TraceQuery, left: readonly string[]): Arrived {
  const plan = planRequest(query);
  const { mode = 'outbound', originalDst, sourceIp = null, claims = null } = query;
  const connection = connectionOf(originalDst!, sourceIp, contentOf(plan));
  const context = contextOf({ config: source, book, claims, decisions: new Decisions(), direction: mode });
  const headers = (plan.message?.headers ?? []).map(([name, value]) =>
    left.includes(name) ? ([name, unknown(lacking(name))] as const) : ([name, value] as const),
  );
  const port = mode === 'outbound' ? 15001 : 15006;
  const entry =
    mode === 'gateway' ? { kind: 'bound' as const } : { kind: 'redirected' as const, port, transparent: false };
  const message = plan.message === null ? null : { ...plan.message, headers };
  const { hop, end } = walkHop(context, { connection, entry, message }, new HopRecord('a.b', mode));
  if (end.kind === 'end') return arrived(end.outcome, causeText(end.cause), hop);
  const { cluster, to } = end.forward;
  return arrived(DELIVERED, '', hop, { cluster, to });
}

describe('an input that is left out and has a stand-in', () => {
  it.each<[string, Partial<TraceQuery>, Partial<TraceQuery>]>([
    ['no server name: that of the URL', {}, { sni: 'reviews.bookinfo' }],
    ['no application protocols: those that curl offers', {}, { alpn: ['h2', 'http/1.1'] }],
    ['no user: one that is not Envoy', {}, { uid: 1000, gid: 1000 }],
  ])('%s', (_name, less, full) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { mesh } = drawn(seed);
      const query = { url: 'https://reviews.bookinfo:443/', originalDst: { ip: '10.96.0.10', port: 443 } } as const;
      expect(trace(mesh, { ...query, ...less }, options)).toEqual(trace(mesh, { ...query, ...full }, options));
    }
  });
});
