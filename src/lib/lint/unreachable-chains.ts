/**
 * Filter chains that serve no connection, by the emptiness of what is left for them: criterion by criterion, over one connection of
 * each kind that the listener's conditions tell apart. What is not known of a connection may be anything, so that a chain is
 * reported only where it serves none.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto#config-listener-v3-filterchainmatch
 */
import { messageTypeOf } from '../envoy/any';
import type { CidrRange } from '../envoy/address';
import type { FilterChainMatch, Listener } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { ConnectionFacts, Detected } from '../http/connection-facts';
import { isUnknown } from '../match/ternary';
import { type Candidate, CRITERIA, matchOf } from '../trace/listener/chain-criteria';
import { rememberedFor } from '../remembered';
import { addressesTold } from './addresses-told';
import type { Finding } from './finding';
import { chainLabel, identicalChains } from './listeners';
import { ownerOf } from './route-tables';

/**
 * As many connections are tried at all criteria of a listener, and as many again to find out who takes those of its chains that serve
 * none; candidates count, too, sixteen of them as one.
 */
const MOST_TRIED = 500_000;
/** A message names as many chains. */
const NAMED = 10;

/**
 * Chains that serve no connection, with those that take what would come to them; those of listeners that are too large for it
 * are left out, and `chainsNotExamined` says so.
 */
export function unreachableChains(config: ProxyConfig): readonly Finding[] {
  const same = new Set(identicalChains(config).map((finding) => finding.config));
  return config.servingListeners.flatMap(({ name, resource, pointer }) => {
    const { unserved, kinds } = resource === null ? NONE_UNSERVED : judged(resource);
    if (resource === null || unserved === null) return [];
    const takers = takersOf(kinds, candidatesOf(resource), unserved);
    return unserved.flatMap((candidate): readonly Finding[] => {
      const path = `filter_chains/${candidate.index}`;
      if (same.has(`${pointer}/${path}`)) return [];
      return [
        {
          rule: 'unreachable-filter-chain',
          severity: 'warning',
          resource: `listener ${name} ${chainLabel(candidate.chain, path)}`,
          message: messageOf(takers.get(candidate) ?? null),
          owner: ownerOf(candidate.chain.metadata, resource.metadata),
          config: `${pointer}/${path}`,
        },
      ];
    });
  });
}

/** What is not looked at, in sentences: listeners whose conditions combine in too many ways. */
export function chainsNotExamined(config: ProxyConfig): readonly string[] {
  return config.servingListeners.flatMap(({ name, resource }) =>
    resource === null || judged(resource).unserved !== null
      ? []
      : [
          `listener ${name} has ${candidatesOf(resource).length} filter chains whose conditions combine in too many ways: chains that serve no connection are not looked for in it`,
        ],
  );
}

function messageOf(by: readonly Candidate[] | null): string {
  if (by === null) return 'no connection comes to it; which chains take those that would is too much to be found out';
  if (by.length === 0) return 'no connection meets all of its conditions';
  const names = by.slice(0, NAMED).map((one) => chainLabel(one.chain, `filter_chains/${one.index}`));
  const more = by.length - names.length;
  const others = [...names, ...(more === 0 ? [] : [`${more} more`])].join(' and ');
  return `${others} ${by.length === 1 ? 'takes' : 'together take'} every connection that would`;
}

interface Judged {
  /** Those that serve no connection; null where that is too much to be looked for. */
  readonly unserved: readonly Candidate[] | null;
  readonly kinds: ReadonlyMap<string, Kinds>;
}

const NONE_UNSERVED: Judged = { unserved: [], kinds: new Map() };

const judged = rememberedFor((listener: Listener): Judged => {
  if (!isKnown(listener)) return NONE_UNSERVED;
  const all = candidatesOf(listener);
  const kinds = kindsIn(listener);
  const served = servedOf(kinds, all);
  const unserved = served === null ? null : all.filter((candidate) => !served.has(candidate));
  // Of ten thousand listeners the kinds of connections take more memory than the listeners do.
  return unserved?.length === 0 ? NONE_UNSERVED : { unserved, kinds };
});

const candidatesOf = rememberedFor(({ filter_chains: chains = [] }: Listener): readonly Candidate[] =>
  chains.map((chain, index) => ({ chain, index })),
);

/** Listener filters that are understood: others may find out anything about a connection. */
const FILTERS = /\.(tls_inspector|http_inspector|original_dst|original_src|proxy_protocol)\./;

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/listener_filters/listener_filters */
function isKnown({
  filter_chain_matcher: tree,
  listener_filters: filters = [],
  filter_chains: chains = [],
}: Listener): boolean {
  return (
    tree === undefined &&
    chains.some(({ filter_chain_match: match = {} }) => Object.keys(match).length > 0) &&
    filters.every(
      ({ typed_config: config, filter_disabled: disabled }) =>
        FILTERS.test(messageTypeOf(config)) && disabled === undefined,
    )
  );
}

/** A text for candidates that are the same, whatever list they stand in. */
const textOf = rememberedFor((candidates: readonly Candidate[]): string => candidates.map(({ index }) => index).join());

/** The number of criteria up to the last one at which one of these wants something: behind it all of them are kept. */
const depthOf = rememberedFor((candidates: readonly Candidate[]): number => {
  let deepest = 0;
  for (const candidate of candidates) {
    const match = matchOf(candidate);
    const own = CRITERIA.findLastIndex((criterion) => criterion.valuesOf(match).length > 0) + 1;
    if (own > deepest) deepest = own;
  }
  return deepest;
});

/** A kind of connections at a criterion: who is left for them, and what was found out about them. */
interface Place {
  readonly left: readonly Candidate[];
  /** Those of which it is asked who takes their connections, as far as these meet their conditions. */
  readonly asking: readonly Candidate[];
  readonly depth: number;
  readonly detected: Detected;
}

/**
 * Walks connections of each kind that the conditions of these candidates tell apart, each place once: time grows with the ways
 * to meet one condition of each chain at every criterion.
 * @param asking where there are some, connections that meet the conditions of none of them are passed over
 * @param wins is told the winner of each
 * @returns places that were not walked, for there were too many
 */
function walkConnections(
  kinds: ReadonlyMap<string, Kinds>,
  { left: all, asking: asked }: Pick<Place, 'left' | 'asking'>,
  wins: (winner: Candidate, asking: readonly Candidate[]) => void,
): readonly Place[] {
  const known = new Set<string>();
  const open: Place[] = [{ left: all, asking: asked, depth: 0, detected: NOTHING_DETECTED }];
  let tried = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (tried > MOST_TRIED) return [...open, place];
    const { left, asking, depth, detected } = place;
    const [winner] = left;
    if (winner === undefined || (asked.length > 0 && asking.length === 0)) continue;
    const criterion = CRITERIA[depth];
    if (criterion === undefined || depth >= Math.max(depthOf(left), depthOf(asking))) {
      wins(winner, asking);
      tried += asking.length;
      continue;
    }
    const key = `${depth} ${depth <= DETECTING ? JSON.stringify(detected) : ''} ${textOf(left)} ${textOf(asking)}`;
    if (known.has(key)) continue;
    known.add(key);
    for (const facts of (kinds.get(criterion.name) ?? kindsOfDetected)(detected, [...left, ...asking])) {
      const kept = criterion.keep(left, facts);
      const meeting = asking.length === 0 ? NOBODY : criterion.meeting(asking, facts);
      // All is known of these connections.
      if (isUnknown(kept) || isUnknown(meeting)) continue;
      tried += 1 + ((kept.length + meeting.length) >> 4);
      open.push({ left: kept, asking: meeting, depth: depth + 1, detected: facts.detected });
    }
  }
  return [];
}

const NOBODY: readonly Candidate[] = [];

/** Chains that serve some connection; null where that is too much to be found out. */
function servedOf(kinds: ReadonlyMap<string, Kinds>, all: readonly Candidate[]): ReadonlySet<Candidate> | null {
  const served = new Set<Candidate>();
  const unwalked = walkConnections(kinds, { left: all, asking: NOBODY }, (winner) => served.add(winner));
  return unwalked.length === 0 ? served : null;
}

/** Of each of these chains, those that serve the connections which meet its conditions; none where that is too much to be found out. */
function takersOf(
  kinds: ReadonlyMap<string, Kinds>,
  all: readonly Candidate[],
  unserved: readonly Candidate[],
): ReadonlyMap<Candidate, readonly Candidate[]> {
  if (unserved.length === 0) return new Map();
  const takers = new Map(unserved.map((one) => [one, new Set<Candidate>()]));
  const unwalked = walkConnections(kinds, { left: all, asking: unserved }, (winner, asking) => {
    for (const one of asking) takers.get(one)?.add(winner);
  });
  for (const { asking } of unwalked) for (const one of asking) takers.delete(one);
  return new Map([...takers].map(([one, by]) => [one, [...by].sort((a, b) => a.index - b.index)]));
}

const NOTHING_DETECTED: Detected = { transportProtocol: '', serverName: '', applicationProtocols: [] };
const SOMEBODY = { ip: '198.51.100.77', port: 40_000 };
const HERE = { ip: '192.0.2.1', port: 1 };

/** Connections of each kind that the candidates' conditions tell apart, where what was found out about them is given. */
type Kinds = (detected: Detected, candidates: readonly Candidate[]) => readonly ConnectionFacts[];

function connection(detected: Detected, more: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return { local: HERE, directSource: SOMEBODY, source: SOMEBODY, tls: null, detected, ...more };
}

const kindsOfDetected: Kinds = (detected) => [connection(detected)];

function valuesIn<T>(
  candidates: readonly Candidate[],
  of: (match: FilterChainMatch) => readonly T[] | undefined,
): readonly T[] {
  return [...new Set(candidates.flatMap((one) => of(matchOf(one)) ?? []))];
}

function kindsIn({ listener_filters: filters = [] }: Listener): ReadonlyMap<string, Kinds> {
  const has = (name: string): boolean =>
    filters.some(({ typed_config: config }) => messageTypeOf(config).includes(`.${name}.`));
  const [inspectsTls, inspectsHttp] = [has('tls_inspector'), has('http_inspector')];
  const inspected = inspectsHttp ? [['http/1.0'], ['http/1.1'], ['h2c'], []] : [[]];
  const addresses =
    (of: (match: FilterChainMatch) => readonly CidrRange[] | undefined, at: (ip: string) => Partial<ConnectionFacts>) =>
    (detected: Detected, candidates: readonly Candidate[]): readonly ConnectionFacts[] =>
      addressesTold(valuesIn(candidates, of)).map((ip) => connection(detected, at(ip)));
  const from = (ip: string) => ({ ip, port: SOMEBODY.port });
  return new Map<string, Kinds>([
    [
      'destination port',
      (detected, candidates) =>
        andAnother(valuesIn(candidates, ({ destination_port: port }) => (port === undefined ? [] : [port]))).map(
          (port) => connection(detected, { local: { ...HERE, port } }),
        ),
    ],
    [
      'destination IP',
      addresses(
        ({ prefix_ranges: ranges }) => ranges,
        (ip) => ({ local: { ...HERE, ip } }),
      ),
    ],
    [
      'server name',
      (detected, candidates) => {
        const names = inspectsTls ? valuesIn(candidates, ({ server_names: own }) => own) : [];
        return ['', ...new Set(names.map(likeName)), OTHER_NAME].map((serverName) =>
          connection({ ...detected, serverName }),
        );
      },
    ],
    [
      'transport protocol',
      (detected) => {
        const isTls = detected.serverName !== '';
        const found = inspectsTls ? (isTls ? ['tls'] : ['tls', 'raw_buffer']) : ['raw_buffer'];
        // Of its name nothing but whether there is one is asked from here on.
        const serverName = isTls ? OTHER_NAME : '';
        return found.map((transportProtocol) => connection({ ...detected, serverName, transportProtocol }));
      },
    ],
    [
      'application protocols',
      (detected, candidates) => {
        const offered = [...valuesIn(candidates, ({ application_protocols: own }) => own), 'another'].map((one) => [
          one,
        ]);
        const own = detected.transportProtocol === 'tls' ? [...offered, []] : inspected;
        return own.map((applicationProtocols) => connection({ ...detected, applicationProtocols }));
      },
    ],
    [
      'directly connected source',
      addresses(
        ({ direct_source_prefix_ranges: ranges }) => ranges,
        (ip) => ({ directSource: from(ip) }),
      ),
    ],
    [
      'source type',
      (detected) => ['127.0.0.1', SOMEBODY.ip].map((ip) => connection(detected, { source: { ip, port: 1 } })),
    ],
    [
      'source IP',
      addresses(
        ({ source_prefix_ranges: ranges }) => ranges,
        (ip) => ({ source: from(ip) }),
      ),
    ],
    [
      'source port',
      (detected, candidates) =>
        andAnother(valuesIn(candidates, ({ source_ports: own }) => own)).map((port) =>
          connection(detected, { source: { ...SOMEBODY, port } }),
        ),
    ],
  ]);
}

/** The last criterion that looks at what listener filters found out. */
const DETECTING: number = CRITERIA.findIndex(({ name }) => name === 'application protocols');

/** A name that nothing more specific is likely to name. */
const LABEL = 'zz9-any-other';
const OTHER_NAME = `${LABEL}.invalid`;

function likeName(name: string): string {
  return name.startsWith('*') ? `${LABEL}${name.slice(1).toLowerCase()}` : name.toLowerCase();
}

/** These ports, and one that is none of them. */
function andAnother(ports: readonly number[]): readonly number[] {
  const known = new Set(ports);
  let port = 1;
  while (known.has(port)) port += 1;
  return [...ports, port];
}
