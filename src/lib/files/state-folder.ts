/**
 * The folder in which mctl keeps, from run to run, what it must still do: for the user alone.
 * https://specifications.freedesktop.org/basedir-spec/latest/ ($XDG_STATE_HOME)
 */
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { InputError } from '../errors';
import { Folder } from './folder';

const OTHERS_MAY_WRITE = 0o022;
const OWNER_ALONE = 0o700;

/**
 * Opens a folder below `$XDG_STATE_HOME/mctl`, by default `~/.local/state/mctl`; null where there is no home. A relative path
 * is passed over, as the specification says. Throws WriteError, and InputError where others may write to it.
 * @param isMade whether it is made where it is not there; else null
 */
export function openStateFolder(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  isMade: boolean,
): Folder | null {
  const { XDG_STATE_HOME: state = '', HOME: home = '' } = env;
  const base = isAbsolute(state) ? state : isAbsolute(home) ? join(home, '.local', 'state') : null;
  if (base === null) return null;
  const path = join(base, 'mctl', name);
  if (!isMade && !existsSync(path)) return null;
  const folder = Folder.open(path);
  const stats = statSync(folder.root.real);
  const uid = process.getuid?.();
  if (uid !== undefined && (stats.uid !== uid || (stats.mode & OTHERS_MAY_WRITE) !== 0)) {
    throw new InputError(`${folder.root.label} is not yours alone: another user could write to it`, {
      hint: `Make it your own (chmod 700), or name another place with XDG_STATE_HOME.`,
    });
  }
  if ((stats.mode & 0o777) !== OWNER_ALONE) chmodSync(folder.root.real, OWNER_ALONE);
  return folder;
}

/** When a process of this machine began, so that another with the same number is not taken for it; null where nobody says. */
export function processStart(pid: number): string | null {
  try {
    // What stands in brackets is the program's name, and may hold anything.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Whether a process runs on this machine. */
export function isRunning(pid: number, start: string | null): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = processStart(pid);
  return start === null || now === null || now === start;
}
