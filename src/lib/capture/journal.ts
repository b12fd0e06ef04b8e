/**
 * What a capture writes down while it is under way, a line each, so that it can be gone on with: how it began, which files
 * it wrote (before they get their names), which of an earlier one it takes away, and which proxies are done.
 */
import { InputError } from '../errors';
import { isOfLayout } from '../source/snapshot-layout';
import type { Lack } from './lack';

/** What a capture that goes on must have in common with the one that began. */
export interface CaptureHeader {
  readonly version: 2;
  readonly startedAt: string;
  /** The source's name. */
  readonly source: string;
  readonly gzip: boolean;
  /** The key of the replacements, in hexadecimal; null where nothing is replaced. */
  readonly redact: string | null;
}

/** A proxy that is done: what of it could not be had, and its files. */
export interface DoneProxy {
  readonly lacks: readonly Lack[];
  readonly files: readonly string[];
}

/** What an earlier run left. Files are named by their path below the directory, with slashes. */
export interface BegunCapture {
  readonly header: CaptureHeader;
  /** By `namespace/name`. */
  readonly done: ReadonlyMap<string, DoneProxy>;
  /** Every file that mctl wrote there. */
  readonly files: ReadonlySet<string>;
  /** Those of them that were being taken away. */
  readonly removed: ReadonlySet<string>;
}

/** One line. */
export type JournalLine =
  CaptureHeader | { readonly file: string } | { readonly removes: string } | ({ readonly proxy: string } & DoneProxy);

/** A line of the journal as it is written. */
export function lineText(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The most bytes of a journal, or of `snapshot.json`, that are read: some hundred thousand proxies. */
export const LONGEST_RECORD = 256 << 20;

/** Reads a journal; a line that was broken off is left out. Throws InputError where it is not of this mctl. */
export function readJournal(label: string, text: string): BegunCapture {
  const [first = '', ...rest] = text.split('\n');
  const header = headerOf(parsedRecord(first));
  if (header === null) {
    throw new InputError(`${label} is not the journal of a capture by this mctl`, {
      hint: 'Name another directory, or remove what is in this one.',
    });
  }
  const done = new Map<string, DoneProxy>();
  const files = new Set<string>();
  const removed = new Set<string>();
  for (const line of rest) {
    const record = parsedRecord(line);
    if (record === null) continue;
    const { file, removes, proxy, lacks } = record;
    if (isOwn(file)) files.add(file);
    if (isOwn(removes)) {
      files.add(removes);
      removed.add(removes);
    }
    if (typeof proxy !== 'string') continue;
    const own = ownFiles(record['files']);
    for (const one of own) files.add(one);
    done.set(proxy, { lacks: Array.isArray(lacks) ? lacks.filter(isLack) : [], files: own });
  }
  return { header, done, files, removed };
}

/** Paths in a record that can be mctl's own: a record may come from anybody, and only files of a snapshot are. */
export function ownFiles(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isOwn) : [];
}

/** An object of one line; null where the text is none. */
export function parsedRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function headerOf(record: Readonly<Record<string, unknown>> | null): CaptureHeader | null {
  if (record?.['version'] !== 2) return null;
  const { startedAt, source, gzip, redact } = record;
  if (typeof startedAt !== 'string' || typeof source !== 'string' || typeof gzip !== 'boolean') return null;
  if (redact !== null && (typeof redact !== 'string' || !/^[0-9a-f]{64}$/.test(redact))) return null;
  return { version: 2, startedAt, source, gzip, redact };
}

function isOwn(value: unknown): value is string {
  return typeof value === 'string' && isOfLayout(value.split('/'));
}

function isLack(value: unknown): value is Lack {
  const { proxy, what, why, isOptional } = (value ?? {}) as Partial<Record<keyof Lack, unknown>>;
  const isText = typeof what === 'string' && typeof why === 'string';
  return isText && typeof isOptional === 'boolean' && (proxy === null || typeof proxy === 'string');
}
