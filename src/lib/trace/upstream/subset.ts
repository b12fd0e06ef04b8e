/**
 * Subsets of a cluster's hosts by metadata.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/subsets
 */
import type { Metadata } from '../../envoy/any';
import type { Cluster } from '../../envoy/cluster';
import type { BalancingNote, SubsetFacts } from '../facts/upstream';
import type { Host } from './host';

/** What a route wants of a host's `envoy.lb` metadata. */
export type Criteria = Readonly<Record<string, unknown>>;

export const NO_CRITERIA: Criteria = {};

/** The criteria of a route and of the weighted cluster below it, whose keys win. */
export function criteriaOf(...metadata: readonly (Metadata | undefined)[]): Criteria {
  return Object.fromEntries(metadata.flatMap((one) => Object.entries(one?.filter_metadata?.['envoy.lb'] ?? {})));
}

export interface Subset {
  readonly hosts: readonly Host[];
  /** Which hosts these are; null where the cluster has no subsets. */
  readonly note: Extract<BalancingNote, { readonly kind: 'subset' }> | null;
  /** Hosts that take what these leave without any; null where nobody does. */
  readonly panicsTo: readonly Host[] | null;
}

type SubsetConfig = NonNullable<Cluster['lb_subset_config']>;
type Selector = NonNullable<SubsetConfig['subset_selectors']>[number];

/** The hosts that the criteria choose, or those of the fallback policy. */
export function selectSubset(config: SubsetConfig | undefined, hosts: readonly Host[], criteria: Criteria): Subset {
  const selectors = config?.subset_selectors ?? [];
  if (config === undefined || selectors.length === 0) return { hosts, note: null, panicsTo: null };
  const chosen = bySelector(config, hosts, criteria) ?? fallback(config, hosts, criteria);
  return chosen.hosts.length === 0 ? panicking(chosen) : chosen;
}

/** The hosts that `panic_mode_any` has chosen among in their place. */
export function panicking({ hosts, note, panicsTo }: Subset): Subset {
  return panicsTo === null
    ? { hosts, note, panicsTo }
    : { hosts: panicsTo, note: note && { ...note, panicsToAny: true }, panicsTo: null };
}

function foundBy(hosts: readonly Host[], found: SubsetFacts, panicsTo: readonly Host[] | null = null): Subset {
  return { hosts, note: { kind: 'subset', found, panicsToAny: false }, panicsTo };
}

/** Only a selector of exactly the criteria's keys counts; a subset without hosts does not exist. */
function bySelector(config: SubsetConfig, hosts: readonly Host[], criteria: Criteria): Subset | null {
  const selector = selectorFor(config, criteria);
  if (selector === null) return null;
  const found = hosts.filter((host) => holds(host, criteria, config.list_as_any === true));
  if (found.length === 0) return null;
  const taken = selector.single_host_per_subset === true ? found.slice(0, 1) : found;
  return foundBy(taken, { kind: 'chosen', criteria: describeCriteria(criteria) });
}

function selectorFor(config: SubsetConfig, criteria: Criteria): Selector | null {
  const wanted = keyPath(Object.keys(criteria));
  if (wanted === '') return null;
  return (config.subset_selectors ?? []).find((one) => keyPath(one.keys ?? []) === wanted) ?? null;
}

/** Keys in the order in which Envoy nests them. */
function keyPath(keys: readonly string[]): string {
  return [...new Set(keys)]
    .sort()
    .map((key) => `${key}\n`)
    .join('');
}

/**
 * The selector's own policy. Envoy nests selectors by their sorted keys and sets the policy where it makes a node: one
 * whose node an earlier, longer selector has made keeps the cluster's policy.
 */
function ownPolicy(config: SubsetConfig, selector: Selector | null): string {
  if (selector === null) return 'NOT_DEFINED';
  const path = keyPath(selector.keys ?? []);
  const selectors = config.subset_selectors ?? [];
  const isMade = selectors
    .slice(0, selectors.indexOf(selector))
    .some((one) => keyPath(one.keys ?? []).startsWith(path));
  return isMade ? 'NOT_DEFINED' : (selector.fallback_policy ?? 'NOT_DEFINED');
}

/** `panic_mode_any` helps the cluster's own fallback policy alone, where that is not NO_FALLBACK. */
function fallback(config: SubsetConfig, hosts: readonly Host[], criteria: Criteria): Subset {
  const selector = selectorFor(config, criteria);
  const own = ownPolicy(config, selector);
  const policy = own === 'NOT_DEFINED' ? (config.fallback_policy ?? 'NO_FALLBACK') : own;
  const wants = describeCriteria(criteria);
  const panicsTo = own === 'NOT_DEFINED' && config.panic_mode_any === true ? hosts : null;
  switch (policy) {
    case 'ANY_ENDPOINT':
      return foundBy(hosts, { kind: 'any-host', criteria: wants }, panicsTo);
    case 'DEFAULT_SUBSET': {
      const wanted = config.default_subset ?? {};
      const found = hosts.filter((host) => holds(host, wanted, config.list_as_any === true));
      return foundBy(found, { kind: 'default-subset', criteria: wants, standard: describeCriteria(wanted) }, panicsTo);
    }
    case 'KEYS_SUBSET':
      return withFewerKeys(config, hosts, criteria, selector?.fallback_keys_subset ?? []);
    default:
      return foundBy([], { kind: 'no-fallback', criteria: wants });
  }
}

function withFewerKeys(
  config: SubsetConfig,
  hosts: readonly Host[],
  criteria: Criteria,
  keys: readonly string[],
): Subset {
  const fewer = Object.fromEntries(Object.entries(criteria).filter(([key]) => keys.includes(key)));
  if (Object.keys(fewer).length >= Object.keys(criteria).length) return foundBy([], { kind: 'no-hosts-in-any' });
  return bySelector(config, hosts, fewer) ?? fallback(config, hosts, fewer);
}

function holds(host: Host, criteria: Criteria, listAsAny: boolean): boolean {
  const own = host.metadata?.filter_metadata?.['envoy.lb'] ?? {};
  return Object.entries(criteria).every(([key, wanted]) => {
    if (!Object.hasOwn(own, key)) return false;
    const value = own[key];
    if (listAsAny && Array.isArray(value)) return value.some((one) => sameValue(one, wanted));
    return sameValue(value, wanted);
  });
}

/** Whether two values of a Struct are equal. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && sameValue(value, (b as Record<string, unknown>)[key]))
  );
}

/** Criteria as `key=value`, with commas between them. */
export function describeCriteria(criteria: Criteria): string {
  const parts = Object.entries(criteria).map(([key, value]) => `${key}=${text(value)}`);
  return parts.length === 0 ? '(any)' : parts.join(', ');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
