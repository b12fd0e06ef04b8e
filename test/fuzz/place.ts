/** Where a run of the fuzzer has its files, and an Envoy that answers what it is told. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type AdminServer, adminServer } from '../helpers/admin-server';

const SAMPLE = join(__dirname, '../../sample');

export class Place {
  /** A copy of the sample, its files not compressed. */
  readonly snapshot: string;
  /** The sample of ambient mode likewise. */
  readonly ambient: string;
  /** A directory that is not there. */
  readonly free: string;
  /** What the Envoy answers by path, up to the question mark. */
  readonly answers = new Map<string, string>();
  readonly #directory: string;
  /** What files held before, by path; null for one that was not there. */
  readonly #before = new Map<string, string | null>();
  #admin: AdminServer | null = null;

  constructor(directory: string) {
    this.#directory = directory;
    this.snapshot = join(directory, 'mesh');
    this.ambient = join(directory, 'ambient');
    this.free = join(directory, 'capture');
    cpSync(SAMPLE, this.snapshot, { recursive: true });
    cpSync(join(SAMPLE, 'ambient'), this.ambient, { recursive: true });
    rmSync(join(this.snapshot, 'ambient'), { recursive: true });
    for (const root of [this.snapshot, this.ambient]) unpack(root);
  }

  /** A file of the run by its name. */
  at(name: string): string {
    return join(this.#directory, name);
  }

  /** Files of a snapshot below its root. */
  filesOf(root: string): readonly string[] {
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(root, name)).isFile())
      .sort();
  }

  /** Writes a file until `restore`. */
  put(path: string, text: string): string {
    if (!this.#before.has(path)) this.#before.set(path, textOf(path));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** Puts back what was changed, so that a seed alone decides what a call is. */
  restore(): void {
    for (const [path, text] of this.#before) {
      if (text === null) rmSync(path, { force: true });
      else writeFileSync(path, text);
    }
    this.#before.clear();
    this.answers.clear();
    this.forgetCapture();
  }

  forgetCapture(): void {
    rmSync(this.free, { recursive: true, force: true });
  }

  async open(): Promise<void> {
    this.#admin = await adminServer((_method, path) => this.answers.get(path.split('?')[0] ?? '') ?? null);
  }

  get adminUrl(): string {
    return this.#admin?.url ?? '';
  }

  async close(): Promise<void> {
    await this.#admin?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function unpack(root: string): void {
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.gz')) continue;
    writeFileSync(join(root, name.slice(0, -'.gz'.length)), gunzipSync(readFileSync(join(root, name))));
    rmSync(join(root, name));
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
