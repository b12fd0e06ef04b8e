/** Netfilter rules as far as they decide where a new connection goes. https://netfilter.org/documentation/ */

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** The first packet of a connection. */
export interface Packet {
  readonly protocol: 'tcp' | 'udp';
  /** The address is null where it is not known; the port is ephemeral. */
  readonly source: { readonly ip: string | null };
  readonly destination: { readonly ip: string; readonly port: number };
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  /** Who sends it; null for somebody who is not Envoy, or where it was not sent from this pod. */
  readonly uid: number | null;
  readonly gid: number | null;
}

/** A packet with the marks that rules set on the way. */
export interface MarkedPacket extends Packet {
  readonly mark: number;
  readonly connectionMark: number;
}

/** One condition of a rule. */
export interface RuleCondition {
  readonly text: string;
  /** Null where something decides that is not known; `text` names it. */
  holds(packet: MarkedPacket): boolean | null;
}

export type RuleTarget =
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'return' | 'accept' | 'drop' | 'reject' }
  /** REDIRECT: to a port of this machine. */
  | { readonly kind: 'redirect'; readonly port: number | null }
  /** TPROXY: to a socket on this port, the address left as it is. */
  | { readonly kind: 'tproxy'; readonly port: number }
  | { readonly kind: 'dnat'; readonly ip: string | null; readonly port: number | null }
  | { readonly kind: 'mark'; readonly set: (packet: MarkedPacket) => MarkedPacket }
  /** Counts, logs, or notes: the next rule follows. */
  | { readonly kind: 'continue' }
  | { readonly kind: 'unknown'; readonly name: string };

export interface IptablesRule {
  /** From 1, as `iptables -L --line-numbers` counts. */
  readonly number: number;
  /** In the text of the rules, from 1. */
  readonly line: number;
  /** As it is written. */
  readonly text: string;
  readonly conditions: readonly RuleCondition[];
  readonly target: RuleTarget;
}

export interface Chain {
  readonly name: string;
  /** Null for a user's chain. */
  readonly hook: Hook | null;
  readonly policy: 'accept' | 'drop';
  readonly rules: readonly IptablesRule[];
}

export interface IptablesTable {
  readonly name: TableName;
  /** Null for both. */
  readonly family: 4 | 6 | null;
  readonly chains: ReadonlyMap<string, Chain>;
  /** Those of its chains that stand at a hook. */
  readonly bases: readonly Chain[];
}

export interface Ruleset {
  readonly tables: readonly IptablesTable[];
}

const HOOKS: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

/** The hook that a chain's name stands for in iptables; null for a user's chain. */
export function hookOf(chain: string): Hook | null {
  return HOOKS.has(chain) ? (chain as Hook) : null;
}

const TABLES: ReadonlySet<string> = new Set(['raw', 'mangle', 'nat', 'filter']);

/** A table that evaluation looks at; null for others (`security`). */
export function tableNamed(name: string): TableName | null {
  return TABLES.has(name) ? (name as TableName) : null;
}

/** A table of these chains; where two have one name, the last counts. */
export function tableOf(name: TableName, family: IptablesTable['family'], chains: readonly Chain[]): IptablesTable {
  const named = new Map(chains.map((chain) => [chain.name, chain]));
  return { name, family, chains: named, bases: [...named.values()].filter(({ hook }) => hook !== null) };
}
