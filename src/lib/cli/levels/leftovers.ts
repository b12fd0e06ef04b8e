/** Levels that a run left raised when it was killed: found in the journal, and put back. */
import { changeRequests, parseLoggers } from '../../envoy/logging';
import { MctlError } from '../../errors';
import type { MeshSource, ProxySource } from '../../source/source';
import { parseTarget } from '../../source/target';
import { askEnvoy } from '../envoy-answers';
import type { Streams } from '../streams';
import { LevelsJournal, type RaisedLevels } from './journal';

/** Opens a proxy by its name, or the only one for null; null where there is none such any more. */
export type OpenProxy = (name: string | null) => Promise<ProxySource | null>;

/** A proxy of a live source by its name. */
export async function openNamed(mesh: MeshSource, name: string | null): Promise<ProxySource | null> {
  if (name === null) return await mesh.open(undefined);
  const [reading] = parseTarget(name).readings;
  return reading === undefined
    ? null
    : await mesh.openProxy({ name: reading.name, namespace: reading.namespace ?? 'default' });
}

/**
 * Puts back what killed runs have left raised at proxies of this source. What somebody has set since stays; other sources are
 * not asked, and are told of. Nothing here ends the run: a failure is a remark.
 */
export async function putBackLeftovers(identity: string, open: OpenProxy, streams: Streams): Promise<void> {
  const journal = LevelsJournal.find(streams);
  for (const entry of journal?.entries() ?? []) {
    if (entry.isAlive || entry.identity !== identity) continue;
    const what = `The log levels that a run of ${entry.at} raised at ${entry.proxy ?? identity} before it was killed`;
    try {
      await putBackOne(entry, open);
      await journal?.remove(entry.file);
      streams.note(`${what} are back.`);
    } catch (error) {
      if (!(error instanceof MctlError)) throw error;
      streams.note(`${what} cannot be put back yet: ${error.message}`);
    }
  }
}

/** Says what killed runs have left raised at proxies of other sources than these: nobody asked for those now. */
export function tellOtherLeftovers(identities: readonly string[], streams: Streams): void {
  for (const { isAlive, identity, proxy, at } of LevelsJournal.find(streams)?.entries() ?? []) {
    if (isAlive || identities.includes(identity)) continue;
    const where = proxy === null ? identity : `${proxy} (${identity})`;
    streams.note(
      `Log levels that a killed run of ${at} raised at ${where} may still be raised: pc log there puts them back.`,
    );
  }
}

async function putBackOne({ proxy: name, before, set }: RaisedLevels, open: OpenProxy): Promise<void> {
  const proxy = await open(name);
  // Of a pod that is gone nothing is left.
  if (proxy === null) return;
  const now = parseLoggers(await askEnvoy(proxy, 'log', 'POST', '/logging'));
  const loggers = new Map([...before].filter(([logger]) => now.get(logger) === set.get(logger)));
  for (const path of changeRequests({ all: null, loggers })) await askEnvoy(proxy, 'log', 'POST', path);
}
