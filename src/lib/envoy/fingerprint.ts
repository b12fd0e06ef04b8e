/** What two proxies have in common whose configuration is the same but for when it came: replicas of a workload. */
import { createHash } from 'node:crypto';
import type { RawSection } from '../scan/raw-dump';
import type { ConfigDump } from './config-dump';
import type { ClusterStatus, HostStatus } from './endpoint';

/** The sections that decide what becomes of requests; the bootstrap and the certificates are each pod's own. */
export const FINGERPRINTED = ['Listeners', 'Clusters', 'Routes', 'ScopedRoutes', 'Endpoints', 'Ecds'] as const;

/**
 * What says when a resource came, and with which push; in metadata of the resource itself the same words are its configuration.
 * A text that has these words in it has its quotes escaped.
 */
const WHEN = ['"last_updated"', '"lastUpdated"', '"version_info"', '"versionInfo"'];

/** Fields of a section that say no more than that. */
const WHEN_OF_SECTION = new Set(['version_info', 'versionInfo', 'last_updated', 'lastUpdated']);

/**
 * A text that two dumps share only if the sections of FINGERPRINTED hold the same resources at the same places, and if
 * /clusters says the same of their hosts, counters aside.
 */
export function fingerprintOf(dump: ConfigDump, statuses: readonly ClusterStatus[] | null): string {
  const entries = FINGERPRINTED.map((name) => fingerprintOfLists(dump.section(name)));
  return [...entries, digestOf([JSON.stringify(statuses?.map(withoutCounters) ?? null)])].join(' ');
}

/** A text that two dumps share only if a section of theirs is the same, its own fields included; null where it is missing. */
export function fingerprintOfSection(dump: ConfigDump, name: string): string | null {
  const section = dump.section(name);
  if (section === null) return null;
  const fields = Object.entries(section.fields).filter(([field]) => !WHEN_OF_SECTION.has(field));
  return `${fingerprintOfLists(section)} ${digestOf([JSON.stringify(fields)])}`;
}

function fingerprintOfLists(section: RawSection | null): string {
  return digestOf(section === null ? [] : textsOf(section));
}

function* textsOf({ pointer, lists }: RawSection): Iterable<string | Uint8Array> {
  yield `${pointer}\n`;
  for (const [list, entries] of Object.entries(lists)) {
    yield `${list} ${entries.length}\n`;
    for (const entry of entries) {
      yield `${entry.pointer}\n`;
      yield* withoutWhen(entry.text());
    }
  }
}

/** The pieces of an entry's JSON text between the members that say when it came. */
function* withoutWhen(text: Uint8Array): Iterable<Uint8Array> {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  const places = WHEN.flatMap((name) => membersOf(bytes, name)).sort(([one], [other]) => one - other);
  let from = 0;
  for (const [begin, end] of places) {
    // What stands in a value is a part of it.
    if (begin < from || !isOfEntry(bytes, begin, end)) continue;
    yield bytes.subarray(from, begin);
    from = end;
  }
  yield bytes.subarray(from);
}

/** An entry is an object, and so is the state of a listener in it: what stands deeper belongs to the resource. */
const DEEPEST = 2;
const OPENING = '{'.charCodeAt(0);
const CLOSING = '}'.charCodeAt(0);

/**
 * Whether a member is the entry's own, as far as braces before or behind it tell without reading the whole: those in a text count,
 * too, so that what is not sure counts as the resource's.
 */
function isOfEntry(bytes: Buffer, begin: number, end: number): boolean {
  let braces = 0;
  for (let at = bytes.indexOf(OPENING); at !== -1 && at < begin; at = bytes.indexOf(OPENING, at + 1)) {
    braces += 1;
    if (braces > DEEPEST) return !hasMore(bytes, end);
  }
  return true;
}

/** Whether more than DEEPEST objects end behind a place. */
function hasMore(bytes: Buffer, end: number): boolean {
  let at = end - 1;
  for (let braces = 0; braces <= DEEPEST; braces += 1) {
    at = bytes.indexOf(CLOSING, at + 1);
    if (at === -1) return false;
  }
  return true;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** From the name to behind the value of each member of this name whose value is a text. @param name in its quotes */
function membersOf(bytes: Buffer, name: string): readonly (readonly [begin: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  for (let begin = bytes.indexOf(name); begin !== -1; begin = bytes.indexOf(name, begin + name.length)) {
    const colon = behindBlanks(bytes, begin + name.length);
    const value = behindBlanks(bytes, colon + 1);
    if (bytes[colon] !== COLON || bytes[value] !== QUOTE) continue;
    let end = value + 1;
    while (end < bytes.length && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
    found.push([begin, end + 1]);
  }
  return found;
}

function behindBlanks(bytes: Buffer, at: number): number {
  let place = at;
  while (BLANKS.has(bytes[place] ?? 0)) place += 1;
  return place;
}

function digestOf(texts: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text);
  return hash.digest('base64');
}

function withoutCounters({ host_statuses: hosts = [], ...status }: ClusterStatus): object {
  return { ...status, hosts: hosts.map((host: HostStatus) => ({ ...host, stats: null })) };
}
