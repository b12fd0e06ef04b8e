/** Filter chains of one listener whose conditions are the same: Envoy refuses such a listener. */
import { chainsOf } from '../envoy/http-managers';
import type { FilterChain, FilterChainMatch, Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import { rememberedFor } from '../remembered';
import type { Finding } from './finding';
import { ownerOf } from './route-tables';

/** How many combinations of conditions of one chain are compared, and of all of a listener; `chainsNotCompared` says so. */
const MOST = 5000;
const MOST_OF_LISTENER = 400_000;

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto (FilterChainMatch) */
export function identicalChains(config: ProxyConfig): readonly Finding[] {
  return comparedListeners(config).flatMap(({ name, resource, pointer }) =>
    compared(resource).same.map(({ chain, path, as, by }) => ({
      rule: 'identical-filter-chains',
      severity: 'error',
      resource: `listener ${name} ${chainLabel(chain, path)}`,
      message: `it matches the same connections as ${by} (${as}): Envoy refuses the listener`,
      owner: ownerOf(chain.metadata, resource.metadata),
      config: `${pointer}/${path}`,
    })),
  );
}

/** What is not looked at, in sentences: chains whose conditions combine in too many ways are not held against others. */
export function chainsNotCompared(config: ProxyConfig): readonly string[] {
  return comparedListeners(config).flatMap(({ name, resource }) => {
    const { left } = compared(resource);
    return left === 0
      ? []
      : [
          `listener ${name}: the conditions of ${left} filter chain${left === 1 ? ' combines' : 's combine'} in too many ways: it is not looked for chains that match the same connections as ${left === 1 ? 'it does' : 'they do'}`,
        ];
  });
}

/** Those that are read; with a matcher tree chains are chosen by name, and their own conditions are not looked at. */
function comparedListeners(
  config: ProxyConfig,
): readonly { readonly name: string; readonly resource: Listener; readonly pointer: string }[] {
  return config.dump.listeners.flatMap(({ name, resource, state, pointer }) => {
    const isRead = state === 'active' || state === 'static' || state === 'warming';
    return resource === null || !isRead || resource.filter_chain_matcher !== undefined
      ? []
      : [{ name, resource, pointer }];
  });
}

interface Same {
  readonly chain: FilterChain;
  readonly path: string;
  readonly as: string;
  readonly by: string;
}

interface Compared {
  readonly same: readonly Same[];
  /** How many chains were not compared. */
  readonly left: number;
}

const compared = rememberedFor((listener: Listener): Compared => {
  const seen = new Map<string, string>();
  const same: Same[] = [];
  let left = 0;
  for (const { chain, path } of chainsOf(listener)) {
    if (path === 'default_filter_chain') continue;
    const keys = combinations(chain.filter_chain_match ?? {});
    if (keys === null || seen.size + keys.length > MOST_OF_LISTENER) {
      left += 1;
      continue;
    }
    const twice = keys.find((key) => seen.has(key));
    for (const key of keys) if (!seen.has(key)) seen.set(key, chainLabel(chain, path));
    if (twice !== undefined) same.push({ chain, path, as: twice, by: seen.get(twice) ?? '' });
  }
  return { same, left };
});

/** How findings name a chain: by its name, or its place in the listener. */
export function chainLabel(chain: FilterChain, path: string): string {
  return (chain.name ?? '') === '' ? path : `chain ${chain.name ?? ''}`;
}

/** Every way to meet a match, one value of each condition, in words; null where there are too many. */
function combinations(match: FilterChainMatch): readonly string[] | null {
  const ranges = (list: FilterChainMatch['prefix_ranges']): readonly string[] =>
    (list ?? []).map(({ address_prefix: address = '', prefix_len: length = 0 }) => `${address}/${length}`);
  const conditions: readonly (readonly [string, readonly (string | number)[]])[] = [
    ['port', match.destination_port === undefined ? [] : [match.destination_port]],
    ['address', ranges(match.prefix_ranges)],
    ['server name', (match.server_names ?? []).map((name) => name.toLowerCase())],
    ['transport', (match.transport_protocol ?? '') === '' ? [] : [match.transport_protocol ?? '']],
    ['application', match.application_protocols ?? []],
    ['direct source', ranges(match.direct_source_prefix_ranges)],
    ['source type', (match.source_type ?? 'ANY') === 'ANY' ? [] : [match.source_type ?? '']],
    ['source', ranges(match.source_prefix_ranges)],
    ['source port', match.source_ports ?? []],
  ];
  let made: readonly string[] = [''];
  for (const [name, values] of conditions) {
    if (values.length === 0) continue;
    if (made.length * values.length > MOST) return null;
    made = made.flatMap((start) => values.map((value) => `${start}${start === '' ? '' : ', '}${name} ${value}`));
  }
  return made.map((text) => (text === '' ? 'every connection' : text));
}
