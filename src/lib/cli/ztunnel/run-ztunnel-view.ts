/** The way that all views of a ztunnel go: open it, gather the view while its dump streams by, print it, and remark. */
import { ExitCode } from '../../errors';
import { bounded } from '../../limits';
import { proxyName, type ProxyId } from '../../proxy-id';
import type { Body, OpenedZtunnel } from '../../source/source';
import { UnavailableError } from '../../errors';
import type { ViewResult } from '../../view/view';
import type { Gathering } from '../../view/ztunnel/gather';
import { type DumpOutline, readZtunnelDump, type Takers } from '../../ztunnel/read-dump';
import { withMesh } from '../session';
import { printView, valueText, type ViewFormat } from '../formats';
import type { Streams } from '../streams';
import { requestOf, type ZtunnelWanted } from './ztunnel-flags';

export interface ZtunnelRun {
  readonly wanted: ZtunnelWanted;
  readonly format: ViewFormat;
  readonly failOnEmpty: boolean;
  /** @param pod the pod that was named, where it is no ztunnel */
  readonly gather: (pod: ProxyId | null) => Gathering;
}

/** Prints the view; gives the exit status. */
export async function runZtunnelView(run: ZtunnelRun, streams: Streams): Promise<number> {
  return await withZtunnel(run.wanted, streams, async ({ ztunnel, workload }) => {
    const gathering = run.gather(workload);
    const outline = await readBody(await ztunnel.configDump(), gathering.takers);
    const { view, notes } = gathering.made(outline);
    const json = (): object => view.json() ?? NOTHING;
    await printZtunnel({ ...view, json }, run.format, streams);
    for (const note of notes) streams.note(note);
    if (view.count === 0 && workload !== null) {
      streams.note(`The ztunnel does not know pod ${proxyName(workload)}: is it in ambient mode?`);
    }
    return run.failOnEmpty && view.count === 0 ? ExitCode.no : ExitCode.ok;
  });
}

/** Stands for null where an object is asked for. */
const NOTHING = Object.freeze({ toJSON: () => null });

async function printZtunnel(view: ViewResult, format: ViewFormat, streams: Streams): Promise<void> {
  if (format !== 'yaml') {
    await printView(view, format, streams, 'istioctl');
    return;
  }
  const value = view.json() === NOTHING ? (null as unknown as object) : view.json();
  // istioctl's ends in an empty line.
  await streams.write(`${await valueText(value, format)}\n`, 'data');
}

/** Opens the source and the ztunnel that is meant, and closes it whatever happens. */
export async function withZtunnel<T>(
  wanted: ZtunnelWanted,
  streams: Streams,
  use: (opened: OpenedZtunnel) => Promise<T>,
): Promise<T> {
  const request = requestOf(wanted);
  return await withMesh(wanted.flags, streams, async (mesh) => {
    if (mesh.ztunnels === undefined) throw new UnavailableError(`${mesh.label} knows of no ztunnels`);
    return await use(await mesh.ztunnels.open(request));
  });
}

/** Reads a dump from where it can be had best: a plain file at once, everything else as it comes. */
export async function readBody(body: Body, takers: Takers): Promise<DumpOutline> {
  return await readZtunnelDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), takers);
}
