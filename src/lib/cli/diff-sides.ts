/** Runs a comparison of two open sides: their proxies' configurations, or what requests do in them. */
import type { Check } from '../check/check-file';
import { queryOf } from '../check/check-request';
import type { compareDumps } from '../diff/compare-dumps';
import { comparisonOfReplicas } from '../diff/compare-replicas';
import { compareValues } from '../diff/compare-values';
import { waysOf } from '../diff/outcome';
import { type Pairing, pairProxies } from '../diff/pair-proxies';
import type { RequestOutcome, ConfigurationDiff, ProxyDiff, RequestDiff } from '../diff/report';
import { DIFF_VIEWS, type DiffView, sectionOf } from '../diff/resources';
import { ZTUNNEL_VIEWS, type ComparedZtunnelView } from '../diff/ztunnel-resources';
import type { ConfigDump } from '../envoy/config-dump';
import { ExitCode, InputError, MctlError, UsageError } from '../errors';
import { proxyName } from '../proxy-id';
import { OpenMesh } from '../session/mesh';
import type { ProxySource } from '../source/source';
import { inParallel } from './in-parallel';
import { titleOf } from './envoy-answers';
import { loadDump } from '../session/load';
import { compareZtunnelPair, type ZtunnelPair, ztunnelPair } from './ztunnel/diff-ztunnels';
import type { Side } from './comparison-sides';

/** How many pairs of proxies are read at once. */
const AT_ONCE = 2;

/** A view of a proxy's configuration, or of what a ztunnel knows. */
export type ComparedView = DiffView | ComparedZtunnelView;

export const COMPARED_VIEWS: readonly ComparedView[] = [...DIFF_VIEWS, ...ZTUNNEL_VIEWS];

/**
 * @param views those asked for; null for all that make sense
 * @param onPair called after each pair of many
 */
export async function compareConfigurations(
  a: Side,
  b: Side,
  views: readonly ComparedView[] | null,
  onPair: (done: number, total: number, proxy: string) => void,
): Promise<ConfigurationDiff> {
  const ofProxies = viewsIn(DIFF_VIEWS, views);
  const ofZtunnels = viewsIn(ZTUNNEL_VIEWS, views) ?? ZTUNNEL_VIEWS;
  const ztunnels = await ztunnelPair(a, b);
  const { pairs, onlyA, onlyB } = await pairsOfProxies(a, b, { ztunnels, isAsked: ofProxies?.length !== 0 });
  const proxies: ProxyDiff[] = [];
  let done = 0;
  const compare = comparisonOfReplicas();
  const compared = inParallel(pairs, AT_ONCE, (pair) => comparePair(pair, ofProxies, compare));
  for await (const [[{ label }], outcome] of compared) {
    if ('error' in outcome) throw outcome.error;
    done += 1;
    if (pairs.length > 1) onPair(done, pairs.length, label);
    if (outcome.value.views.length + outcome.value.skipped.length > 0) proxies.push(outcome.value);
  }
  const found = ztunnels === null || ofZtunnels.length === 0 ? [] : [await compareZtunnelPair(ztunnels, ofZtunnels)];
  const differing = found.filter((one) => one.views.length > 0);
  return { compared: pairs.length + found.length, proxies: [...proxies, ...differing], onlyA, onlyB };
}

/** Those of a kind that were asked for; null where none was named. */
function viewsIn<T extends ComparedView>(
  kind: readonly T[],
  views: readonly ComparedView[] | null,
): readonly T[] | null {
  return views === null ? null : kind.filter((view) => views.includes(view));
}

/** None where ztunnels' views alone are asked for, or ztunnels are all that there is. */
async function pairsOfProxies(
  a: Side,
  b: Side,
  { ztunnels, isAsked }: { readonly ztunnels: ZtunnelPair | null; readonly isAsked: boolean },
): Promise<Pairs> {
  if (ztunnels === null && !isAsked) {
    throw new UsageError('there is no ztunnel on both sides, and views of ztunnels alone are asked for', {
      hint: `Of proxies there are: ${DIFF_VIEWS.join(', ')}.`,
    });
  }
  const areAlone = ztunnels !== null && !(await isMesh(a)) && !(await isMesh(b));
  return areAlone || !isAsked ? NOTHING : await pairsOf(a, b);
}

export interface Pairs {
  readonly pairs: readonly (readonly [ProxySource, ProxySource])[];
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

const NOTHING: Pairs = { pairs: [], onlyA: [], onlyB: [] };

/** Two meshes are compared proxy by proxy; otherwise each side is one proxy, whatever it is called. */
export async function pairsOf(a: Side, b: Side): Promise<Pairs> {
  if (!(await isMesh(a)) || !(await isMesh(b)))
    return { pairs: [[await a.one(), await b.one()]], onlyA: [], onlyB: [] };
  const [left, right] = [await a.all(), await b.all()];
  const idsOf = (side: readonly ProxySource[]): Pairing['onlyA'] => side.flatMap(({ id }) => id ?? []);
  const { pairs, onlyA, onlyB } = pairProxies(idsOf(left), idsOf(right));
  const sourceOf = (side: readonly ProxySource[], name: string): readonly ProxySource[] =>
    side.filter((proxy) => titleOf(proxy) === name);
  return {
    pairs: pairs.flatMap(([one, other]) =>
      sourceOf(left, proxyName(one)).flatMap((from) =>
        sourceOf(right, proxyName(other)).map((to) => [from, to] as const),
      ),
    ),
    onlyA: onlyA.map(proxyName),
    onlyB: onlyB.map(proxyName),
  };
}

/** Whether a side is a mesh, of one proxy or many, and not one proxy of it. */
async function isMesh({ mesh, target }: Side): Promise<boolean> {
  return target === undefined && (await mesh.proxies()).length > 0;
}

async function comparePair(
  [one, other]: readonly [ProxySource, ProxySource],
  views: readonly DiffView[] | null,
  compare: typeof compareDumps,
): Promise<ProxyDiff> {
  const [a, b] = [titleOf(one), titleOf(other)];
  // Two pods were never started alike, so the bootstrap of another proxy is compared only where that is asked for.
  const isSame = one.id === null || other.id === null || a === b;
  const wanted = views ?? DIFF_VIEWS.filter((view) => isSame || view !== 'bootstrap');
  const [left, right] = [await dumpOf(one, wanted), await dumpOf(other, wanted)];
  mustCompare([left, right], wanted);
  return { a, b, ...compare(left, right, wanted) };
}

/** Dumps of which no section can be compared are not the same: that nothing differs would say so. */
function mustCompare(dumps: readonly ConfigDump[], wanted: readonly DiffView[]): void {
  // Envoy writes the section of discovered filters only where there are any: two dumps without it agree.
  const sections = [...new Set(wanted.filter((view) => view !== 'ecds').map(sectionOf))];
  const lacks = (name: string) => (dump: ConfigDump) => dump.section(name) === null;
  if (sections.length === 0 || sections.some((name) => !dumps.some(lacks(name)))) return;
  const without = dumps.find((dump) => sections.every((name) => lacks(name)(dump))) ?? dumps[0];
  throw new InputError(
    `${without?.label ?? ''} has none of the sections to compare: ${sections.map((name) => `${name}ConfigDump`).join(', ')}`,
    { hint: 'Save the whole of /config_dump?include_eds.' },
  );
}

async function dumpOf(proxy: ProxySource, views: readonly DiffView[]): Promise<ConfigDump> {
  return await loadDump(
    proxy,
    views.map((view) => sectionOf(view)),
  );
}

/** What each request does on both sides, over one load of each dump. */
export async function compareRequests(a: Side, b: Side, checks: readonly Check[]): Promise<readonly RequestDiff[]> {
  const [left, right] = [new OpenMesh(a.mesh), new OpenMesh(b.mesh)];
  const results: RequestDiff[] = [];
  for (const check of checks) {
    const [before, after] = [await answerOf(left, a, check), await answerOf(right, b, check)];
    const { name, file, line } = check;
    results.push({ name, file, line, a: before, b: after, changed: changesOf(before, after) });
  }
  return results;
}

/** A side that is one proxy answers for it; otherwise the check names the proxy. */
async function answerOf(mesh: OpenMesh, side: Side, { proxy, subject }: Check): Promise<RequestOutcome> {
  if (subject.kind !== 'trace') return { ways: [] };
  try {
    const tracer = await mesh.open(side.target ?? proxy ?? undefined);
    const trace = await tracer.trace(queryOf(subject.request), { allBranches: true, explain: false });
    return { ways: waysOf(trace) };
  } catch (error) {
    if (!(error instanceof MctlError)) throw error;
    const exitStatus = error.exitCode === ExitCode.usage ? ExitCode.input : error.exitCode;
    return { error: error.message, exitStatus };
  }
}

/** One way on either side is compared by itself: most requests have no other. */
function changesOf(a: RequestOutcome, b: RequestOutcome): RequestDiff['changed'] {
  if ('error' in a || 'error' in b)
    return compareValues('error' in a ? a.error : null, 'error' in b ? b.error : null, 'error');
  return a.ways.length === 1 && b.ways.length === 1
    ? compareValues(a.ways[0], b.ways[0])
    : compareValues(a.ways, b.ways, 'ways');
}
