/** Filter chains of one listener whose conditions are the same: Envoy refuses such a listener. */
import { chainsOf } from '../envoy/http-managers';
import type { FilterChain, FilterChainMatch, Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Finding } from './finding';
import { ownerOf } from './route-tables';

/** How many combinations of conditions of one chain are compared. */
const MOST = 5000;

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto (FilterChainMatch) */
export function identicalChains(config: ProxyConfig): readonly Finding[] {
  return config.dump.listeners.flatMap(({ name, resource, state, pointer }) => {
    // With a matcher tree chains are chosen by name, and their own conditions are not looked at.
    const isRead = state === 'active' || state === 'static' || state === 'warming';
    if (resource === null || !isRead || resource.filter_chain_matcher !== undefined) return [];
    return sameChains(resource).map(({ chain, path, as, by }) => ({
      rule: 'identical-filter-chains',
      severity: 'error',
      resource: `listener ${name} ${chainLabel(chain, path)}`,
      message: `it matches the same connections as ${by} (${as}): Envoy refuses the listener`,
      owner: ownerOf(chain.metadata, resource.metadata),
      config: `${pointer}/${path}`,
    }));
  });
}

interface Same {
  readonly chain: FilterChain;
  readonly path: string;
  readonly as: string;
  readonly by: string;
}

function sameChains(listener: Listener): readonly Same[] {
  const seen = new Map<string, string>();
  return chainsOf(listener)
    .filter(({ path }) => path !== 'default_filter_chain')
    .flatMap(({ chain, path }) => {
      const keys = combinations(chain.filter_chain_match ?? {});
      const twice = keys.find((key) => seen.has(key));
      for (const key of keys) if (!seen.has(key)) seen.set(key, chainLabel(chain, path));
      return twice === undefined ? [] : [{ chain, path, as: twice, by: seen.get(twice) ?? '' }];
    });
}

/** How findings name a chain: by its name, or its place in the listener. */
export function chainLabel(chain: FilterChain, path: string): string {
  return (chain.name ?? '') === '' ? path : `chain ${chain.name ?? ''}`;
}

/** Every way to meet a match, one value of each condition, in words. */
function combinations(match: FilterChainMatch): readonly string[] {
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
    if (made.length * values.length > MOST) return made;
    made = made.flatMap((start) => values.map((value) => `${start}${start === '' ? '' : ', '}${name} ${value}`));
  }
  return made.map((text) => (text === '' ? 'every connection' : text));
}
