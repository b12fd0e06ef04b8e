/** Which host of a cluster gets the request: a draw by their shares. */
import type { Decisions } from '../decisions';
import type { Drawn } from '../facts/draws';
import type { EndpointCause } from '../facts/upstream';
import type { Host, HostChance } from './host';
import type { Upstream } from './upstream';

/** Up to this many hosts are drawn one by one; above it, the hosts of one workload are one option. */
const DISTINCT = 8;
/** At most so many ways are told apart; hosts beyond them count with the last. */
const GROUPS = 16;

export interface DrawnHost {
  readonly host: Host;
  readonly cause: EndpointCause;
}

/** Null where no host has a share. */
export function drawHost(upstream: Upstream, decisions: Decisions): DrawnHost | null {
  const usable = upstream.chances.filter(({ share }) => share > 0);
  const groups = usable.length <= DISTINCT ? usable.map((one) => [one]) : grouped(usable);
  const drawn = decisions.draw(groups.map((group) => ({ of: drawnOf(group, upstream), share: sum(group) })));
  const best = groups[drawn]?.reduce((a, b) => (b.share > a.share ? b : a));
  if (best === undefined) return null;
  const cause: EndpointCause =
    usable.length === 1
      ? { kind: 'only-endpoint', isOnlyUsable: upstream.chances.length > 1 }
      : { kind: 'one-of', count: usable.length, share: best.share };
  return { host: best.host, cause };
}

function grouped(usable: readonly HostChance[]): readonly (readonly HostChance[])[] {
  const groups = new Map<string, HostChance[]>();
  for (const chance of usable) {
    const key = groupKey(chance.host);
    const known = groups.get(key);
    if (known !== undefined) known.push(chance);
    else if (groups.size < GROUPS) groups.set(key, [chance]);
    else [...groups.values()].at(-1)?.push(chance);
  }
  return [...groups.values()];
}

/** Pods of a workload on the same port, spoken to in the same way, are configured alike. */
function groupKey({ metadata, address, port, cluster }: Host): string {
  const fields = metadata?.filter_metadata ?? {};
  const workload = fields['istio']?.['workload'];
  const socket = JSON.stringify(fields['envoy.transport_socket_match'] ?? {});
  return [typeof workload === 'string' ? workload : address, port, socket, cluster].join('\n');
}

function drawnOf(group: readonly HostChance[], { name }: Upstream): Drawn {
  const [first] = group;
  const address = first === undefined ? '' : `${first.host.address}:${first.host.port}`;
  return { kind: 'endpoint', address, more: Math.max(0, group.length - 1), cluster: name };
}

function sum(group: readonly HostChance[]): number {
  return group.reduce((total, { share }) => total + share, 0);
}
