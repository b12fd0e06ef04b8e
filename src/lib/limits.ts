/**
 * How large input may be. Whoever hands mctl a file of a megabyte shall not make it take gigabytes; a plain file on the disk
 * may be as large as it likes, since it is read in pieces. One option allows more: `--max-input`, or MCTL_MAX_INPUT.
 */
import { InputError, UsageError } from './errors';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** In bytes, where nothing else is allowed. */
export const DEFAULT_LIMITS = {
  /** What a stream may bring: standard input, a pipe, an answer of Envoy or of a cluster, a compressed file. */
  stream: 2 * GIB,
  /** A list of Kubernetes objects, a JSON report, and other documents that are read as a whole. */
  document: 256 * MIB,
  /** One entry of a dump, or one text of it. */
  value: 128 * MIB,
  /** The rules of a pod. */
  rules: 16 * MIB,
  /** A check file, a kubeconfig. */
  checks: 16 * MIB,
  /** A snapshot's own description. */
  manifest: 16 * MIB,
} as const;

export type LimitName = keyof typeof DEFAULT_LIMITS;

/** How many times its size a compressed file may grow; JSON of Envoy's grows 10 to 60 times. */
export const MOST_GROWTH = 200;

/** How much may come of a compressed file whatever it grows. */
export const FREE_GROWTH = 32 * MIB;

/** Objects and lists of a document that is read as a whole: each takes far more memory than it has bytes. */
export const MOST_OBJECTS = 8_000_000;

/** Entries of one list of a dump; a dump of 700 MB has some 100,000. */
export const MOST_ENTRIES = 2_000_000;

/** Sections of a dump, which has some ten, and members of one object that is read member by member. */
export const MOST_MEMBERS = 100_000;

/** How often a check file may repeat a part of itself by an alias. https://yaml.org/spec/1.2.2/#71-alias-nodes */
export const MOST_ALIASES = 100;

let allowed: number | null = null;

/** Allows input of this many bytes, of every kind; null for the defaults. */
export function allowInput(bytes: number | null): void {
  allowed = bytes;
}

/** Whether the person has said how much may come. */
export function isInputAllowed(): boolean {
  return allowed !== null;
}

/** The limit that holds now, in bytes. */
export function limitOf(name: LimitName): number {
  return allowed === null
    ? DEFAULT_LIMITS[name]
    : name === 'stream'
      ? allowed
      : Math.max(allowed, DEFAULT_LIMITS[name]);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: KIB, m: MIB, g: GIB, t: 1024 * GIB };

/** A size as it is written: `8GiB`, `512M`, `1000000`. Throws UsageError for anything else. */
export function parseSize(text: string, option: string): number {
  const [, number = '', unit = ''] = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*(?:([kmgt])(?:ib|b)?|b)?\s*$/i.exec(text) ?? [];
  const bytes = number === '' ? NaN : Number(number) * (UNITS[unit.toLowerCase()] ?? NaN);
  if (Number.isFinite(bytes) && bytes > 0) return Math.floor(bytes);
  throw new UsageError(`invalid argument "${text.slice(0, 100)}" for "${option}": it is not a size`, {
    hint: 'Write a number of bytes, or one with a unit: 512MiB, 8GiB.',
  });
}

/** A number of bytes for people. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', GIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ] as const) {
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** What is said of input that is larger than it may be. */
export function tooLarge(what: string, limit: string, suggestion = '8GiB'): InputError {
  return new InputError(`${what}; the limit is ${limit}`, {
    hint: `If you know where it comes from, allow more with --max-input ${suggestion}, or with MCTL_MAX_INPUT=${suggestion}.`,
  });
}

/** Passes bytes on until there are more than the limit. Throws InputError then. */
export async function* bounded(
  label: string,
  chunks: AsyncIterable<Uint8Array>,
  name: LimitName = 'stream',
): AsyncIterable<Uint8Array> {
  const limit = limitOf(name);
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw tooLarge(`${label} is larger than it may be`, sizeText(limit), twice(limit));
    yield chunk;
  }
}

function twice(limit: number): string {
  return sizeText(Math.max(2 * limit, GIB)).replace(' ', '');
}
