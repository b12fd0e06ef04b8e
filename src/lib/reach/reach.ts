/** Every request that one proxy's application, or a gateway's clients, can send: classes in which all end alike. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { UsageError } from '../errors';
import { type Classes, classesAt, type Walked, type ReachWay } from './classes';
import { gatewayDestinations, type ReachDestination, sidecarDestinations } from './destinations';
import type { ClassOutcome } from './outcome';
import { ASSUMED } from '../algebra/universe';
import { witnessOf } from './explore';
import { takesPort, type Where } from './where';
import { provenWitness, type Witness } from './witness';

export interface ReachOptions {
  readonly where: readonly Where[];
  readonly oneHop: boolean;
  /** No more classes than this are made. */
  readonly most: number;
  /** Which outcomes are wanted. */
  readonly wants: (outcome: ClassOutcome) => boolean;
  /** Hears how far it is. */
  readonly progress?: (text: string) => void;
}

export interface ClassOfRequests {
  readonly from: string | null;
  /** By dimension, conditions that all hold; dimensions that do not matter are left out. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  readonly outcome: ClassOutcome;
  readonly witness: Witness;
}

export interface Reach {
  readonly from: string | null;
  /** Whether the classes are exact and everything: nothing stands in `unsplit`. */
  readonly complete: boolean;
  /** What decides beside the conditions, or was left out because a bound was met. */
  readonly unsplit: readonly string[];
  /** What is taken for granted of every request that is spoken of. */
  readonly assumed: readonly string[];
  readonly classes: readonly ClassOfRequests[];
}

/** Walks and divides. Throws UsageError for a proxy that sends no requests of its own. */
export async function reach(from: Walked, options: ReachOptions): Promise<Reach> {
  const unsplit = new Set<string>();
  const classes: ClassOfRequests[] = [];
  let made = 0;
  for (const destination of destinationsOf(from.config)) {
    if (!takesPort(options.where, destination.address.port)) continue;
    options.progress?.(`Port ${destination.port}: ${made} classes so far`);
    const way = { destination, isGateway: from.config.proxyType === 'router', oneHop: options.oneHop };
    const found = await classesAt(from, way, options.where, options.most - made);
    made += found.classes.length;
    for (const what of found.unsplit) unsplit.add(what);
    if (found.left > 0) unsplit.add(`some requests to port ${destination.port}: --max-classes is ${options.most}`);
    classes.push(...(await told(from, found, way, options)));
  }
  return { from: from.proxy, complete: unsplit.size === 0, unsplit: [...unsplit], assumed: ASSUMED, classes };
}

function destinationsOf(config: ProxyConfig): readonly ReachDestination[] {
  if (config.proxyType === 'router') return gatewayDestinations(config);
  if (config.proxyType !== 'waypoint') return sidecarDestinations(config);
  throw new UsageError('A waypoint sends no requests of its own', {
    hint: 'Ask from a pod that calls through it, or from a gateway.',
  });
}

/** The classes that are wanted, in the order of their words, those for any other host last. */
async function told(
  from: Walked,
  { classes, asked, words: wordsOf }: Classes,
  way: ReachWay,
  { wants }: ReachOptions,
): Promise<readonly ClassOfRequests[]> {
  const found: ClassOfRequests[] = [];
  for (const { cell, result } of classes) {
    if (!wants(result)) continue;
    const witness = witnessOf(cell, asked);
    const words = (dimension: string): readonly string[] => wordsOf(cell, dimension) ?? ['like that of the witness'];
    const dimensions = ['host', 'path', ...cell.dimensions.filter((one) => one !== 'host' && one !== 'path').sort()];
    const { port, ip } = way.destination;
    const where: Record<string, readonly string[]> = { port: [port], ...(ip === 'any' ? {} : { address: [ip] }) };
    for (const dimension of dimensions) {
      const own = words(dimension);
      if (own.length > 0) where[dimension] = own;
    }
    found.push({
      from: from.proxy,
      where,
      outcome: result,
      witness: await provenWitness(from, { result, witness }, way),
    });
  }
  const rank = ({ where }: ClassOfRequests): string => {
    const [host = ''] = where['host'] ?? [];
    return host === 'any other' || host.startsWith('not ') || host === '' ? '\uffff' : host;
  };
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
