/** One seed: a configuration whose requests are divided, and three members of each class sent for real. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { queryOf as checkQuery } from '../../../src/lib/check/check-request';
import { type Classes, classesAt } from '../../../src/lib/reach/classes';
import { sidecarDestinations } from '../../../src/lib/reach/destinations';
import type { RequestValues } from '../../../src/lib/reach/explore';
import { type ClassOutcome, outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { askedOn, type ReachWay } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import type { Walked } from '../../../src/lib/reach/walked';
import { TraceSession } from '../../../src/lib/session/trace-session';
import type { Trace } from '../../../src/lib/trace/model';
import { openFiles } from '../../../src/lib/source/file';
import { near } from '../../helpers/reach';
import { temporaryDirectory } from '../../helpers/temporary-directory';
import { type Comparison, compareHop, type Difference } from '../compare/compare';
import { drawsBeforeHosts } from '../compare/shares';
import { POD_IP } from '../generate/vocabulary';
import type { Report } from '../report';
import type { Call } from '../rig/call';
import { checkRequest } from '../rig/mctl';
import type { Observation } from '../rig/observation';
import { withOtherSeeds } from '../rig/other-seed';
import { Refused, SidecarRig } from '../sidecar/rig';

const MEMBERS = 3;
/** More classes of an address than this are not sent: a configuration may have hundreds. */
const MOST_CLASSES = 40;

/** Runs a seed; one that Envoy refuses goes on as another that is made from it. */
export async function runClasses(seed: number): Promise<Report> {
  return await withOtherSeeds(seed, Refused, runOnce);
}

interface Member {
  readonly call: Call;
  /** How the class ends; null where it was not divided to the end. */
  readonly outcome: ClassOutcome | null;
}

async function runOnce(seed: number): Promise<Report> {
  const files = temporaryDirectory();
  const { rig } = await SidecarRig.start(seed);
  try {
    const { configDump, clusters } = await rig.dump();
    const from = await walkedOf([files.write('config_dump.json', configDump), files.write('clusters.json', clusters)]);
    const members = await membersOf(from);
    const observations = await rig.observe(members.map(({ call }) => call));
    const results = [];
    for (const [index, { call, outcome }] of members.entries()) {
      const trace = await from.trace(checkQuery(checkRequest(call)));
      const { differences, compared } = compareAny(observations[index]!, trace);
      results.push({ call, compared, differences: [...differences, ...otherThan(outcome, outcomeOf(trace))] });
    }
    return {
      requests: members.length,
      compared: results.reduce((sum, one) => sum + one.compared, 0),
      disagreements: results.filter(({ differences }) => differences.length > 0),
    };
  } finally {
    await rig.stop();
    files.remove();
  }
}

/** Where chance decides before a host is chosen, one of the branches is as good as the likeliest way. */
function compareAny(observation: Observation, trace: Trace): Comparison {
  const own = compareHop(observation, trace);
  if (own.differences.length === 0 || !drawsBeforeHosts(observation, trace)) return own;
  const others = trace.branches.map((branch) => compareHop(observation, { ...trace, ...branch, branches: [] }));
  return others.find(({ differences }) => differences.length === 0) ?? own;
}

async function walkedOf(paths: readonly string[]): Promise<Walked> {
  const session = new TraceSession(await openFiles(paths, () => Readable.from([])));
  const tracer = await session.open(undefined);
  return {
    proxy: tracer.proxy,
    config: tracer.config,
    trace: async (query, watch) => await tracer.trace(query, { allBranches: true, explain: false, watch }),
  };
}

/** What a class says and the trace of its member does not: Envoy, which the trace is held against, does not either. */
function otherThan(outcome: ClassOutcome | null, traced: ClassOutcome): readonly Difference[] {
  if (outcome === null || outcomeKey(outcome) === outcomeKey(traced)) return [];
  return [{ what: 'class', envoy: traced, mctl: outcome }];
}

async function membersOf(from: Walked): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const destination of sidecarDestinations([from.config])) {
    // What a pod sends to its own address does not pass its Envoy as the rig has it.
    if (destination.address.ip === POD_IP) continue;
    const way: ReachWay = { destination, mode: 'outbound', oneHop: false, fixed: { sourceIp: POD_IP, claims: {} } };
    const classes = await classesAt(
      outcomesOf(from, () => true),
      way,
      [],
      MOST_CLASSES,
    );
    members.push(...inClasses(classes, way));
  }
  return members;
}

function inClasses({ classes }: Classes<ClassOutcome>, way: ReachWay): readonly Member[] {
  const others = fc.sample(near(classes.map(({ witness }) => witness)), { numRuns: 200, seed: 1 });
  return classes.flatMap(({ cell, witness, unsplit, result }) => {
    const own = others.filter((values) => cell.has(values)).slice(0, MEMBERS - 1);
    return [witness, ...own].map((values) => ({
      call: callOf(values, way),
      outcome: unsplit.length > 0 ? null : result,
    }));
  });
}

function callOf(values: RequestValues, way: ReachWay): Call {
  const { ip, port } = way.destination.address;
  const named = [...values].filter(([dimension]) => dimension.startsWith('query:'));
  const query = named.map(([dimension, value]) => `${dimension.slice('query:'.length)}=${value}`).join('&');
  const headers = [...values].flatMap(([dimension, value]) =>
    dimension.startsWith('header:') ? [[dimension.slice('header:'.length), value] as const] : [],
  );
  return {
    mode: 'outbound',
    address: ip,
    port,
    sourceIp: POD_IP,
    payload: 'http/1.1',
    tls: null,
    http: {
      method: values.get('method') ?? 'GET',
      path: `${values.get('path') ?? '/'}${query === '' ? '' : `?${query}`}`,
      host: `${values.get('host') ?? ''}${askedOn(way).suffix}`,
      headers,
    },
  };
}
