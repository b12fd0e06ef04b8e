/**
 * RBAC policies that no request can meet, and those of network filters that no connection can: their conditions contradict each
 * other, or other policies before them take every request that would, those of earlier filters among them. Decided by emptiness;
 * nothing is reported where that is not decided.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/rbac_filter
 */
import { Cell, type ReachCondition, Spaces } from '../algebra/cell';
import { regexLanguage } from '../algebra/build-language';
import { isAscii } from '../algebra/conditions';
import { Language, LanguageTooLarge } from '../algebra/language';
import { type Any, messageOf, messageTypeOf } from '../envoy/any';
import { chainsOf, httpManagers, type ManagerAt } from '../envoy/http-managers';
import type { FilterChain } from '../envoy/listener';
import type { ProxyConfig } from '../envoy/proxy-config';
import { policiesInOrder, type Rbac, type RbacFilter } from '../envoy/rbac';
import { rememberedFor } from '../remembered';
import { policyOrigin } from '../trace/filters/rbac/policy-name';
import type { Finding } from './finding';
import {
  asksNames,
  conditionsIn,
  type Formula,
  isOfOneName,
  isTrue,
  policyFormula,
  portCondition,
} from './policy-formula';
import { largest } from '../lists';

/**
 * Policies with more before them than this are held against none of those, only against themselves: the time would grow with the
 * square of their number. `policiesNotExamined` says so.
 */
const MOST_BEFORE = 500;

/** A policy that falls into more parts than this is not looked at. */
const MOST_PARTS = 2000;

/** Policies that decide about nothing, and what decides in their place. */
export function unreachablePolicies(config: ProxyConfig): readonly Finding[] {
  const ofRequests = unreachableIn('request', httpManagers(config).map(policiesOf));
  // The policies of connections that Istio makes of one for requests are less than it: their own emptiness says nothing of it.
  const ofConnections = unreachableIn(
    'connection',
    config.servingListeners.flatMap(({ resource, pointer }) =>
      resource === null
        ? []
        : chainsOf(resource).map(({ chain, path }) => networkPoliciesOf(chain, `${pointer}/${path}`)),
    ),
  );
  const names = new Set(ofRequests.keys());
  const found = [
    ...ofRequests.values(),
    ...[...ofConnections].flatMap(([name, one]) => (names.has(name) ? [] : [one])),
  ];
  return found.flatMap((one) => one ?? []);
}

/** What is not looked at, in sentences: where a chain has many policies, the later ones are only held against themselves. */
export function policiesNotExamined(config: ProxyConfig): readonly string[] {
  const most = largest(
    httpManagers(config).map((at) => policiesOf(at).length),
    0,
  );
  return most <= MOST_BEFORE
    ? []
    : [
        `the HTTP filters of a chain have ${most} RBAC policies: what others before it decide is looked for in the first ${MOST_BEFORE}`,
      ];
}

/** By policy, what is reported of it; null where nothing is. */
function unreachableIn(
  what: 'request' | 'connection',
  chains: readonly (readonly Judged[])[],
): ReadonlyMap<string, Finding | null> {
  const byName = new Map<string, Finding | null>();
  for (const judged of chains) {
    for (const { name, pointer, decided } of judged) {
      // A policy stands in every chain; it is in vain only if it is so in each.
      if (byName.get(name) === null) continue;
      const by = decided();
      if (by === null) byName.set(name, null);
      else if (!byName.has(name)) byName.set(name, findingOf(what, { name, pointer }, by));
    }
  }
  return byName;
}

function findingOf(
  what: string,
  { name, pointer: config }: Pick<Judged, 'name' | 'pointer'>,
  by: readonly string[],
): Finding {
  const message =
    by.length === 0
      ? `no ${what} meets all of its conditions`
      : `${by.join(' and ')} ${by.length === 1 ? 'decides' : 'together decide'} about every ${what} that would meet it`;
  return {
    rule: 'unreachable-policy',
    severity: 'warning',
    resource: `policy ${name}`,
    message,
    owner: policyOrigin(name),
    config,
  };
}

interface Judged {
  readonly name: string;
  readonly pointer: string;
  /** Those that take what it would; null where some request meets it, or that is not decided. */
  readonly decided: () => readonly string[] | null;
}

interface Known {
  readonly name: string;
  /** Null where it is not understood. */
  readonly formula: Formula | null;
}

/** What decides about a request before a policy is asked. */
interface Earlier {
  /** One of these policies does where it holds. */
  readonly takes: readonly Known[];
  /** Of each filter that lets through what one of these allows, and nothing else. */
  readonly allows: readonly (readonly Known[])[];
}

/** Filters behind which a request's headers may be others. */
const KEEPS_HEADERS = /\.(?:rbac\.v3\.RBAC|cors\.v3\.Cors|fault\.v3\.HTTPFault|grpc_stats\.v3\.FilterConfig)$/;

function policiesOf({ manager, chain, pointer }: ManagerAt): readonly Judged[] {
  return judgedIn(manager.http_filters ?? [], chain, pointer, KEEPS_HEADERS);
}

/** Of a connection, a network filter changes filter state alone. */
const KEEPS_CONNECTIONS = /^(?!.*\.set_filter_state\.)/;

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/rbac_filter */
function networkPoliciesOf(chain: FilterChain, pointer: string): readonly Judged[] {
  return judgedIn(chain.filters ?? [], chain, pointer, KEEPS_CONNECTIONS);
}

/** @param keeps the types of filters behind which everything is as before */
function judgedIn(
  filters: readonly { readonly typed_config?: Any; readonly disabled?: boolean }[],
  chain: FilterChain,
  pointer: string,
  keeps: RegExp,
): readonly Judged[] {
  const port = chain.filter_chain_match?.destination_port;
  const found: Judged[] = [];
  const asked: Known[] = [];
  let shared: Spaces | null | undefined;
  const together = (): Spaces | null => {
    shared ??=
      shared === undefined
        ? spacesOf(
            asked.flatMap(({ formula }) => formula ?? []),
            port,
          )
        : null;
    return shared;
  };
  let earlier = NOTHING;
  for (const filter of filters) {
    const type = messageTypeOf(filter.typed_config);
    if (!keeps.test(type)) earlier = NOTHING;
    const { rules } = type.endsWith('.rbac.v3.RBAC') ? messageOf<RbacFilter>(filter.typed_config) : {};
    if (rules === undefined || rules.action === 'LOG' || filter.disabled === true) continue;
    const own = knownIn(rules);
    const before = earlier;
    for (const [place, one] of own.entries()) {
      const against = heldAgainst(before, own, place);
      const isAmong = found.length <= MOST_BEFORE;
      if (isAmong) asked.push(one);
      found.push({
        name: one.name,
        pointer,
        decided: () => decidedBy(one, against, port, isAmong ? together() : null),
      });
    }
    earlier = withMore(earlier, rules, own);
  }
  return found;
}

const NOTHING: Earlier = { takes: [], allows: [] };
/** More than a policy is held against; what exactly need not be known, and a chain may have a hundred thousand filters. */
const TOO_MUCH: Earlier = { takes: [], allows: [] };

function withMore(earlier: Earlier, { action }: Rbac, own: readonly Known[]): Earlier {
  const { takes, allows } = earlier;
  const isTooMuch = earlier === TOO_MUCH || countIn(earlier) + own.length > MOST_BEFORE || allows.length >= MOST_BEFORE;
  if (isTooMuch) return TOO_MUCH;
  return action === 'DENY' ? { allows, takes: [...takes, ...own] } : { takes, allows: [...allows, own] };
}

function countIn({ takes, allows }: Earlier): number {
  return takes.length + allows.reduce((sum, { length }) => sum + length, 0);
}

/** What decides before one of a filter's policies is asked; nothing where that is too much. @param place of the policy in `own` */
function heldAgainst(earlier: Earlier, own: readonly Known[], place: number): Earlier {
  const { takes, allows } = earlier;
  if (earlier === TOO_MUCH || countIn(earlier) + place > MOST_BEFORE) return NOTHING;
  return { takes: [...takes, ...own.slice(0, place)], allows };
}

/** In the order in which Envoy asks them. */
const knownIn = rememberedFor((rules: Rbac): readonly Known[] =>
  policiesInOrder(rules).map(([name, policy]) => ({
    name,
    formula: isAscii(policy) ? orNull(() => policyFormula(policy)) : null,
  })),
);

function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof LanguageTooLarge)) throw error;
    return null;
  }
}

const ANY = regexLanguage('.*') ?? Language.all;
const SOME = regexLanguage('.+') ?? Language.all;
const MAY_BE_ABSENT = /^(?:header:(?!:)|principal$|metadata )/;

/**
 * What all of these policies ask, divided once: a policy's own share of it tells the same, and hundreds of them would divide what
 * those before them ask hundreds of times. Null where that is too large.
 */
function spacesOf(formulas: readonly Formula[], port: number | undefined): Spaces | null {
  const spaces = new Spaces((dimension) => ({
    absent: MAY_BE_ABSENT.test(dimension),
    values: dimension === 'path' || dimension === 'port' ? SOME : ANY,
  }));
  const asked = formulas.flatMap(conditionsIn);
  const here = portOf(port);
  return spaces.add(here === null ? asked : [...asked, here]).length > 0 ? null : spaces;
}

function portOf(port: number | undefined): ReachCondition | null {
  return port === undefined ? null : portCondition(port);
}

/** @param shared spaces that have the conditions of all of them already; null where there are none */
function decidedBy(
  { formula }: Known,
  earlier: Earlier,
  port: number | undefined,
  shared: Spaces | null,
): readonly string[] | null {
  // A policy without conditions that takes nothing is meant so: Istio makes one of an AuthorizationPolicy that allows nothing.
  if (formula === null || conditionsIn(formula).length === 0 || !isOfOneName(formula)) return null;
  const takes = earlier.takes.flatMap((one) =>
    one.formula !== null && isOfOneName(one.formula) ? [{ ...one, formula: one.formula }] : [],
  );
  const allows = earlier.allows.flatMap((own) => {
    const known = own.flatMap((one) => one.formula ?? []);
    // Names in certificates are excluded by what lets nobody else through.
    return known.length === own.length && known.every((one) => !asksNames(one)) ? [known] : [];
  });
  const spaces = shared ?? spacesOf([formula, ...takes.map((one) => one.formula), ...allows.flat()], port);
  if (spaces === null) return null;
  const here = portOf(port);
  const whole = new Cell(spaces);
  const start = here === null ? whole : whole.cut(here.dimension, spaces.setOf(here));
  return leftOf(spaces, start, (holds) => {
    if (!isTrue(formula, holds)) return 'elsewhere';
    if (allows.some((own) => !own.some((one) => isTrue(one, holds)))) return 'not allowed';
    return takes.find((one) => isTrue(one.formula, holds))?.name ?? null;
  });
}

/**
 * Divides the requests by what decides about each; the names of who does, null as soon as nobody does or it takes too long.
 * @param judge null where nobody decides; `elsewhere` where the policy itself does not hold
 */
function leftOf(
  spaces: Spaces,
  start: Cell,
  judge: (holds: (condition: ReachCondition) => boolean) => string | null,
): readonly string[] | null {
  const by = new Set<string>();
  const open = [start];
  for (let parts = 0; parts < MOST_PARTS; parts += 1) {
    const next = open.pop();
    if (next === undefined) return [...by];
    if (next.isEmpty()) continue;
    let cell = next;
    const found = judge((condition) => {
      const { dimension } = condition;
      const set = spaces.setOf(condition);
      const own = cell.setOf(dimension);
      // No part of what is open is empty: most conditions hold in none of it, or in all.
      if (own.isApartFrom(set)) return false;
      if (own.isWithin(set)) return true;
      open.push(cell.cut(dimension, set.opposite()));
      cell = cell.cut(dimension, set);
      return true;
    });
    if (found === null) return null;
    if (found !== 'elsewhere') by.add(found === 'not allowed' ? 'what an earlier filter does not allow' : found);
  }
  return null;
}
