/** The way that all views of a ztunnel go: open it, gather the view while its dump streams by, print it, and remark. */
import { ExitCode, UnavailableError } from '../../errors';
import { bounded } from '../../limits';
import { proxyName } from '../../proxy-id';
import type { Body, OpenedZtunnel } from '../../source/source';
import type { ViewResult } from '../../view/view';
import { JSON_NULL } from '../../view/ztunnel/text';
import type { PlainGathering } from '../../view/ztunnel/plain/plain-view';
import type { Taking } from '../../view/ztunnel/taking';
import type { ZtunnelAsked, ZtunnelView } from '../../view/ztunnel/ztunnel-view';
import { type DumpOutline, readZtunnelDump } from '../../ztunnel/read-dump';
import { withMesh } from '../session';
import { printView, rulesOf, type ViewFormat } from '../formats';
import type { Streams } from '../streams';
import { requestOf, type ZtunnelWanted } from './ztunnel-flags';

export interface ZtunnelRun {
  readonly wanted: ZtunnelWanted;
  readonly format: ViewFormat;
  readonly failOnEmpty: boolean;
  readonly view: ZtunnelView;
  readonly asked: Pick<ZtunnelAsked, 'values' | 'isRaw'>;
}

/** Prints the view; gives the exit status. */
export async function runZtunnelView(run: ZtunnelRun, streams: Streams): Promise<number> {
  return await withZtunnel(run.wanted, streams, async ({ ztunnel, workload }) => {
    const plain = run.format === 'short' && streams.exact ? run.view.plain({ ...run.asked, pod: workload }) : null;
    if (plain !== null) return await printPlain(run, plain, await ztunnel.configDump(), streams);
    const { isTable } = rulesOf(run.format);
    const gathering = run.view.gather({ ...run.asked, isTable, pod: workload, now: new Date() });
    const outline = await readBody(await ztunnel.configDump(), gathering);
    const { result, warnings, remarks, whyEmpty } = gathering.made(outline);
    await printZtunnel(result, run.format, streams);
    for (const note of [...warnings, ...remarks, ...whyEmpty]) streams.note(note);
    if (result.count === 0 && workload !== null) {
      streams.note(`The ztunnel does not know pod ${proxyName(workload)}: is it in ambient mode?`);
    }
    return run.failOnEmpty && result.count === 0 ? ExitCode.no : ExitCode.ok;
  });
}

/** What a program reads: istioctl's table to the byte. */
async function printPlain(
  { failOnEmpty }: ZtunnelRun,
  gathering: PlainGathering,
  body: Body,
  streams: Streams,
): Promise<number> {
  await readBody(body, gathering);
  const { blocks, count, whyEmpty } = gathering.made();
  await streams.write(blocks, 'bytes');
  for (const note of whyEmpty) streams.note(note);
  return failOnEmpty && count === 0 ? ExitCode.no : ExitCode.ok;
}

async function printZtunnel(view: ViewResult, format: ViewFormat, streams: Streams): Promise<void> {
  if (format === 'yaml' && (view.jsonItems ?? null) === null && view.json() === JSON_NULL)
    await streams.write('null\n', 'data');
  else await printView(view, format, streams, 'istioctl');
  // istioctl's YAML ends in an empty line.
  if (format === 'yaml') await streams.write('\n', 'data');
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
export async function readBody(body: Body, { takers, fields, places }: Taking): Promise<DumpOutline> {
  const input = body.open?.() ?? bounded(body.label, body.chunks());
  return await readZtunnelDump(body.label, input, takers, fields, places);
}
