/** Where netfilter sends the first packet of a connection, and which rule says so. */
import type { Hook, Packet, IptablesRule, Ruleset, IptablesTable, TableName } from './model';
import { type Evaluation, type OpenRule, walk } from './walk';

/** The order in which a hook's tables are asked. */
const ORDER: readonly TableName[] = ['raw', 'mangle', 'nat', 'filter'];
/** How many conditions that are not known are tried both ways: the walks double with each. */
const MOST_GUESSES = 8;

/** Whether the rules say anything of packets of this family. */
export function coversFamily(rules: Ruleset, family: 4 | 6): boolean {
  return rules.tables.some((table) => table.family === null || table.family === family);
}

/**
 * Evaluates a hook's tables for a packet. Where a condition asks for what is not known, both answers are tried, and only
 * where they lead to different ends is the fate unknown.
 */
export function evaluate(rules: Ruleset, hook: Hook, packet: Packet, tables: readonly TableName[] = ORDER): Evaluation {
  const family = packet.destination.ip.includes(':') ? 6 : 4;
  const applying = tables.flatMap((name) =>
    rules.tables.filter((table) => table.name === name && (table.family === null || table.family === family)),
  );
  return decide(applying, hook, packet, new Map());
}

function decide(
  tables: readonly IptablesTable[],
  hook: Hook,
  packet: Packet,
  guesses: ReadonlyMap<IptablesRule, boolean>,
): Evaluation {
  const { evaluation, open } = walk(tables, hook, packet, guesses);
  if (open === null) return evaluation;
  if (guesses.size >= MOST_GUESSES) return undecided(open);
  const no = decide(tables, hook, packet, new Map([...guesses, [open.rule, false]]));
  if (no.fate.kind === 'unknown') return no;
  const yes = decide(tables, hook, packet, new Map([...guesses, [open.rule, true]]));
  return sameFate(no.fate, yes.fate) ? no : undecided(open);
}

function undecided({ place, because }: OpenRule): Evaluation {
  return { fate: { kind: 'unknown', because }, rule: place, way: [] };
}

function sameFate(a: Evaluation['fate'], b: Evaluation['fate']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
