/**
 * What log levels mctl has raised and must put back: written before they are raised, taken away when they are back. A run that
 * was killed leaves its entry, and the next run finds it.
 */
import { hostname } from 'node:os';
import { type LoggerLevels, LEVELS, type LogLevel } from '../../envoy/logging';
import { MctlError } from '../../errors';
import type { Folder } from '../../files/folder';
import { isRunning, openStateFolder, processStart } from '../../files/state-folder';
import type { Streams } from '../streams';

/** One proxy's levels. */
export interface RaisedLevels {
  /** The source that the proxy is of (`MeshSource.identity`). */
  readonly identity: string;
  /** `pod.namespace`; null for an Envoy that has an address and no name. */
  readonly proxy: string | null;
  readonly before: LoggerLevels;
  readonly set: LoggerLevels;
}

export interface JournalEntry extends RaisedLevels {
  readonly file: string;
  readonly at: string;
  readonly isAlive: boolean;
}

/** An entry larger than this was not written by mctl. */
const LARGEST = 1 << 20;
const NAME = 'log-levels';
const FILE = /^levels-[0-9a-z-]{1,80}\.json$/;

let entries = 0;

export class LevelsJournal {
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
  }

  /** Null, and a remark, where nothing can be kept: levels are then put back by this run alone. */
  static open(streams: Streams): LevelsJournal | null {
    try {
      const folder = openStateFolder(streams.env, NAME, true);
      if (folder !== null) return new LevelsJournal(folder);
      streams.note('There is no HOME to keep a note in: levels that a kill -9 leaves raised will not be noticed.');
    } catch (error) {
      if (!(error instanceof MctlError)) throw error;
      streams.note(`Levels that a kill -9 leaves raised will not be noticed: ${error.message}`);
    }
    return null;
  }

  /** The journal that earlier runs have left; null where there is none. */
  static find(streams: Streams): LevelsJournal | null {
    try {
      const folder = openStateFolder(streams.env, NAME, false);
      return folder === null ? null : new LevelsJournal(folder);
    } catch (error) {
      if (error instanceof MctlError) return null;
      throw error;
    }
  }

  /** Writes an entry of this run; the name it has. */
  async add({ identity, proxy, before, set }: RaisedLevels): Promise<string> {
    entries += 1;
    const file = `levels-${process.pid}-${Date.now().toString(36)}-${entries}.json`;
    const entry = {
      version: 1,
      host: hostname(),
      pid: process.pid,
      started: processStart(process.pid),
      at: new Date().toISOString(),
      identity,
      proxy,
      before: Object.fromEntries(before),
      set: Object.fromEntries(set),
    };
    await this.#folder.write([file], [Buffer.from(`${JSON.stringify(entry)}\n`)], { isPrivate: true, replaces: false });
    return file;
  }

  async remove(file: string): Promise<void> {
    await this.#folder.remove([file]);
  }

  /** The entries of this machine; what is no entry is passed over. */
  entries(): readonly JournalEntry[] {
    const { root } = this.#folder;
    return root
      .names([])
      .filter((name) => FILE.test(name))
      .flatMap((name) => {
        try {
          return readEntry(name, root.text([name], LARGEST) ?? '') ?? [];
        } catch (error) {
          if (error instanceof MctlError || error instanceof SyntaxError) return [];
          throw error;
        }
      });
  }
}

function readEntry(file: string, text: string): JournalEntry | null {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { version, host, pid, started, at, identity, proxy, before, set } = value;
  if (version !== 1 || host !== hostname() || typeof pid !== 'number') return null;
  if (typeof identity !== 'string' || typeof at !== 'string') return null;
  const start = typeof started === 'string' ? started : null;
  return {
    file,
    at,
    identity,
    isAlive: isRunning(pid, start),
    proxy: typeof proxy === 'string' ? proxy : null,
    before: levelsOf(before),
    set: levelsOf(set),
  };
}

function levelsOf(value: unknown): LoggerLevels {
  const levels = new Map<string, LogLevel>();
  for (const [logger, word] of Object.entries(value ?? {})) {
    const level = LEVELS.find((one) => one === word);
    if (level !== undefined && /^[\w.-]{1,100}$/.test(logger)) levels.set(logger, level);
  }
  return levels;
}
