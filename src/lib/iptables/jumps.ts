/** Jumps from chain to chain: where they lead, and whether they come back. */
import type { BrokenRules } from './fault';
import type { Chain, IptablesRule, Ruleset, IptablesTable } from './model';

/**
 * Rules whose jumps all lead to a chain of their table: what is no such chain is a target of an extension that is not
 * known, so what it does to a packet is not either.
 */
export function resolved(rules: Ruleset): Ruleset {
  return { tables: rules.tables.map(resolvedTable) };
}

function resolvedTable(table: IptablesTable): IptablesTable {
  const isLost = ({ target }: IptablesRule): boolean =>
    (target.kind === 'jump' || target.kind === 'goto') && !table.chains.has(target.chain);
  if (![...table.chains.values()].some((chain) => chain.rules.some(isLost))) return table;
  const chains = new Map([...table.chains].map(([name, chain]) => [name, withoutLost(chain, isLost)]));
  return {
    ...table,
    chains,
    bases: table.bases.map(({ name }) => chains.get(name)).filter((base) => base !== undefined),
  };
}

function withoutLost(chain: Chain, isLost: (rule: IptablesRule) => boolean): Chain {
  const rules = chain.rules.map((rule): IptablesRule => {
    const { target } = rule;
    if (!isLost(rule) || (target.kind !== 'jump' && target.kind !== 'goto')) return rule;
    return { ...rule, target: { kind: 'unknown', name: target.chain } };
  });
  return { ...chain, rules };
}

/**
 * The first jump by which a packet could come back to a chain that it is in; null where there is none. The kernel refuses
 * such rules (mark_source_chains of x_tables, nft_chain_validate of nf_tables). It looks at what can be reached from a
 * hook; every other chain is never asked.
 */
export function jumpLoop({ tables }: Ruleset): BrokenRules | null {
  for (const table of tables) {
    const done = new Set<string>();
    for (const base of table.bases) {
      const loop = loopFrom(base, table, done);
      if (loop !== null) return loop;
    }
  }
  return null;
}

interface Place {
  readonly chain: Chain;
  next: number;
}

/** Walks without recursion: a table may have thousands of chains, each behind the other. */
function loopFrom(base: Chain, table: IptablesTable, done: Set<string>): BrokenRules | null {
  const path: Place[] = [{ chain: base, next: 0 }];
  const open = new Set([base.name]);
  for (let place = path.at(-1); place !== undefined; place = path.at(-1)) {
    const rule = place.chain.rules[place.next++];
    if (rule === undefined) {
      path.pop();
      open.delete(place.chain.name);
      done.add(place.chain.name);
      continue;
    }
    const { target } = rule;
    const chain = target.kind === 'jump' || target.kind === 'goto' ? table.chains.get(target.chain) : undefined;
    if (chain === undefined || done.has(chain.name)) continue;
    if (open.has(chain.name)) return looping(rule, chain, path);
    open.add(chain.name);
    path.push({ chain, next: 0 });
  }
  return null;
}

/** How many chains of a loop are named. */
const NAMED = 6;

function looping(rule: IptablesRule, chain: Chain, path: readonly Place[]): BrokenRules {
  const names = path.map((place) => place.chain.name);
  const loop = names.slice(names.indexOf(chain.name));
  const left = loop.length > NAMED ? [`(${loop.length - NAMED} more)`] : [];
  const way = [...loop.slice(0, NAMED), ...left, chain.name].join(' → ');
  return {
    kind: 'broken',
    line: rule.line,
    because: `chain ${chain.name} jumps back to itself (${way}): the kernel refuses such rules`,
  };
}
