/** A line that can be read in several ways, since a value may hold the text that ends it: the configuration tells which one is meant. */
import { entryOf, type LogEntry } from './entry';
import type { LogLine } from './read-line';

/** What a line says, the likeliest reading first. */
export function entriesOf({ values, others }: LogLine): readonly [LogEntry, ...LogEntry[]] {
  return [entryOf({ values }), ...others.map((other) => entryOf({ values: other }))];
}

/** A reading, and what was found of it. */
export interface LineReading<Found> {
  readonly entry: LogEntry;
  readonly found: Found;
  /** What the line was read as (`path /a|b`); null where that is the likeliest reading. */
  readonly as: string | null;
}

/** The first reading that is good by what is found of it; the likeliest where none is. */
export async function firstGood<Found>(
  [likeliest, ...others]: readonly [LogEntry, ...LogEntry[]],
  find: (entry: LogEntry) => Promise<Found>,
  isGood: (found: Found) => boolean,
): Promise<LineReading<Found>> {
  const first: LineReading<Found> = { entry: likeliest, found: await find(likeliest), as: null };
  if (isGood(first.found)) return first;
  for (const entry of others) {
    const found = await find(entry);
    if (isGood(found)) return { entry, found, as: readAs(likeliest, entry) };
  }
  return first;
}

/** What a line was read as, and what else it needs. */
export function withReading(as: string | null, needs: string | null): string | null {
  if (as === null) return needs;
  return needs === null ? `the line read with ${as}` : `the line read with ${as} and ${needs}`;
}

const TEXTS = [
  'method',
  'path',
  'authority',
  'protocol',
  'flags',
  'details',
  'forwardedFor',
  'cluster',
  'route',
] as const;

function readAs(one: LogEntry, other: LogEntry): string {
  const fields = TEXTS.filter((key) => one[key] !== other[key]).map((key) => [key, other[key]] as const);
  const headers = [...other.headers].filter(([name, value]) => one.headers.get(name) !== value);
  return [...fields, ...headers].map(([name, value]) => `${name} ${value ?? '-'}`).join(', ');
}
