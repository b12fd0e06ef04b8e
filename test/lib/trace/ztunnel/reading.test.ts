/** Traces through ztunnels of meshes that are drawn, held against a second reading of ztunnel's source. */
import fc from 'fast-check';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import type { Trace } from '../../../../src/lib/trace/model';
import { drawnMesh, SOURCE, TARGETS } from '../../../helpers/drawn-mesh';
import { writeMesh } from '../../../helpers/mixed-mesh';
import { endsOf } from '../../../helpers/ztunnel-reading';

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

test('the ways of a connection and their shares are those of the second reading', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const { mesh, known } = drawnMesh(seed);
      const directory = writeMesh(mesh);
      try {
        const source = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
        const tracer = await new TraceSession(source).open('sleep.shop');
        for (const [ip, port] of TARGETS) {
          const url = `tcp://${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
          const ends = endsOf(known, known.workloads[0] ?? SOURCE, ip, port).flatMap(({ told: one, share }) => {
            const [, head = '', names = ''] = /^(.* denied )(.*)$/.exec(one) ?? [];
            const all = names.split('+');
            return names === ''
              ? [{ told: one, share }]
              : all.map((name) => ({ told: head + name, share: share / all.length }));
          });
          const open = ends.filter(({ told: one }) => one.endsWith(' any')).map(({ told: one }) => one.slice(0, -4));
          const trace = await tracer.trace({ url, sourceIp: '10.0.0.2' }, { allBranches: true, explain: false });
          const rest = 1 - trace.branches.reduce((sum, { share }) => sum + share, 0);
          const ways = [
            { told: told(trace), share: rest },
            ...trace.branches.map((one) => ({ told: told(one), share: one.share })),
          ];
          expect([seed, url, summed(ways, open)]).toEqual([seed, url, summed(ends, open)]);
        }
      } finally {
        directory.remove();
      }
    }),
    { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }), endOnFailure: true },
  );
});
