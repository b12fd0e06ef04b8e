/** The way that all view commands go: open the proxies, make the view of each, print it, and say what is not in it. */
import type { ConfigDump } from '../envoy/config-dump';
import { ExitCode, InputError, MctlError } from '../errors';
import { proxyName } from '../proxy-id';
import type { MeshSource, ProxySource, SectionName } from '../source/source';
import type { View } from '../view/view';
import { inParallel } from './in-parallel';
import { differences, type Replica, replicaOfRows, replicaOfValue } from './replicas';
import { type Wanted, withProxies } from './session';
import { isTable, viewText } from './show-view';
import type { Streams } from './streams';

export interface ViewRun {
  readonly wanted: Wanted;
  readonly format: string;
  readonly failOnEmpty: boolean;
  /** Makes the view of one proxy, and remarks on it. */
  readonly make: (proxy: ProxySource, mesh: MeshSource) => Promise<MadeView>;
}

export interface MadeView {
  readonly view: View;
  readonly notes: readonly string[];
}

/** How many proxies are asked at once. */
const AT_ONCE = 8;

/** Prints the views; gives the exit status. One proxy that fails does not lose the others. */
export async function runView(run: ViewRun, streams: Streams): Promise<number> {
  return await withProxies(run.wanted, streams, async (proxies, mesh) => {
    const [only] = proxies;
    if (proxies.length !== 1 || only === undefined) return await showAll(run, proxies, mesh, streams);
    const made = await run.make(only, mesh);
    await streams.write(await viewText(made.view, run.format, streams));
    return remark(run, made, streams);
  });
}

/** The views of many proxies: one after the other under their names, or as one JSON or YAML value by their names. */
async function showAll(
  run: ViewRun,
  proxies: readonly ProxySource[],
  mesh: MeshSource,
  streams: Streams,
): Promise<number> {
  const isOneValue = run.format === 'json' || run.format === 'yaml';
  const replicas: Replica[] = [];
  const views: (readonly [name: string, view: View])[] = [];
  let status: number = ExitCode.ok;
  for await (const [proxy, outcome] of inParallel(proxies, AT_ONCE, (one) => makeAndClose(run, one, mesh))) {
    if ('error' in outcome) {
      sayFailure(outcome.error, proxy, streams);
      status = ExitCode.unavailable;
      continue;
    }
    const name = proxy.id === null ? proxy.label : proxyName(proxy.id);
    const { view } = outcome.value;
    replicas.push(isTable(run.format) ? replicaOfRows(name, view.table.rows) : replicaOfValue(name, view.json()));
    if (isOneValue) views.push([name, view]);
    else {
      const text = await viewText(view, run.format, streams);
      await streams.write(`${name}:\n`);
      await streams.write(text);
    }
    status = Math.max(status, remark(run, outcome.value, streams));
  }
  const [first] = views;
  if (first !== undefined) {
    const json = (): object => Object.fromEntries(views.map(([name, view]) => [name, view.json()]));
    await streams.write(await viewText({ ...first[1], json }, run.format, streams));
  }
  for (const line of differences(replicas)) streams.note(line);
  return status;
}

/** Of many proxies, only those that are being asked have a connection. */
async function makeAndClose(run: ViewRun, proxy: ProxySource, mesh: MeshSource): Promise<MadeView> {
  try {
    return await run.make(proxy, mesh);
  } finally {
    await proxy.close?.();
  }
}

/** Says what the view leaves out; gives its exit status. */
function remark(run: ViewRun, { view, notes }: MadeView, streams: Streams): number {
  for (const note of notes) streams.note(note);
  return run.failOnEmpty && view.count === 0 ? ExitCode.no : ExitCode.ok;
}

/** Says why one of many proxies has no answer; anything but a failure that mctl reports is thrown on. */
export function sayFailure(error: Error, proxy: ProxySource, streams: Streams): void {
  if (!(error instanceof MctlError)) throw error;
  const isNamed = error.message.includes(proxy.label);
  streams.note(`Error: ${isNamed ? '' : `${proxy.label}: `}${error.message}`);
  if (error.hint !== null) streams.note(error.hint);
}

/** Throws InputError where the dump lacks the section, or where the section has nothing that serves. */
export function requireSection(dump: ConfigDump, section: SectionName, prefix = ''): void {
  if (dump.section(section) !== null) return;
  const type = `type.googleapis.com/envoy.admin.v3.${section}ConfigDump`;
  throw new InputError(`${prefix}config dump has no configuration type ${type}`, {
    hint: `${dump.label} lacks this section: save the whole of /config_dump?include_eds.`,
  });
}

/** Throws InputError where a section has nothing that serves, as istioctl does. */
export function requireSome(kind: string, count: number): void {
  if (count === 0) throw new InputError(`no ${kind} found`, { hint: `The dump has no ${kind} that serve.` });
}
