/**
 * A directory's lock: a file that says which process writes there. It outlives a process that was killed, and is then
 * known to be stale: no process of that number runs on this machine, or one that began at another time.
 */
import { readFileSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UnavailableError } from '../errors';
import { DRAFT, writeNew } from './draft';
import { codeOf, isAbsent, RefusedPath, writeError } from './file-error';
import { plainText } from './plain-text';
import type { Root } from './root';

export const LOCK = 'capture.lock';

/** What a lock says of the process that holds it. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
  /** What tells the process from a later one of the same number; null where the system does not tell. */
  readonly process: string | null;
}

/** A lock has some 200 bytes. */
const MOST_BYTES = 4096;

/** How often a stale lock is taken away, where others do the same. */
const TRIES = 5;

let locks = 0;

/**
 * Takes the lock of a directory. Throws UnavailableError, with who holds it, where another process does, WriteError where
 * it cannot be written.
 * @param now the time to write down
 * @returns what gives it back
 */
export async function lockDirectory(root: Root, now: Date): Promise<() => Promise<void>> {
  const self: Holder = { pid: process.pid, host: hostname(), since: now.toISOString(), process: beginOf(process.pid) };
  locks += 1;
  const own = `${JSON.stringify({ ...self, id: `${process.pid}-${locks}` })}\n`;
  const path = join(root.real, LOCK);
  const label = root.labelOf([LOCK]);
  const draft = join(root.real, `.${process.pid}-${locks}.lock${DRAFT}`);
  await writeNew({ path: draft, label }, [Buffer.from(own)], { mode: 0o644, gzip: false });
  try {
    for (let left = TRIES; left > 0; left--) {
      if (await taken(draft, path, label, own)) return () => release(path, own);
      await refuseLive(path, label, root.label, draft);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw busy(root.label, label, null);
}

/** Gives the lock its name, whole, unless somebody else's has it. */
async function taken(draft: string, path: string, label: string, text: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
  }
  // A file system without links.
  try {
    const file = await open(path, 'wx', 0o644);
    await file.writeFile(text).finally(() => file.close());
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw writeError('write', label, error);
  }
}

/** Takes a stale lock away. Throws where it is not stale, or cannot be told. */
async function refuseLive(path: string, label: string, directory: string, draft: string): Promise<void> {
  const text = lockText(path, label);
  if (text === null) return;
  const holder = holderOf(text);
  if (holder === null || !isStale(holder)) throw busy(directory, label, holder);
  const aside = `${draft}.old`;
  await rename(path, aside).catch((error: unknown) => {
    if (!isAbsent(error)) throw writeError('remove', label, error);
  });
  const removed = textOrNull(aside);
  // Somebody else was faster, and what was moved aside is the lock of a process that runs.
  if (removed !== null && removed !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** What the lock says; null where it is gone. Throws RefusedPath where something else has its name. */
function lockText(path: string, label: string): string | null {
  let text: string | null;
  try {
    text = plainText(path, MOST_BYTES);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw writeError('read', label, error);
  }
  if (text !== null) return text;
  throw new RefusedPath(`${label} is not a plain file, and only a capture has a file of that name`, {
    hint: 'Move it away, or name another directory.',
  });
}

function textOrNull(path: string): string | null {
  try {
    return plainText(path, MOST_BYTES);
  } catch {
    return null;
  }
}

async function release(path: string, own: string): Promise<void> {
  if (textOrNull(path) === own) await rm(path, { force: true }).catch(() => undefined);
}

function busy(directory: string, label: string, holder: Holder | null): UnavailableError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
  return new UnavailableError(`${directory} is being written by another capture: ${who}`, {
    hint: `Wait for it, or name another directory. Where it no longer runs, remove ${label}.`,
  });
}

function holderOf(text: string): Holder | null {
  let value: Partial<Holder> | null;
  try {
    value = JSON.parse(text) as Partial<Holder> | null;
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { pid, host, since, process: begin } = value;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return null;
  if (typeof host !== 'string' || typeof since !== 'string') return null;
  return { pid, host, since, process: typeof begin === 'string' ? begin : null };
}

/** Only of a process of this machine can be told whether it runs. */
function isStale({ pid, host, process: begin }: Holder): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
  const now = beginOf(pid);
  return begin !== null && now !== null && begin !== now;
}

/** When a process began, as Linux counts it, of which start of the machine; null where that cannot be read. */
function beginOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold blanks; the twenty-second is the time.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot}:${ticks}`;
  } catch {
    return null;
  }
}
