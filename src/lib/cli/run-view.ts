/** The way that all view commands go: open the proxies, make the view of each, print it, and say what is not in it. */
import { ExitCode } from '../errors';
import { proxyName } from '../proxy-id';
import { visibleLine } from '../render/visible';
import type { AskedOfProxy, ReadView } from '../session/read-view';
import type { MeshSource, ProxySource } from '../source/source';
import type { AppliedView, Asked, ViewResult } from '../view/view';
import { printView, rulesOf, type ViewFormat } from './formats';
import { Failures } from './failures';
import { inParallel } from './in-parallel';
import { differences, type Replica, replicaOfRows, replicaOfValue } from './replicas';
import { type WantedSource, withProxies } from './session';
import type { Streams } from './streams';

/** What is shown, of which proxies, and how. */
export interface ViewRun {
  readonly wanted: WantedSource;
  readonly format: ViewFormat;
  readonly failOnEmpty: boolean;
  readonly asked: Asked;
  readonly read: ReadView;
}

/** Prints the views; gives the exit status. One proxy that fails does not lose the others. */
export async function runView(run: ViewRun, streams: Streams): Promise<number> {
  return await withProxies({ ...run.wanted, isConfigurationAlone: true }, streams, async (proxies, mesh) => {
    const [only] = proxies;
    if (proxies.length !== 1 || only === undefined) return await showAll(run, proxies, mesh, streams);
    const applied = await run.read(only, mesh, askedBy(run));
    await printView(applied.result, run.format, streams, 'istioctl');
    return remark(run, applied, streams);
  });
}

function askedBy({ asked, format }: ViewRun): AskedOfProxy {
  return { ...asked, isTable: rulesOf(format).isTable, isWide: format === 'wide' };
}

/** The views of many proxies: one after the other under their names, or as one JSON or YAML value by their names. */
async function showAll(
  run: ViewRun,
  proxies: readonly ProxySource[],
  mesh: MeshSource,
  streams: Streams,
): Promise<number> {
  const { isOneValue, isTable } = rulesOf(run.format);
  const replicas: Replica[] = [];
  const views: (readonly [name: string, view: ViewResult])[] = [];
  let status: number = ExitCode.ok;
  const failures = new Failures();
  const { concurrency } = run.wanted.flags;
  for await (const [proxy, outcome] of inParallel(proxies, concurrency, (one) => makeAndClose(run, one, mesh))) {
    if ('error' in outcome) {
      failures.add(outcome.error, proxy);
      status = ExitCode.unavailable;
      continue;
    }
    const name = proxy.id === null ? proxy.label : proxyName(proxy.id);
    const { result: view } = outcome.value;
    replicas.push(isTable ? replicaOfRows(name, view.table.rows) : replicaOfValue(name, view.json()));
    if (isOneValue) views.push([name, view]);
    else {
      await streams.write(`${visibleLine(name)}:\n`);
      await printView(view, run.format, streams, 'istioctl');
    }
    status = Math.max(status, remark(run, outcome.value, streams));
  }
  const [first] = views;
  if (first !== undefined) {
    const json = (): object => Object.fromEntries(views.map(([name, view]) => [name, view.json()]));
    await printView({ ...first[1], json, jsonItems: null }, run.format, streams, 'istioctl');
  }
  failures.say(streams);
  for (const line of differences(replicas)) streams.note(line);
  return status;
}

/** Of many proxies, only those that are being asked have a connection. */
async function makeAndClose(run: ViewRun, proxy: ProxySource, mesh: MeshSource): Promise<AppliedView> {
  try {
    return await run.read(proxy, mesh, askedBy(run));
  } finally {
    await proxy.close?.();
  }
}

/** Says what the view leaves out; gives its exit status. */
function remark(run: ViewRun, applied: AppliedView, streams: Streams): number {
  const { result, warnings, remarks, whyEmpty } = applied;
  for (const note of [...warnings, ...remarks, ...whyEmpty]) streams.note(note);
  return run.failOnEmpty && result.count === 0 ? ExitCode.no : ExitCode.ok;
}
