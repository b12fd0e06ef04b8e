/** Every request that a proxy's application, or a gateway's clients, can send, divided address by address. */
import { refuseOldListeners } from '../envoy/old-api';
import type { ProxyConfig } from '../envoy/proxy-config';
import { CLIENT_DIMENSIONS } from '../algebra/client';
import { UsageError } from '../errors';
import { askedDestinations } from './asked-ports';
import { classesAt, type Question } from './classes';
import {
  gatewayDestinations,
  inboundDestinations,
  type ReachDestination,
  sidecarDestinations,
  UNNAMED,
  waypointDestinations,
} from './destinations';
import { type RequestValues, type Work, workOf } from './explore';
import type { FixedRequest, ReachWay } from './query';
import type { Where } from './where';
import { addAll } from '../lists';

/** Which requests are asked about. */
export interface Scope {
  readonly where: readonly Where[];
  readonly fixed: FixedRequest;
  /** Requests that come to a pod, from any caller, in place of those that it sends. */
  readonly inbound?: boolean;
  /** Only those to these ports. */
  readonly ports?: ReadonlySet<number> | 'any' | undefined;
  /** Stops at the first proxy. */
  readonly oneHop: boolean;
  /** No more classes than this are made. */
  readonly most: number;
  /** How much may be done for all classes; by default as `workOf` says. */
  readonly work?: Work;
  /** Hears how far it is. */
  readonly progress?: (text: string) => void;
}

/** A class in words. */
export interface DescribedClass<T> {
  readonly way: ReachWay;
  /** By dimension, conditions that all hold; dimensions that do not matter are left out. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly witness: RequestValues;
  /** The dimensions that tell it from other requests. */
  readonly matters: ReadonlySet<string>;
  readonly result: T;
}

export interface Division<T> {
  /** Those that are wanted, in the order of their words, those for any other host last. */
  readonly classes: readonly DescribedClass<T>[];
  /** How many there are, those that are not wanted and those that end like a neighbour among them. */
  readonly made: number;
  /** What decides beside the conditions, or was left out because a bound was met. */
  readonly unsplit: readonly string[];
}

/**
 * Walks and divides. Throws UsageError for a proxy that sends no requests of its own, and InputError for a dump of Envoy's v2 API.
 * @param configs the sender's configuration, on each side where two are compared
 */
export async function dividedRequests<T>(
  configs: readonly ProxyConfig[],
  question: Question<T>,
  scope: Scope,
): Promise<Division<T>> {
  for (const config of configs) refuseOldListeners(config);
  const unsplit = new Set<string>();
  const classes: DescribedClass<T>[] = [];
  const { work = workOf(scope.most) } = scope;
  let made = 0;
  const mode = modeOf(configs, scope.inbound === true);
  if (mode === 'outbound') refuseOwn(scope);
  if (mode === 'waypoint') refuseTls(scope);
  const open = [...askedDestinations(destinationsOf(configs, mode), scope.where)];
  const known = new Set(open.map(keyOf));
  const named = new Set(open.map((one) => one.address.port));
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { address, port, ip } = next;
    if (!isAmong(scope.ports, address.port)) continue;
    scope.progress?.(`Port ${port}: ${made} classes so far`);
    const way = { destination: next, mode, oneHop: scope.oneHop, fixed: scope.fixed };
    const found = await classesAt(question, way, scope.where, scope.most - made, work);
    const instead = found.ports.includes(address.port)
      ? UNNAMED.find((one) => !found.ports.includes(one) && !named.has(one))
      : undefined;
    if (instead !== undefined) {
      open.unshift({ ...next, address: { ...address, port: instead } });
      continue;
    }
    made += found.classes.length;
    for (const what of found.unsplit) unsplit.add(what);
    if (found.left > 0) unsplit.add(cutOffText(port, made, found.left, { most: scope.most, isMuch: work.left < 0 }));
    const described = found.wanted.map((one) => ({
      way,
      where: { port: [port], ...(ip === 'any' ? {} : { address: [ip] }), ...found.words(one.cell) },
      witness: found.witness(one),
      matters: found.matters(one.cell),
      result: one.result,
    }));
    addAll(
      classes,
      described.sort((a, b) => compareTexts(rankOf(a), rankOf(b))),
    );
    const own = found.ports.map((one) => ({ ...next, address: { ...address, port: one }, port: String(one) }));
    for (const one of askedDestinations(own, scope.where).filter((each) => !known.has(keyOf(each)))) {
      known.add(keyOf(one));
      open.push(one);
    }
  }
  return { classes, made, unsplit: [...unsplit] };
}

function keyOf({ address: { ip, port }, port: words }: ReachDestination): string {
  return `${ip} ${port} ${words}`;
}

/** What was left out: parts of the requests that nothing was asked about, each of which may hold several classes. */
function cutOffText(
  port: string,
  made: number,
  left: number,
  { most, isMuch }: { readonly most: number; readonly isMuch: boolean },
): string {
  const parts = left === 1 ? '1 part' : `${left} parts`;
  const bound = isMuch ? `they take more work than --max-classes ${most} allows` : `--max-classes is ${most}`;
  return `${parts} of the requests to port ${port}, left out after ${made} class${made === 1 ? '' : 'es'}: ${bound}`;
}

function isAmong(ports: Scope['ports'], port: number): boolean {
  return ports === undefined || ports === 'any' || ports.has(port);
}

const OF_TLS: readonly string[] = ['tls', 'sni', 'alpn'];

/** Whether conditions say how a client speaks TLS, which says nothing of who calls through a tunnel. */
export function tellsOfTls(where: readonly Where[]): boolean {
  return dimensionsOf(where).some((one) => OF_TLS.includes(one));
}

function dimensionsOf(where: readonly Where[]): readonly string[] {
  return where.flatMap(({ about }) => (about.kind === 'request' ? [about.condition.dimension] : []));
}

/** Throws UsageError where something is given that a tunnel's two ends decide. */
function refuseTls({ fixed, where }: Scope): void {
  if (!tellsOfTls(where) && fixed.sni === undefined && fixed.tls === undefined) return;
  throw new UsageError('--where: what comes to a waypoint comes in a tunnel, and is spoken of as plain text', {
    hint: 'Of who calls ask for principal=, namespace= or source-ip=.',
  });
}

/** Throws UsageError where something is given that a pod's own Envoy decides. */
function refuseOwn({ fixed, where }: Scope): void {
  const dimensions = dimensionsOf(where);
  const own = CLIENT_DIMENSIONS.find((one) => dimensions.includes(one));
  const { sourcePrincipal, sni } = fixed;
  const given = own ?? (sourcePrincipal !== undefined ? 'principal' : sni !== undefined ? 'sni' : null);
  if (given === null) return;
  throw new UsageError(`--where ${given}=: a pod sends plain requests, with the identity and address of its own`, {
    hint: 'Ask what comes to a pod from any caller (--mode inbound), or from a gateway, whose clients may have any.',
  });
}

/** Throws UsageError for proxies that cannot be asked so. */
function modeOf(configs: readonly ProxyConfig[], inbound: boolean): ReachWay['mode'] {
  const types = new Set(configs.map(({ proxyType }) => proxyType));
  const roles = new Set([...types].map((type) => (type === 'router' || type === 'waypoint' ? type : 'sidecar')));
  const [role = 'sidecar', other] = roles;
  if (other !== undefined) {
    const named = [role, other].map((one) => (one === 'router' ? 'gateway' : one));
    throw new UsageError(`A ${named.join(' and a ')} take other requests: they cannot be compared`);
  }
  if (role === 'waypoint') return 'waypoint';
  if (role === 'router') return 'gateway';
  return inbound ? 'inbound' : 'outbound';
}

function destinationsOf(configs: readonly ProxyConfig[], mode: ReachWay['mode']): readonly ReachDestination[] {
  if (mode === 'gateway') return gatewayDestinations(configs);
  if (mode === 'waypoint') return waypointDestinations(configs);
  return mode === 'inbound' ? inboundDestinations(configs) : sidecarDestinations(configs);
}

function rankOf<T>({ where }: DescribedClass<T>): string {
  const [host = ''] = where['host'] ?? [];
  return host === 'any other' || host.startsWith('not ') || host === '' ? '\uffff' : host;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
