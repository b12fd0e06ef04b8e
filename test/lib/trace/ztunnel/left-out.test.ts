/** What is left out of what is known makes a trace through ztunnels say the same, or that it is not known. */
import fc from 'fast-check';
import { TraceSession } from '../../../../src/lib/session/trace-session';
import { openSnapshot } from '../../../../src/lib/source/snapshot';
import type { Trace } from '../../../../src/lib/trace/model';
import { drawnMesh, OUTSIDE, SOURCE, TARGETS } from '../../../helpers/drawn-mesh';
import { ztunnelDump } from '../../../helpers/mixed-mesh';
import { temporaryDirectory } from '../../../helpers/temporary-directory';
import { socket } from '../../../helpers/ztunnel-reading';

const RUNS = Number(process.env['ZTUNNEL_RUNS'] ?? 12);
/** Meshes that were once wrong: of each the seed, the target and the workload. */
const EXAMPLES: [number, readonly [string, number], number][] = [
  [1_843_662_138, ['10.1.0.1', 80], 15],
  [-1_031_946_789, ['10.1.0.1', 8080], 0],
];

interface Given {
  readonly dump: object;
  /** Chooses a workload. */
  readonly pick?: number;
  readonly sourceIp?: string | undefined;
}

function without(dump: object, ...sections: readonly string[]): object {
  return Object.fromEntries(Object.entries(dump).filter(([name]) => !sections.includes(name)));
}

/** Its settings without the node that it is on. */
function withoutOwn(dump: object): object {
  const { config = {} } = dump as { readonly config?: object };
  return { ...dump, config: without(config, 'localNode') };
}

/** A dump in which one workload lacks a field. */
function withoutField({ dump, pick = 0, ...rest }: Given, field: string): Given {
  const { workloads } = dump as { readonly workloads: readonly object[] };
  const less = workloads.map((one, at) => (at === pick % workloads.length ? without(one, field) : one));
  return { ...rest, dump: { ...dump, workloads: less } };
}

/**
 * What is left out, and what is given then. Other fields of single workloads are none of it: what ztunnel leaves out of them
 * (`serviceAccount`, `trustDomain`) has its default value.
 */
const LEFT_OUT: Readonly<Record<string, (given: Given) => Given>> = {
  "the caller's address": ({ dump }) => ({ dump }),
  policies: ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'policies') }),
  services: ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'services') }),
  workloads: ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'workloads') }),
  'workloads and policies': ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'workloads', 'policies') }),
  'services and policies': ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'services', 'policies') }),
  'its settings': ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'config') }),
  certificates: ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'certificates') }),
  'which pods it serves': ({ dump, ...rest }) => ({ ...rest, dump: without(dump, 'workloadState') }),
  'which pods it serves, and its settings': ({ dump, ...rest }) => ({
    ...rest,
    dump: without(dump, 'workloadState', 'config'),
  }),
  "a workload's protocol": (given) => withoutField(given, 'protocol'),
  "a workload's node": (given) => withoutField(given, 'node'),
  'its node': ({ dump, ...rest }) => ({ ...rest, dump: withoutOwn(dump) }),
};

async function waysOf({ dump, sourceIp }: Given, pod: string, to: string): Promise<ReadonlySet<string>> {
  const directory = temporaryDirectory();
  try {
    directory.write('ztunnels/istio-system/ztunnel-a/config_dump.json', JSON.stringify(dump));
    const source = await openSnapshot(directory.path, { namespace: null, selector: null, note: () => undefined });
    const tracer = await new TraceSession(source).open(`${pod}.shop`);
    const query = sourceIp === undefined ? { url: `tcp://${to}` } : { url: `tcp://${to}`, sourceIp };
    const trace = await tracer.trace(query, { allBranches: true, explain: false });
    return new Set([trace, ...trace.branches].map(told));
  } finally {
    directory.remove();
  }
}

function told({ verdict, reason, policy }: Pick<Trace, 'verdict' | 'reason' | 'policy'>): string {
  return verdict === 'unknown' ? 'unknown' : `${verdict} ${reason ?? ''} ${policy ?? ''}`;
}

/** Ways that are made up, or that are gone without a word. */
function wrongOf(full: ReadonlySet<string>, less: ReadonlySet<string>): readonly string[] {
  const madeUp = [...less].filter((way) => way !== 'unknown' && !full.has(way));
  const gone = less.has('unknown') ? [] : [...full].filter((way) => !less.has(way));
  return [...madeUp.map((way) => `made up: ${way}`), ...gone.map((way) => `gone: ${way}`)];
}

test.each([SOURCE, OUTSIDE])('what is left out makes nothing up: of $name', async ({ name = '', workloadIps }) => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(...TARGETS), fc.nat(20), async (seed, [ip, port], pick) => {
      const to = socket(ip, port);
      const given = { dump: ztunnelDump(drawnMesh(seed).mesh), sourceIp: workloadIps?.[0] ?? '', pick };
      const full = await waysOf(given, name, to);
      for (const [what, leave] of Object.entries(LEFT_OUT)) {
        const less = await waysOf(leave(given), name, to);
        expect([seed, to, pick, what, wrongOf(full, less)]).toEqual([seed, to, pick, what, []]);
      }
    }),
    { numRuns: RUNS, endOnFailure: true, examples: EXAMPLES },
  );
});
