/** The way of one request through the mesh, along one set of decisions. */
import type { PacketCause } from '../facts/iptables';
import type { Cause, StepFacts } from '../facts/step';
import type { ReachedPlace } from '../facts/upstream';
import type { HopFacts, IpPort, Outcome } from '../model';
import { DELIVERED, outcome, seenByCaller } from '../outcome';
import { namedOrigin } from '../origin';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { type Ending, ending } from '../hop/ending';
import { step } from '../hop/record';
import type { Destination } from '../request/destination';
import { reachedStep } from '../hop/reached';
import { arrive } from './arrive';
import type { CaptureStep } from './capture';
import { type Departure, depart } from './depart';
import { meetingStep } from './mutual-tls';
import type { JourneyContext } from './journey-context';
import { redirectedAt, type CallMade } from './internal-redirect';
import { connectionOf, contentOf, leftBy, type Place, type Sender, type Stop } from './place';
import { nameOf, productMark, type ProxyWalk, walkProxy } from './walk-proxy';
import { inboundSource, type WayOut, wayOut } from './way-out';
import { isOwnAddress } from './arrive';
import { addAll } from '../../lists';

export interface Journey {
  readonly hops: readonly HopFacts[];
  readonly outcome: Outcome;
  /** Why it ends so. */
  readonly cause: Cause;
}

/** A request that goes through more proxies than this goes round in a circle. */
const MOST_HOPS = 16;

/** Walks from the caller to where the request ends. */
export function walkJourney(context: JourneyContext, departure: Departure): Journey {
  return new Walker(context).run(depart(context, departure), departure);
}

class Walker {
  readonly #context: JourneyContext;
  readonly #hops: HopFacts[] = [];
  readonly #sides: CallMade[] = [];

  constructor(context: JourneyContext) {
    this.#context = context;
  }

  run(start: Place, departure: Departure): Journey {
    let place = lookedUp(departure, start);
    for (let count = 0; count < MOST_HOPS; count += 1) {
      if ((place.left ?? []).length > 0) this.#append(place.left ?? []);
      addAll(this.#hops, place.hops ?? []);
      if (place.kind === 'reached') return this.#reached(place.what, place.steps);
      if (place.kind === 'ended') return this.#ending(place.ending, place.steps);
      const walk = this.#walk(place.stop, place.steps);
      if (walk.end.kind === 'end') {
        const again = this.#redirected(walk.end.outcome);
        if (again === null) return this.#ended(walk.end.outcome, walk.end.cause);
        place = again;
        continue;
      }
      const { forward } = walk.end;
      if (this.#context.query.oneHop === true) {
        return this.#ended(DELIVERED, { kind: 'one-hop', cluster: forward.cluster });
      }
      this.#sides.push({
        isHttp: forward.isHttp,
        isGrpc: forward.isGrpc,
        isTls: forward.tls !== null,
        retry: forward.retry,
        answers: forward.answers,
        stop: place.stop,
        route: walk.hop.route?.name ?? '',
        sent: forward.message,
        redirect: forward.internalRedirect ?? null,
      });
      place = leftBy(policySteps(forward.cluster), goOn(this.#context, place.stop, walk.end));
    }
    return this.#ended(outcome('failed', 'no-next-hop'), { kind: 'goes-round', proxies: MOST_HOPS });
  }

  /** Walks one proxy and says, in the hop before it, how the two meet. */
  #walk(stop: Stop, steps: readonly StepFacts[]): ProxyWalk {
    const walk = walkProxy(this.#context, stop, steps);
    const hop = withNamedOrigins(walk.hop);
    const before = this.#hops.at(-1);
    // What a proxy sends again does not come from the hop before. How a ztunnel meets a waypoint, its own step says.
    const meets = stop.arrival.again === undefined && before?.direction !== 'ztunnel-outbound';
    if (before !== undefined && meets) {
      const meeting = meetingStep(stop, walk);
      if (meeting !== null) this.#hops.splice(-1, 1, { ...before, steps: [...before.steps, meeting] });
    }
    this.#hops.push(hop);
    return walk;
  }

  #reached(place: ReachedPlace, steps: readonly StepFacts[]): Journey {
    this.#append([...steps, reachedStep(place)]);
    return this.#ended(DELIVERED, { kind: 'reaches', place });
  }

  #ending({ outcome: end, cause }: Ending, steps: readonly StepFacts[]): Journey {
    this.#append(steps);
    return this.#ended(end, cause);
  }

  /** What happens behind a proxy stands in its hop; before any proxy there is one without a listener. */
  #append(steps: readonly StepFacts[]): void {
    const last = this.#hops.at(-1);
    if (last !== undefined) {
      this.#hops.splice(-1, 1, { ...last, steps: [...last.steps, ...steps] });
      return;
    }
    this.#hops.push({
      ...productMark(this.#context.mesh.source),
      proxy: nameOf(this.#context.mesh.source.id),
      direction: this.#context.query.mode ?? 'outbound',
      listener: null,
      filterChain: null,
      routeConfiguration: null,
      virtualHost: null,
      route: null,
      clusters: [],
      steps,
    });
  }

  /** Where a proxy on the way back follows the redirect itself, it sends the request again; null where none does. */
  #redirected(end: Outcome): Place | null {
    let seen = end;
    for (const [index, side] of [...this.#sides.entries()].toReversed()) {
      const again = redirectedAt(this.#context, side, seen);
      if (again !== null) {
        this.#sides.length = index;
        return again;
      }
      seen = seenByCaller(seen, side);
    }
    return null;
  }

  /** Each proxy on the way back may change what its caller gets. */
  #ended(end: Outcome, cause: Cause): Journey {
    const seen = this.#sides.reduceRight((result, side) => seenByCaller(result, side), end);
    return { hops: this.#hops, outcome: seen, cause };
  }
}

/** The mesh's policy for hosts that it does not know. https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/ */
function policySteps(cluster: string): readonly StepFacts[] {
  if (cluster !== 'PassthroughCluster') return [];
  return [step('cluster', 'noted', cluster, { kind: 'passed-through' })];
}

function withNamedOrigins(hop: HopFacts): HopFacts {
  const steps = hop.steps.map((one) => {
    const origin = one.origin ?? namedOrigin(one.stage, one.name ?? '');
    return origin === null ? one : { ...one, origin };
  });
  return { ...hop, steps };
}

/** How the destination was found, in the first step that there is. */
function lookedUp({ destination }: Departure, place: Place): Place {
  const [first, ...rest] = place.left ?? [];
  if (first !== undefined) return { ...place, left: [withDestination(first, destination), ...rest] };
  const [hop, ...hops] = place.hops ?? [];
  const [earliest, ...later] = hop?.steps ?? [];
  if (hop !== undefined && earliest !== undefined) {
    return { ...place, hops: [{ ...hop, steps: [withDestination(earliest, destination), ...later] }, ...hops] };
  }
  const [own, ...others] = place.steps;
  if (own !== undefined) return { ...place, steps: [withDestination(own, destination), ...others] };
  const cause = { kind: 'addressed-to', to: destination.address, found: destination.found } as const;
  return { ...place, steps: [step('iptables', 'noted', null, cause)] };
}

function withDestination(one: StepFacts, { address, found, service, otherVips = [] }: Destination): StepFacts {
  return { ...one, destination: { found, service: service ?? null, address, otherVips } };
}

/** From one proxy to whatever its forward comes to, past its own pod's rules. */
function goOn(
  context: JourneyContext,
  { config, id, direction, arrival }: Stop,
  end: Extract<ProxyWalk['end'], { kind: 'forward' }>,
): Place {
  const { forward, inner } = end;
  const { mesh } = context;
  const entry = id === null ? null : mesh.book.podOf(id);
  const own = config.ip ?? entry?.ips[0] ?? null;
  const sender: Sender = { config, entry, ip: own };
  const { to } = forward;
  const content = contentOf(forward);
  const home = isOwnAddress(to.ip, sender);
  const isApplication = direction === 'inbound' && (home || to.ip === arrival.connection.destination.ip);
  const source = isApplication ? inboundSource(to, boundAddress(config, forward.cluster), own) : own;
  const out = wayOut(context, { config, id }, { to, source, home: home || isApplication });
  const parcel = { ...content, to, from: sender, inner };
  const on = (): Place =>
    isApplication
      ? { kind: 'reached', what: { kind: 'application', port: to.port, pod: nameOf(id), why: null }, steps: [] }
      : arrive(context, parcel);
  if (out === null) return on();
  const { fate } = out;
  if (fate.kind === 'redirected' && home && !isApplication) {
    const { port, transparent } = fate;
    const redirected = { kind: 'redirected', port, transparent, fromHere: true } as const;
    const again = { ...content, connection: connectionOf(to, own, content), entry: redirected, inner };
    return { kind: 'proxy', stop: { config, id, direction: 'inbound', arrival: again }, steps: [out.step] };
  }
  return letGo(out, on, (rewritten) => arrive(context, { ...parcel, to: rewritten }));
}

/** Where Envoy's own connection comes to, by what the pod's rules do with it. */
function letGo({ fate, step: taken, isDerived }: WayOut, passed: () => Place, rewritten: (to: IpPort) => Place): Place {
  switch (fate.kind) {
    case 'passed':
      return leftBy([taken], passed());
    case 'rewritten':
      return leftBy([taken], rewritten(fate));
    case 'dropped':
      return { kind: 'ended', ending: ending('failed', 'no-next-hop', taken.cause), steps: [taken] };
    case 'unknown':
      return { kind: 'ended', ending: ending('unknown', 'unknown-input', taken.cause), steps: [taken] };
    case 'redirected':
      return isDerived ? leftBy([mayGoRound(taken)], passed()) : capturedAgain(taken);
  }
}

/** Rules that are worked out may not be the pod's: that they would not work is no proof that the pod does not. */
function mayGoRound(taken: CaptureStep): StepFacts {
  return { ...taken, outcome: 'noted', cause: roundAndRound(taken.cause, 'if-derived') };
}

/** The pod's rules take Envoy for somebody else: each of its connections comes back to it. */
function capturedAgain(taken: CaptureStep): Place {
  const cause = roundAndRound(taken.cause, 'surely');
  const steps = [{ ...taken, outcome: 'ended', cause } as const];
  return { kind: 'ended', ending: ending('failed', 'no-next-hop', cause), steps };
}

function roundAndRound(cause: PacketCause, goesRound: 'surely' | 'if-derived'): PacketCause {
  return cause.own === null ? cause : { ...cause, own: { ...cause.own, goesRound } };
}

/** The address that a cluster's connections are made from; null where it names none. */
function boundAddress(config: ProxyConfig, cluster: string): string | null {
  const bind = config.cluster(cluster)?.resource?.upstream_bind_config ?? {};
  const source = bind['source_address'];
  const address = typeof source === 'object' && source !== null && 'address' in source ? source.address : null;
  return typeof address === 'string' ? address : null;
}
