/** Traces through ztunnels of meshes that are drawn, held against a second reading of ztunnel's source. */
import fc from 'fast-check';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import type { Trace } from '../../../../src/lib/trace/model';
import type { ZtunnelWorkload } from '../../../../src/lib/ztunnel/resources';
import { drawnMesh, OUTSIDE, SOURCE, TARGETS } from '../../../helpers/drawn-mesh';
import { writeMesh } from '../../../helpers/mixed-mesh';
import { type End, endsOf, plainEndsOf, socket } from '../../../helpers/ztunnel-reading';

const RUNS = Number(process.env['ZTUNNEL_RUNS'] ?? 25);
const SEED = process.env['ZTUNNEL_SEED'];

type Way = Pick<Trace, 'hops' | 'verdict' | 'reason' | 'policy'>;

/** A way as the second reading tells it. */
function told(way: Way): string {
  const out = way.hops.find(({ direction }) => direction === 'ztunnel-outbound');
  if (out?.next == null) return `failed ${way.reason ?? ''}`;
  const { address, port } = out.next;
  if (/[g-z]/.test(address)) return 'by a name';
  const next = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return `${out.service ?? '-'} ${out.protocol ?? ''} ${next} ${out.authority ?? '-'} ${endOf(way, port)}`;
}

function endOf({ hops, verdict, reason, policy }: Way, port: number): string {
  if (verdict === 'denied') return `denied ${policy ?? 'null'}`;
  if (verdict === 'failed') return `failed ${reason ?? ''}`;
  if (verdict === 'unknown') return 'unknown';
  const into = hops.find(({ direction }) => direction === 'ztunnel-inbound');
  return `delivered ${into?.next?.port ?? port}`;
}

/** Ways that the reading leaves open after the first hop are told by that hop alone. */
function summed(all: readonly { readonly told: string; readonly share: number }[], open: readonly string[]): object {
  const sums = new Map<string, number>();
  for (const { told: one, share } of all) {
    const head = open.find((start) => one.startsWith(`${start} `));
    const key = head ?? one;
    sums.set(key, (sums.get(key) ?? 0) + share);
  }
  const rounded = [...sums].map(([key, share]) => [key, Number(share.toFixed(6))] as const);
  return Object.fromEntries(rounded.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each policy that denies is a way of its own. */
function apart(ends: readonly End[]): readonly End[] {
  return ends.flatMap(({ told: one, share }) => {
    const [, head = '', names = ''] = /^(.* denied )(.*)$/.exec(one) ?? [];
    const all = names.split('+');
    return names === ''
      ? [{ told: one, share }]
      : all.map((name) => ({ told: head + name, share: share / all.length }));
  });
}

interface Call {
  readonly pod: ZtunnelWorkload;
  readonly targets: typeof TARGETS;
  readonly ends: typeof endsOf;
  readonly told: (way: Way, to: string, port: number) => string;
}

async function agrees(seed: number, { pod, targets, ends: read, told: tell }: Call): Promise<void> {
  const { mesh, known } = drawnMesh(seed);
  const directory = writeMesh(mesh);
  try {
    const source = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
    const tracer = await new TraceSession(source).open(`${pod.name ?? ''}.shop`);
    const caller = known.workloads.find(({ uid }) => uid === pod.uid) ?? pod;
    for (const [ip, port] of targets) {
      const to = socket(ip, port);
      const ends = apart(read(known, caller, ip, port));
      const open = ends.filter(({ told: one }) => one.endsWith(' any')).map(({ told: one }) => one.slice(0, -4));
      const query = { url: `tcp://${to}`, sourceIp: pod.workloadIps?.[0] ?? '' };
      const trace = await tracer.trace(query, { allBranches: true, explain: false });
      const rest = 1 - trace.branches.reduce((sum, { share }) => sum + share, 0);
      const others = trace.branches.map((one) => ({ told: tell(one, to, port), share: one.share }));
      const ways = [{ told: tell(trace, to, port), share: rest }, ...others];
      expect([seed, to, summed(ways, open)]).toEqual([seed, to, summed(ends, open)]);
    }
  } finally {
    directory.remove();
  }
}

const OPTIONS = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }), endOnFailure: true };

test('the ways of a connection and their shares are those of the second reading', async () => {
  const call: Call = { pod: SOURCE, targets: TARGETS, ends: endsOf, told };
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await agrees(seed, call);
    }),
    OPTIONS,
  );
});

test('those of a pod in no mesh, which comes in plain text to what it dials', async () => {
  const targets = TARGETS.filter(([ip]) => ip.startsWith('10.1.') || ip.includes(':'));
  const plain = (way: Way, to: string, port: number): string => `- TCP ${to} - ${endOf(way, port)}`;
  const call: Call = { pod: OUTSIDE, targets, ends: plainEndsOf, told: plain };
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      await agrees(seed, call);
    }),
    OPTIONS,
  );
});
