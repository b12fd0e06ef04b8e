/** The way that all view commands go: open the proxies, make the view of each, print it, and say what is not in it. */
import type { ConfigDump } from '../envoy/config-dump';
import { ExitCode, InputError } from '../errors';
import { proxyName } from '../proxy-id';
import type { MeshSource, ProxySource, SectionName } from '../source/source';
import type { View } from '../view/view';
import { type Wanted, withProxies } from './session';
import { viewText } from './show-view';
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

/** Prints the views; gives the exit status. One proxy that fails does not lose the others. */
export async function runView(run: ViewRun, streams: Streams): Promise<number> {
  return await withProxies(run.wanted, streams, async (proxies, mesh) => {
    const [only] = proxies;
    if (proxies.length === 1 && only !== undefined) return await showOne(run, only, mesh, streams);
    let status: number = ExitCode.ok;
    for (const proxy of proxies) {
      await streams.write(`${proxy.id === null ? proxy.label : proxyName(proxy.id)}:\n`);
      try {
        status = Math.max(status, await showOne(run, proxy, mesh, streams));
      } catch (error) {
        streams.note(`Error: ${proxy.label}: ${error instanceof Error ? error.message : 'failed'}`);
        status = ExitCode.unavailable;
      }
    }
    return status;
  });
}

async function showOne(run: ViewRun, proxy: ProxySource, mesh: MeshSource, streams: Streams): Promise<number> {
  const { view, notes } = await run.make(proxy, mesh);
  await streams.write(await viewText(view, run.format, streams));
  for (const note of notes) streams.note(note);
  return run.failOnEmpty && view.count === 0 ? ExitCode.no : ExitCode.ok;
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
