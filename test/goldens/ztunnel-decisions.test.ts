/** What a real ztunnel did with connections between pods, held against traces: each try is one of the trace's ways. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';
import { TraceSession } from '../../src/lib/session/trace-session';
import { openSnapshot } from '../../src/lib/source/snapshot';
import type { Branch, Hop, Trace } from '../../src/lib/trace/model';
import { temporaryDirectory } from '../helpers/temporary-directory';

interface Try {
  /** The pod that answered. */
  readonly pod: string | null;
  /** Errors that the destination's ztunnel logged. */
  readonly inbound: readonly string[];
  /** What the source's ztunnel logged. */
  readonly out: {
    readonly error: string;
    readonly next: string | null;
    readonly authority: string | null;
    readonly service: string | null;
  } | null;
}

interface Recording {
  readonly dump: object;
  readonly pods: readonly {
    readonly name: string;
    readonly ns: string;
    readonly ip: string;
    readonly captured: boolean;
  }[];
  readonly cases: readonly {
    readonly i: number;
    readonly from: string;
    readonly from_ip: string;
    readonly captured: boolean;
    readonly to: string;
    readonly tries: readonly Try[];
  }[];
}

const packed = readFileSync(join(__dirname, '../fixtures/ztunnel-decisions.json.br'));
const text = brotliDecompressSync(packed, { params: { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 } });
const recordings = JSON.parse(text.toString('utf8')) as Record<string, Recording>;

const directory = temporaryDirectory();

afterAll(() => {
  directory.remove();
});

/** What is compared of a try, or of a way of a trace; undefined where it says nothing. */
interface Fate {
  readonly kind: 'delivered' | 'denied' | 'failed';
  readonly policy?: string | null | undefined;
  readonly next?: string | null | undefined;
  readonly authority?: string | null | undefined;
  readonly service?: string | null | undefined;
  readonly pod?: string | null | undefined;
}

const REFUSED = /refused|unreachable|timed out|no route to host|deadline has elapsed/i;

function fateOfTry(one: Try, captured: boolean, isKnownTarget: boolean): Fate | null {
  const { pod, inbound, out } = one;
  const sent = out === null ? {} : { next: out.next, authority: out.authority, service: out.service };
  if (pod !== null) return { kind: 'delivered', ...sent, pod };
  const error = inbound.find((line) => line !== '') ?? '';
  const policy = /explicitly denied by: (\S+)/.exec(error)?.[1];
  if (policy !== undefined) return { kind: 'denied', policy, ...sent };
  if (error.includes('none allowed')) return { kind: 'denied', policy: null, ...sent };
  // Whether an application listens, configuration does not know.
  if (error.includes('connection failed')) return { kind: 'delivered', ...sent };
  if (out !== null || inbound.length > 0)
    return REFUSED.test(out?.error ?? '') ? { kind: 'delivered', ...sent } : FAILED;
  if (captured) return null;
  return isKnownTarget ? FAILED : { kind: 'delivered' };
}

const FAILED: Fate = { kind: 'failed' };

function fateOfWay(way: Trace | Branch): Fate {
  const out = way.hops.find(({ direction }) => direction === 'ztunnel-outbound');
  const ends = way.hops.flatMap((hop) => [
    hop.direction === 'ztunnel-outbound' ? null : hop.workload,
    hop.next?.workload,
  ]);
  const pod = ends.findLast((one) => one !== null && one !== undefined)?.split('.')[0];
  const kind = way.verdict === 'denied' || way.verdict === 'failed' ? way.verdict : 'delivered';
  return {
    kind,
    policy: way.policy,
    next: addressOf(out),
    authority: out?.authority ?? null,
    service: out?.service ?? null,
    pod: pod ?? null,
  };
}

function addressOf(hop: Hop | undefined): string | null {
  const next = hop?.next;
  if (next === null || next === undefined) return null;
  return next.address.includes(':') ? `[${next.address}]:${next.port}` : `${next.address}:${next.port}`;
}

function agrees(tried: Fate, way: Fate, captured: boolean): boolean {
  if (tried.kind !== way.kind) return false;
  if (tried.kind === 'failed') return true;
  if (tried.kind === 'denied' && tried.policy !== way.policy) return false;
  if (captured && typeof tried.next === 'string') {
    if (tried.next !== way.next || (tried.authority ?? null) !== way.authority) return false;
  }
  if (captured && typeof tried.service === 'string' && tried.service !== way.service) return false;
  return tried.pod === undefined || way.pod === null || tried.pod === way.pod;
}

const OWN_PORTS = ['15001', '15006', '15008'];

/** A call of a pod to a port of ztunnel at its own address never comes to ztunnel. */
function isCompared({ to, from_ip: own }: Recording['cases'][number]): boolean {
  const colon = to.lastIndexOf(':');
  return to.slice(0, colon) !== own || !OWN_PORTS.includes(to.slice(colon + 1));
}

test.each(Object.entries(recordings))('%s', async (name, { dump, pods, cases }) => {
  const path = join(directory.path, name, 'ztunnels/istio-system/ztunnel-0');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'config_dump.json'), JSON.stringify(dump));
  const mesh = await openSnapshot(join(directory.path, name), {
    namespace: null,
    selector: null,
    note: () => undefined,
  });
  const session = new TraceSession(mesh);
  const namespaces = new Map(pods.map((pod) => [pod.name, pod.ns]));
  const targets = new Set(pods.filter(({ captured }) => captured).map(({ ip }) => ip));
  const differences: unknown[] = [];
  let compared = 0;
  for (const one of cases.filter(isCompared)) {
    const tracer = await session.open(`${one.from}.${namespaces.get(one.from) ?? ''}`);
    const trace = await tracer.trace({ url: `tcp://${one.to}` }, { allBranches: true, explain: false });
    const ways = [trace, ...trace.branches];
    const shares = trace.branches.reduce((sum, { share }) => sum + share, 0);
    expect(shares).toBeLessThan(1);
    const target = one.to.slice(0, one.to.lastIndexOf(':'));
    for (const tried of one.tries) {
      const fate = fateOfTry(tried, one.captured, targets.has(target));
      if (fate === null) continue;
      compared += 1;
      if (!ways.some((way) => agrees(fate, fateOfWay(way), one.captured))) {
        differences.push({ case: one.i, from: one.from, to: one.to, fate, ways: ways.map(fateOfWay) });
      }
    }
  }
  expect({ name, differences }).toEqual({ name, differences: [] });
  expect(compared).toBeGreaterThan(0);
});
