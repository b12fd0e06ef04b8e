/**
 * A pod's iptables rules from the log of the container that made them (istio-init): it logs what it gave to
 * iptables-restore, and the state that came of it.
 */

interface Block {
  readonly six: boolean;
  readonly table: string;
  readonly lines: readonly string[];
}

const BUILT_IN = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** The rules as iptables-save prints them; null where the log has none. IPv6 rules only where there are no others. */
export function iptablesFromLog(log: string): string | null {
  const blocks = blocksOf(log.split('\n').flatMap(linesOf));
  const ours = blocks.filter(({ lines }) => lines.some((line) => line.includes('ISTIO')));
  for (const six of [false, true]) {
    const family = ours.filter((block) => block.six === six);
    const saved = family.filter(({ lines }) => lines.some((line) => line.startsWith(':')));
    // The state at the end, and where that was not logged, what was asked for.
    const last = new Map((saved.length > 0 ? saved : family).map((block) => [block.table, block]));
    if (last.has('nat')) return [...last.values()].map(saveText).join('');
  }
  return null;
}

/** A line of the log, or the lines in the message of one that is logged as JSON. */
function linesOf(line: string): readonly string[] {
  if (!line.startsWith('{')) return [line.trimEnd()];
  try {
    const { msg, message } = JSON.parse(line) as { msg?: unknown; message?: unknown };
    const text = msg ?? message;
    return typeof text === 'string' ? text.split('\n').map((one) => one.trimEnd()) : [];
  } catch {
    return [line.trimEnd()];
  }
}

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  let six = false;
  let open: { table: string; lines: string[] } | null = null;
  for (const line of lines) {
    const table = /^\*\s?([a-z]+)$/.exec(line)?.[1];
    if (table !== undefined) open = { table, lines: [] };
    else if (line === 'COMMIT') {
      if (open !== null) blocks.push({ six, ...open });
      open = null;
    } else if (open !== null && /^[:-]/.test(line)) open.lines.push(line);
    else if (/ip6tables|IPv6/.test(line)) six = true;
    else if (/iptables|IPv4/.test(line)) six = false;
  }
  return blocks;
}

/** A block as iptables-save writes it, whether it was printed by that or given to iptables-restore. */
function saveText({ table, lines }: Block): string {
  if (lines.some((line) => line.startsWith(':'))) return [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
  const rules = new Map<string, string[]>(BUILT_IN.map((chain) => [chain, []]));
  for (const line of lines) {
    const [, command = '', chain = '', place, rule = ''] = /^-(N|A|I) (\S+)(?: (\d+)(?= ))?(.*)$/.exec(line) ?? [];
    const there = rules.get(chain) ?? [];
    rules.set(chain, there);
    if (command === 'A') there.push(rule);
    if (command === 'I') there.splice(Number(place ?? 1) - 1, 0, rule);
  }
  const used = [...rules].filter(([chain, there]) => !BUILT_IN.includes(chain) || there.length > 0);
  return [
    `*${table}`,
    ...used.map(([chain]) => `:${chain} ${BUILT_IN.includes(chain) ? 'ACCEPT' : '-'} [0:0]`),
    ...used.flatMap(([chain, there]) => there.map((rule) => `-A ${chain}${rule}`)),
    'COMMIT',
    '',
  ].join('\n');
}
