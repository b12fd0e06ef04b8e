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

interface Given {
  readonly dump: object;
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

/**
 * What is left out, and what is given then. Single fields of workloads are none of it: ztunnel writes those that decide (`protocol`,
 * `status`), and what it leaves out of the others (`node`, `serviceAccount`, `trustDomain`) has its default value.
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
    fc.asyncProperty(fc.integer(), fc.constantFrom(...TARGETS), async (seed, [ip, port]) => {
      const to = socket(ip, port);
      const given = { dump: ztunnelDump(drawnMesh(seed).mesh), sourceIp: workloadIps?.[0] ?? '' };
      const full = await waysOf(given, name, to);
      for (const [what, leave] of Object.entries(LEFT_OUT)) {
        const less = await waysOf(leave(given), name, to);
        expect([seed, to, what, wrongOf(full, less)]).toEqual([seed, to, what, []]);
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
