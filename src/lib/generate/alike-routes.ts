/**
 * Routes that differ in what they ask of headers alone: a request that differs in these headers alone is not walked once more where a
 * walk that was watched says that nothing but the choice of the route asks for them. The choice itself is made for every request.
 */
import type { CheckRequest } from '../check/check-file';
import type { HeaderMatcher, Route, VirtualHost } from '../envoy/route';
import { isPlainValue } from '../http/plain-value';
import type { ChangedValue, HeaderAmong, RouteChoice, Watcher } from '../match/watch';
import type { Hop, Trace } from '../trace/model';

/** What a trace says without its steps. */
export type TracedEnd = Pick<Trace, 'verdict' | 'reason' | 'status' | 'location' | 'policy'> & {
  readonly hops: readonly Omit<Hop, 'steps'>[];
};

export interface RoutePlace {
  readonly configuration: string;
  readonly host: VirtualHost;
  readonly index: number;
}

/** Whether a hop takes the route. */
export function meets(hop: TracedEnd['hops'][number], { configuration, host, index }: RoutePlace): boolean {
  return (
    hop.routeConfiguration?.name === configuration &&
    hop.virtualHost?.name === (host.name ?? '') &&
    hop.route?.index === index
  );
}

/** Headers of which a connection manager itself makes more than a value. */
const OWN_MEANING = new Set(['host', 'cookie', 'authorization', 'content-type', 'x-forwarded-for', 'forwarded']);

const nothing = (): void => undefined;

/** What one walk asked, but for what routes ask where one of them is chosen. */
class AskedOutsideOfRoutes implements Watcher {
  readonly headers = new Set<string>();
  readonly choices: RouteChoice[] = [];
  isClear = true;
  readonly begins = nothing;
  readonly address = nothing;
  readonly port = nothing;
  readonly text = nothing;
  readonly serverName = nothing;
  readonly alpn = nothing;
  readonly path = nothing;
  readonly query = nothing;
  readonly queryAmong = nothing;
  readonly authority = nothing;
  readonly rewrites = nothing;

  header({ name = '' }: HeaderMatcher): void {
    this.looksAt(name);
  }

  headerAmong({ name }: HeaderAmong): void {
    this.looksAt(name);
  }

  reads(header: string): void {
    this.looksAt(header);
  }

  looksAt(header: string): void {
    this.headers.add(header.toLowerCase());
  }

  token(): void {
    this.isClear = false;
  }

  copiesClaim(): void {
    this.isClear = false;
  }

  other(): void {
    this.isClear = false;
  }

  chooses(choice: RouteChoice): void {
    this.choices.push(choice);
  }
}

/** A request that was walked, and what it tells of others. */
interface Walked {
  readonly request: CheckRequest;
  readonly place: RoutePlace;
  readonly end: TracedEnd;
  readonly asked: AskedOutsideOfRoutes;
  /** All values of its headers together. */
  readonly length: number;
}

/** How many kinds of routes are kept of a virtual host. */
const MOST_KINDS = 256;

type Ask = (watch?: () => Watcher) => Promise<TracedEnd | null>;

/** The first request of a kind is not watched, since there may be no other; of one that tells nothing the others are walked, too. */
type Kind = Walked | 'met' | 'unlike';
type Kinds = Map<string, Kind>;

/** What was walked for the routes of each virtual host, and what it tells of others. */
export class AlikeRoutes {
  readonly #hosts = new WeakMap<VirtualHost, Kinds>();

  /**
   * What becomes of a request that is made for a route; null where it cannot be asked.
   * @param ask walks it
   */
  async endOf(request: CheckRequest, place: RoutePlace, ask: Ask): Promise<TracedEnd | null> {
    const values = valuesOf(request);
    const route = place.host.routes?.[place.index];
    if (values === null || route === undefined) return await ask();
    const kinds = this.#kindsOf(place.host);
    const kind = kindOf(request, values, route);
    const known = kinds.get(kind);
    if (known === 'unlike') return await ask();
    if (known === undefined) {
      kinds.set(kind, 'met');
      return await ask();
    }
    const alike = known === 'met' ? null : endAlike(known, values, place);
    if (alike !== null) return alike;
    // A head that is longer may be too long: the longest is the one that tells of others.
    if (known !== 'met' && lengthOf(values) <= known.length) return await ask();
    let asked = new AskedOutsideOfRoutes();
    const end = await ask(() => (asked = new AskedOutsideOfRoutes()));
    const isTelling = end !== null && tells(asked, values) && end.hops.some((hop) => meets(hop, place));
    if (isTelling) kinds.set(kind, { request, place, end, asked, length: lengthOf(values) });
    else kinds.set(kind, known === 'met' ? 'unlike' : known);
    return end;
  }

  #kindsOf(host: VirtualHost): Kinds {
    const kinds = this.#hosts.get(host) ?? new Map<string, Kind>();
    if (kinds.size >= MOST_KINDS) kinds.clear();
    this.#hosts.set(host, kinds);
    return kinds;
  }
}

type Values = ReadonlyMap<string, string>;

/** Values of headers by their names in lower case; null where one may count by itself. */
function valuesOf({ headers = {} }: CheckRequest): Values | null {
  const pairs = Array.isArray(headers) ? [] : Object.entries(headers);
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const lower = name.toLowerCase();
    if (OWN_MEANING.has(lower) || values.has(lower) || typeof value !== 'string' || !isPlainValue(value)) return null;
    values.set(lower, value);
  }
  return values.size === 0 ? null : values;
}

/** Everything of a request but its headers' values, and of a route but what it asks of headers. */
function kindOf(request: CheckRequest, values: Values, route: Route): string {
  const match = { ...route.match, headers: [] };
  return JSON.stringify([
    { ...request, headers: [...values.keys()] },
    { ...route, match },
  ]);
}

function lengthOf(values: Values): number {
  return [...values.values()].reduce((sum, value) => sum + value.length, 0);
}

/** Whether nothing but the choice of routes asks for one of these headers. */
function tells({ headers, choices, isClear }: AskedOutsideOfRoutes, values: Values): boolean {
  return isClear && choices.length > 0 && [...values.keys()].every((name) => !headers.has(name));
}

/** Null where it is not known from what was walked. */
function endAlike(known: Walked, values: Values, place: RoutePlace): TracedEnd | null {
  if (lengthOf(values) > known.length || known.place.configuration !== place.configuration) return null;
  const before = valuesOf(known.request);
  const changes: ChangedValue[] = [...values].map(([name, to]) => ({ name, from: before?.get(name) ?? '', to }));
  const { routes = [] } = place.host;
  for (const { routes: listed, taken, again } of known.asked.choices) {
    const isOwn = listed === routes && taken === known.place.index;
    if (taken === null || again(changes) !== (isOwn ? place.index : taken)) return null;
  }
  const route = { name: routes[place.index]?.name ?? null, index: place.index };
  return { ...known.end, hops: known.end.hops.map((hop) => (meets(hop, known.place) ? { ...hop, route } : hop)) };
}
