/**
 * The directory that a capture is written to. While one is under way, or was broken off, it holds `capture.partial.jsonl`,
 * and no reader takes it for a snapshot; `snapshot.json` is written last, and then the partial file goes. A file's name
 * stands for the whole file: it is written under another name and renamed.
 */
import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InputError, UsageError } from '../errors';
import { PARTIAL_CAPTURE } from '../source/partial-capture';
import type { Lack } from './lack';

/** What a capture that goes on must have in common with the one that began. */
export interface CaptureHeader {
  readonly version: 1;
  readonly startedAt: string;
  /** The source's name. */
  readonly source: string;
  readonly gzip: boolean;
  /** The key of the replacements, in hexadecimal; null where nothing is replaced. */
  readonly redact: string | null;
}

/** A proxy that is done, by its `namespace/name`, and what of it could not be had. */
interface DoneLine {
  readonly proxy: string;
  readonly lacks: readonly Lack[];
}

export interface BegunCapture {
  readonly header: CaptureHeader;
  readonly done: ReadonlyMap<string, readonly Lack[]>;
}

/** `snapshot.json`, as far as a capture that goes on reads it. */
interface Manifest {
  readonly capturedAt?: string;
  readonly source?: string;
  readonly redacted?: boolean;
  readonly missing?: readonly { readonly proxy: string | null }[];
}

const SNAPSHOT = 'snapshot.json';

export class CaptureStore {
  readonly #directory: string;
  readonly #drafts = new Set<string>();
  #gzip = false;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** What an earlier run left to go on from; null where the directory is new. Throws UsageError where it holds other things. */
  async begun(): Promise<BegunCapture | null> {
    const text = await readFile(join(this.#directory, PARTIAL_CAPTURE), 'utf8').catch(() => null);
    if (text !== null) return readBegun(this.#directory, text);
    const there = await readdir(this.#directory).catch((): string[] => []);
    if (there.length === 0) return null;
    const incomplete = await this.#incomplete();
    if (incomplete !== null) return incomplete;
    const isSnapshot = there.some((name) => name === SNAPSHOT || name === `${SNAPSHOT}.gz` || name === 'proxies');
    throw new UsageError(`${this.#directory} ${isSnapshot ? 'holds a snapshot already' : 'is not empty'}`, {
      hint: isSnapshot ? 'Name another directory, or give --force to capture anew.' : 'Name another directory.',
    });
  }

  /** A snapshot that says what it lacks, as a capture to go on with; null for any other. */
  async #incomplete(): Promise<BegunCapture | null> {
    const text = await readFile(join(this.#directory, SNAPSHOT), 'utf8').catch(() => null);
    const manifest = text === null ? null : (parsed(text) as Manifest | null);
    // The key of its replacements is gone, so what is added would have other names.
    if (manifest?.missing === undefined || manifest.source === undefined || manifest.redacted === true) return null;
    const lacking = new Set(manifest.missing.map(({ proxy }) => proxy));
    const saved = await this.#savedProxies();
    const done = saved.filter(({ namespace, name }) => !lacking.has(`${name}.${namespace}`));
    return {
      header: {
        version: 1,
        startedAt: manifest.capturedAt ?? '',
        source: manifest.source,
        gzip: saved.some((one) => one.isGzipped),
        redact: null,
      },
      done: new Map(done.map(({ namespace, name }) => [`${namespace}/${name}`, []])),
    };
  }

  async #savedProxies(): Promise<readonly { namespace: string; name: string; isGzipped: boolean }[]> {
    const files = await readdir(join(this.#directory, 'proxies'), { recursive: true }).catch((): string[] => []);
    return files.flatMap((file) => {
      const [namespace, name, last, ...more] = file.split(sep);
      if (namespace === undefined || name === undefined || last === undefined || more.length > 0) return [];
      return /^config_dump\.json(?:\.gz)?$/.test(last) ? [{ namespace, name, isGzipped: last.endsWith('.gz') }] : [];
    });
  }

  /** Takes an earlier snapshot away; nothing else of the directory is touched. */
  async clear(): Promise<void> {
    for (const name of [SNAPSHOT, `${SNAPSHOT}.gz`, PARTIAL_CAPTURE, 'proxies', 'kubernetes']) {
      await rm(join(this.#directory, name), { recursive: true, force: true });
    }
  }

  /** Begins, or goes on where `begun` said so. */
  async start(header: CaptureHeader, begun: BegunCapture | null): Promise<void> {
    this.#gzip = header.gzip;
    await mkdir(this.#directory, { recursive: true });
    // Readable by its owner only: it may hold the key of the replacements.
    const path = join(this.#directory, PARTIAL_CAPTURE);
    const isUnderWay = await readFile(path).then(
      () => true,
      () => false,
    );
    if (!isUnderWay) {
      const lines = [header, ...[...(begun?.done ?? [])].map(([proxy, lacks]): DoneLine => ({ proxy, lacks }))];
      await writeFile(`${path}${DRAFT}`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
      await rename(`${path}${DRAFT}`, path);
    }
    // From here on the directory is no snapshot, until it is finished.
    await rm(join(this.#directory, SNAPSHOT), { force: true });
    // What was being written when an earlier run was broken off.
    await removeDrafts(this.#directory);
  }

  /** Writes a file below the directory, in one piece or not at all. */
  async write(path: readonly string[], chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const name = join(this.#directory, ...path) + (this.#gzip ? '.gz' : '');
    await this.#writeTo(name, chunks, this.#gzip);
  }

  /** Writes bytes for this run only, and gives the file's path; `removeScratch` takes it away. */
  async scratch(name: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
    const path = join(this.#directory, `.${name}${DRAFT}`);
    this.#drafts.add(path);
    await mkdir(dirname(path), { recursive: true });
    await pipeline(chunks, createWriteStream(path, { mode: 0o600 }));
    return path;
  }

  async removeScratch(path: string): Promise<void> {
    await rm(path, { force: true });
    this.#drafts.delete(path);
  }

  /** Notes that a proxy is done. */
  async done(proxy: string, lacks: readonly Lack[]): Promise<void> {
    const line: DoneLine = { proxy, lacks };
    await appendFile(join(this.#directory, PARTIAL_CAPTURE), `${JSON.stringify(line)}\n`);
  }

  /** Writes the manifest, and with it makes the directory a snapshot. */
  async finish(manifest: object): Promise<void> {
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await this.#writeTo(join(this.#directory, SNAPSHOT), bytesOf(text), false);
    await rm(join(this.#directory, PARTIAL_CAPTURE), { force: true });
  }

  /** Takes away what is half written. */
  async abandon(): Promise<void> {
    await Promise.all([...this.#drafts].map((draft) => rm(draft, { force: true })));
  }

  async #writeTo(name: string, chunks: AsyncIterable<Uint8Array>, gzip: boolean): Promise<void> {
    const draft = `${name}${DRAFT}`;
    this.#drafts.add(draft);
    let closed: Promise<void> = Promise.resolve();
    await mkdir(dirname(name), { recursive: true });
    try {
      const file = createWriteStream(draft, { flush: true });
      closed = new Promise((resolve) => file.once('close', resolve));
      if (gzip) await pipeline(chunks, createGzip(), file);
      else await pipeline(chunks, file);
      await rename(draft, name);
    } catch (error) {
      // A file that is still being opened would come back.
      await closed;
      await rm(draft, { force: true });
      // A directory that nothing else is in stands for nothing.
      await rmdir(dirname(name)).catch(() => undefined);
      throw error;
    } finally {
      this.#drafts.delete(draft);
    }
  }
}

/** How the name of a file ends that is not written yet. */
const DRAFT = '.mctl-draft';

async function removeDrafts(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true }).catch((): string[] => []);
  for (const name of names) if (name.endsWith(DRAFT)) await rm(join(directory, name), { force: true });
}

function readBegun(directory: string, text: string): BegunCapture {
  const [first = '', ...rest] = text.split('\n');
  const header = parsed(first) as CaptureHeader | null;
  if (header?.version !== 1) {
    throw new InputError(`${join(directory, PARTIAL_CAPTURE)} is not of this mctl`, {
      hint: 'Give --force to capture anew.',
    });
  }
  const done = new Map<string, readonly Lack[]>();
  // The last line may have been broken off: its proxy is taken again.
  for (const line of rest) {
    const value = parsed(line) as DoneLine | null;
    if (value !== null) done.set(value.proxy, value.lacks);
  }
  return { header, done };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Text as the one chunk of a body. */
export async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
