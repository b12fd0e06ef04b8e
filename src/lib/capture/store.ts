/**
 * The directory that a capture is written to. While one is under way, or was broken off, it holds `capture.partial.jsonl`,
 * and no reader takes it for a snapshot; `snapshot.json` is written last, and then the partial file goes. Both list the
 * files that mctl wrote, and no others are ever replaced or taken away.
 */
import { InputError, UsageError } from '../errors';
import { proxyName } from '../proxy-id';
import { DRAFT } from '../files/draft';
import { Folder, type Appender } from '../files/folder';
import { LOCK, lockDirectory } from '../files/lock';
import type { Openable } from '../files/readable';
import type { Below } from '../files/root';
import { isNamed, PARTIAL_CAPTURE, SNAPSHOT } from '../source/snapshot-layout';
import {
  type BegunCapture,
  type CaptureHeader,
  type DoneProxy,
  type JournalLine,
  lineText,
  LONGEST_RECORD,
  ownFiles,
  parsedRecord,
  readJournal,
} from './journal';
import type { Lack } from './lack';

/** A file that is written for this run only. */
export interface Scratch {
  readonly file: Openable;
  remove(): Promise<void>;
}

/** The files of a capture: each is written whole or not at all. */
export class CaptureStore {
  readonly #folder: Folder;
  readonly #unlock: () => Promise<void>;
  readonly #scratches = new Set<Scratch>();
  /** Files that mctl wrote and that belong to this capture. */
  readonly #files = new Set<string>();
  #journal: Appender | null = null;
  #gzip = false;

  private constructor(folder: Folder, unlock: () => Promise<void>) {
    this.#folder = folder;
    this.#unlock = unlock;
  }

  /**
   * Opens a directory, which is made where it is not there, and locks it; `close` gives it back. Throws UnavailableError
   * where another capture is writing there, WriteError where nothing can be written.
   */
  static async open(directory: string, now: Date): Promise<CaptureStore> {
    const folder = Folder.open(directory);
    try {
      return new CaptureStore(folder, await lockDirectory(folder.root, now));
    } catch (error) {
      await folder.removeIfUnused();
      throw error;
    }
  }

  /** What an earlier run left to go on from; null where the directory is empty. Throws UsageError where it holds other things. */
  begun(): BegunCapture | null {
    const { root } = this.#folder;
    const journal = this.#journalThere();
    if (journal !== null) return journal;
    const there = root.names([]).filter((name) => !isPassing(name));
    if (there.length === 0) return null;
    const incomplete = this.#incomplete();
    if (incomplete !== null) return incomplete;
    const isSnapshot = there.some((name) => name === SNAPSHOT || name === `${SNAPSHOT}.gz` || name === 'proxies');
    throw new UsageError(`${root.label} ${isSnapshot ? 'holds a snapshot already' : 'is not empty'}`, {
      hint: isSnapshot ? 'Name another directory, or give --force to capture anew.' : 'Name another directory.',
    });
  }

  /**
   * The files of an earlier capture, which a new one takes away. Throws InputError where nothing says that mctl wrote
   * what is there.
   */
  earlier(): ReadonlySet<string> {
    const { root } = this.#folder;
    const journal = this.#journalThere();
    if (journal !== null) return journal.files;
    if (root.names([]).every(isPassing)) return new Set();
    const hint = 'Nothing was removed. Name another directory, or remove what is in this one yourself.';
    const text = root.text([SNAPSHOT], LONGEST_RECORD);
    if (text === null) {
      throw new InputError(`${root.label} holds no capture: it has neither ${SNAPSHOT} nor ${PARTIAL_CAPTURE}`, {
        hint,
      });
    }
    const manifest = parsedRecord(text);
    if (manifest !== null && Array.isArray(manifest['files'])) return new Set(ownFiles(manifest['files']));
    throw new InputError(`${root.labelOf([SNAPSHOT])} does not list the files that mctl capture wrote`, { hint });
  }

  /**
   * Looks at every file that a capture takes away or may write, before it touches one. Throws RefusedPath where there is a link or
   * another's file in its place.
   * @param planned the files of the layout that may be written, uncompressed ones as they are called
   */
  refuseForeign(
    planned: readonly Below[],
    gzip: boolean,
    begun: BegunCapture | null,
    earlier: ReadonlySet<string>,
  ): void {
    const own = new Set([...earlier, ...(begun?.files ?? [])]);
    for (const file of own) this.#folder.refuseUnwritable(file.split('/'), true);
    for (const path of planned) {
      const written = gzip ? gzipped(path) : path;
      this.#folder.refuseUnwritable(written, own.has(written.join('/')));
    }
  }

  /** Begins, or goes on where `begun` said so; takes away what is of an earlier capture and not of this one. */
  async start(header: CaptureHeader, begun: BegunCapture | null, earlier: ReadonlySet<string>): Promise<void> {
    this.#gzip = header.gzip;
    const kept = begun === null ? new Set<string>() : keptOf(begun);
    const removed = [...earlier, ...(begun?.files ?? [])].filter((file) => !kept.has(file));
    for (const file of kept) this.#files.add(file);
    const lines: JournalLine[] = [
      header,
      ...removed.map((removes) => ({ removes })),
      ...[...kept].map((file) => ({ file })),
      ...[...(begun?.done ?? [])].map(([proxy, done]) => ({ proxy, ...done })),
    ];
    const path = [PARTIAL_CAPTURE];
    await this.#folder.removeDrafts([]);
    // Readable by its owner only: it may hold the key of the replacements.
    await this.#folder.write(path, bytesOf(lines.map(lineText).join('')), { isPrivate: true, replaces: true });
    this.#journal = await this.#folder.appender(path);
    // From here on the directory is no snapshot, until it is finished.
    await this.#folder.remove([SNAPSHOT]);
    for (const file of removed) await this.#folder.remove(file.split('/'));
    // What was being written when an earlier run was broken off.
    const directories = new Set(removed.map((file) => file.slice(0, file.lastIndexOf('/'))));
    for (const directory of directories) await this.#folder.removeDrafts(directory.split('/'));
  }

  /** Writes a file below the directory, in one piece or not at all; gives its path. Throws WriteError, RefusedPath. */
  async write(path: Below, chunks: AsyncIterable<Uint8Array>): Promise<string> {
    const named = this.#gzip ? gzipped(path) : path;
    const file = named.join('/');
    await this.#folder.write(named, chunks, {
      gzip: this.#gzip,
      replaces: this.#files.has(file),
      beforeWrite: async () => {
        await this.#note({ file });
      },
    });
    this.#files.add(file);
    return file;
  }

  /** Writes bytes for this run only. */
  async scratch(chunks: AsyncIterable<Uint8Array>): Promise<Scratch> {
    const { path, file } = await this.#folder.scratch(chunks);
    const scratch: Scratch = {
      file,
      remove: async () => {
        this.#scratches.delete(scratch);
        await this.#folder.remove(path);
      },
    };
    this.#scratches.add(scratch);
    return scratch;
  }

  /** Notes that a proxy is done. */
  async done(proxy: string, lacks: readonly Lack[], files: readonly string[]): Promise<void> {
    await this.#note({ proxy, lacks, files });
  }

  /** Writes the manifest, and with it makes the directory a snapshot. */
  async finish(manifest: object): Promise<void> {
    const text = `${JSON.stringify({ ...manifest, files: [...this.#files].sort() }, null, 2)}\n`;
    await this.#folder.write([SNAPSHOT], bytesOf(text), { replaces: false });
    await this.#folder.sync();
    await this.#journal?.close();
    await this.#folder.remove([PARTIAL_CAPTURE]);
  }

  /** Takes away what was for this run only, and gives the directory back. */
  async close(): Promise<void> {
    await this.#journal?.close();
    await Promise.all([...this.#scratches].map((scratch) => scratch.remove().catch(() => undefined)));
    await this.#unlock();
    await this.#folder.removeIfUnused();
  }

  async #note(line: JournalLine): Promise<void> {
    await this.#journal?.add(lineText(line));
  }

  #journalThere(): BegunCapture | null {
    const { root } = this.#folder;
    const text = root.text([PARTIAL_CAPTURE], LONGEST_RECORD);
    return text === null ? null : readJournal(root.labelOf([PARTIAL_CAPTURE]), text);
  }

  /** A snapshot that says what it lacks, as a capture to go on with; null for any other. */
  #incomplete(): BegunCapture | null {
    const text = this.#folder.root.text([SNAPSHOT], LONGEST_RECORD);
    const manifest = text === null ? null : parsedRecord(text);
    const { capturedAt, source, redacted, missing, files: listed } = manifest ?? {};
    // The key of its replacements is gone, so what is added would have other names.
    if (!Array.isArray(missing) || !Array.isArray(listed) || typeof source !== 'string' || redacted === true)
      return null;
    const files = ownFiles(listed);
    const lacking = new Set(missing.map((one) => (one as { proxy?: unknown } | null)?.proxy));
    const done = new Map<string, DoneProxy>();
    for (const [proxy, own] of byProxy(files)) {
      const [namespace = '', name = ''] = proxy.split('/');
      const isSaved = own.some((file) => isNamed(file.split('/').at(-1) ?? '', 'config_dump.json'));
      if (isSaved && !lacking.has(proxyName({ name, namespace }))) done.set(proxy, { lacks: [], files: own });
    }
    const header: CaptureHeader = {
      version: 2,
      startedAt: typeof capturedAt === 'string' ? capturedAt : '',
      source,
      gzip: files.some((file) => file.endsWith('.gz')),
      redact: null,
    };
    return { header, done, files: new Set(files), removed: new Set() };
  }
}

/** What a file is called that is compressed. */
function gzipped(path: Below): Below {
  return [...path.slice(0, -1), `${path.at(-1) ?? ''}.gz`];
}

/** Whether a name is of a run, and not of what it writes: a lock, or a draft, which may be another run's that waits. */
function isPassing(name: string): boolean {
  return name === LOCK || name.endsWith(DRAFT);
}

/** Files of proxies, by `namespace/name`. */
function byProxy(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const file of files) {
    const [top, namespace, name] = file.split('/');
    if (top !== 'proxies' || namespace === undefined || name === undefined) continue;
    const key = `${namespace}/${name}`;
    const own = found.get(key) ?? [];
    own.push(file);
    found.set(key, own);
  }
  return found;
}

/** What a capture that goes on keeps: the files of proxies that are done, and lists, which it may fail to get again. */
function keptOf({ files, removed, done }: BegunCapture): ReadonlySet<string> {
  const lists = [...files].filter((file) => file.startsWith('kubernetes/') && !removed.has(file));
  return new Set([...lists, ...[...done.values()].flatMap((proxy) => proxy.files)]);
}

/** Text as the one chunk of a body. */
export async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
