/**
 * A proxy that follows a redirect of its upstream itself.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/http_connection_management#internal-redirects
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../envoy/any';
import type { HttpMessage } from '../../http/message';
import { Decisions } from '../decisions';
import { ending } from '../hop/ending';
import type { InternalRedirect, SentAgain } from '../hop/context';
import { step } from '../hop/record';
import { isPlain, redirectedMessage, wasOverTls } from '../http/internal-redirect';
import { ownField } from '../../own-field';
import type { Outcome } from '../model';
import type { CallerSide } from '../outcome';
import type { JourneyContext } from './journey-context';
import type { Place, Stop } from './place';
import { walkProxy } from './walk-proxy';

/** The caller's side of a call, and how it came to the proxy that makes it. */
export interface CallMade extends CallerSide {
  readonly stop: Stop;
  /** The name of the route by which it was made; empty where it has none. */
  readonly route: string;
  /** The request as it was made; null where it is none. */
  readonly sent: HttpMessage | null;
  readonly redirect: InternalRedirect | null;
}

const NONE: SentAgain = { followed: 0, targets: new Map() };

/** The request again at the proxy that follows a redirect of its upstream; null where it hands it on. */
export function redirectedAt(context: JourneyContext, side: CallMade, seen: Outcome): Place | null {
  const { stop, redirect, sent } = side;
  const { status, location } = seen;
  if (redirect === null || sent === null || status === null || location === null) return null;
  const { followed, targets } = stop.arrival.again ?? NONE;
  if (seen.verdict !== 'redirected' || followed >= redirect.most || !redirect.codes.includes(status)) return null;
  const isTls = stop.arrival.connection.tls !== null;
  const requests = redirectedMessage(sent, { status, location }, redirect, isTls);
  if (requests === null) return null;
  const again = (message: HttpMessage, known: ReadonlySet<string>): Stop => ({
    ...stop,
    arrival: {
      ...stop.arrival,
      message,
      again: { followed: followed + 1, targets: targetsWith(targets, side, known) },
    },
  });
  const target = targetRoute(context, again(requests.asked, new Set()));
  // What leads to no route is handed on as it came.
  if (target === null) return null;
  const known = new Set(targets.get(side.route) ?? []);
  const allowed = accepts(redirect.predicates, { target, known, sent, isTls, message: requests.message });
  if (allowed === null) return undecided();
  if (!allowed) return null;
  const cause = { kind: 'follows-redirect', location } as const;
  return {
    kind: 'proxy',
    stop: again(requests.message, known),
    steps: [step('http-connection-manager', 'noted', 'internal redirect', cause)],
  };
}

function targetsWith(
  targets: SentAgain['targets'],
  { route }: CallMade,
  known: ReadonlySet<string>,
): SentAgain['targets'] {
  return new Map([...targets, [route, known]]);
}

/** The name of the route that the request meets when it is sent again; null where it meets none. */
function targetRoute(context: JourneyContext, stop: Stop): string | null {
  const { hop, end } = walkProxy({ ...context, decisions: new Decisions() }, stop, []);
  if (hop.route !== null) return hop.route.name ?? '';
  // The redirect of require_tls is a route without a name, and what is not known may be one.
  const isRoute = end.kind === 'end' && (end.outcome.verdict === 'redirected' || end.outcome.verdict === 'unknown');
  return isRoute ? '' : null;
}

interface Asked {
  readonly target: string;
  /** Routes that redirects of the same route were sent to; one that is asked about is one of them from then on. */
  readonly known: Set<string>;
  readonly sent: HttpMessage;
  readonly message: HttpMessage;
  readonly isTls: boolean;
}

/** In order, up to the first that refuses; null where one is not evaluated that may refuse. */
function accepts(predicates: readonly TypedExtension[], asked: Asked): boolean | null {
  let isOpen = false;
  for (const one of predicates) {
    const type = messageTypeOf(one.typed_config);
    const predicate = ownField(PREDICATES, type);
    if (predicate === undefined) isOpen = true;
    else if (!predicate(asked, one)) return false;
  }
  return isOpen ? null : true;
}

const PREDICATE = 'envoy.extensions.internal_redirect';

const PREDICATES: Readonly<Record<string, (asked: Asked, own: TypedExtension) => boolean>> = {
  [`${PREDICATE}.previous_routes.v3.PreviousRoutesConfig`]: isFirst,
  [`${PREDICATE}.allow_listed_routes.v3.AllowListedRoutesConfig`]: ({ target }, { typed_config: config }) =>
    (messageOf<{ allowed_route_names?: readonly string[] }>(config).allowed_route_names ?? []).includes(target),
  [`${PREDICATE}.safe_cross_scheme.v3.SafeCrossSchemeConfig`]: ({ sent, message, isTls }) =>
    wasOverTls(sent, isTls) || isPlain(message.scheme),
};

/** The name counts as met once it is asked about: two of these in one policy let nothing through. */
function isFirst({ target, known }: Asked): boolean {
  const isNew = !known.has(target);
  known.add(target);
  return isNew;
}

function undecided(): Place {
  const cause = { kind: 'redirect-predicates' } as const;
  const end = ending('unknown', 'unknown-input', cause);
  return { kind: 'ended', ending: end, steps: [step('route', 'unknown', null, cause)] };
}
