/** Which host of a cluster gets the request: a draw by their shares. */
import { rememberedFor } from '../../remembered';
import type { Decisions } from '../decisions';
import type { Drawn } from '../facts/draws';
import type { EndpointCause } from '../facts/upstream';
import type { Host, HostChance } from './host';
import { lostShare } from './load-balance';
import type { Upstream } from './upstream';

/** Up to this many hosts are drawn one by one; above it, the hosts of one workload are one option. */
const DISTINCT = 8;
/** At most so many ways are told apart; hosts beyond them count with the last. */
const GROUPS = 16;

export interface DrawnHost {
  readonly host: Host;
  readonly cause: EndpointCause;
}

/**
 * Null where no host has a share, and where the load of a priority is drawn of which no host can be picked.
 * @param hasHash whether the request has a hash, by which ring hash and Maglev pick: which host it picks is not worked out
 */
export function drawHost(upstream: Upstream, decisions: Decisions, hasHash: () => boolean): DrawnHost | null {
  const { usable, options } = optionsOf(upstream);
  const drawn = decisions.draw(options);
  const best = options[drawn]?.best ?? null;
  if (best === null) return null;
  const cause: EndpointCause =
    usable === 1
      ? { kind: 'only-endpoint', isOnlyUsable: upstream.chances.length > 1 }
      : { kind: 'one-of', count: usable, share: best.share, isByHash: best.host.hashed && hasHash() };
  return { host: best.host, cause };
}

interface HostOption {
  readonly of: Drawn;
  readonly share: number;
  /** The likeliest of its hosts; null for the load that reaches none. */
  readonly best: HostChance | null;
}

interface HostOptions {
  /** How many hosts have a share. */
  readonly usable: number;
  readonly options: readonly HostOption[];
}

/** What there is to draw from: the same for every request of which the upstream is. */
const optionsOf = rememberedFor((upstream: Upstream): HostOptions => {
  const usable = upstream.chances.filter(({ share }) => share > 0);
  const groups = usable.length <= DISTINCT ? usable.map((one) => [one] as const) : grouped(usable);
  const options = groups.map((group) => ({
    of: drawnOf(group, upstream),
    share: sum(group),
    best: group.reduce((a, b) => (b.share > a.share ? b : a)),
  }));
  const lost = lostShare(usable);
  const none = { of: { kind: 'no-endpoint', cluster: upstream.name }, share: lost, best: null } as const;
  return { usable: usable.length, options: usable.length === 0 || lost === 0 ? options : [...options, none] };
});

type Group = readonly [HostChance, ...HostChance[]];

function grouped(usable: readonly HostChance[]): readonly Group[] {
  const groups = new Map<string, [HostChance, ...HostChance[]]>();
  let last: HostChance[] = [];
  for (const chance of usable) {
    const key = groupKey(chance.host);
    const known = groups.get(key);
    if (known !== undefined) known.push(chance);
    else if (groups.size < GROUPS) {
      const fresh: [HostChance, ...HostChance[]] = [chance];
      groups.set(key, fresh);
      last = fresh;
    } else last.push(chance);
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

function drawnOf(group: Group, { name }: Upstream): Drawn {
  const { address: ip, port } = group[0].host;
  const address = `${ip}:${port}`;
  return { kind: 'endpoint', address, more: group.length - 1, cluster: name };
}

function sum(group: readonly HostChance[]): number {
  return group.reduce((total, { share }) => total + share, 0);
}
