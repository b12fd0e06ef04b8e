/** Routes that nothing reaches: those before them in their virtual host take all that they would. */
import type { ProxyConfig } from '../envoy/proxy-config';
import type { HeaderMatcher, RouteMatch, StringMatcher, VirtualHost } from '../envoy/route';
import { ConditionIndex, type Key, keysOfText, type Known, knownOf, wholeText } from '../match/condition-index';
import { isPresenceMatcher, stringMatcherOf } from '../match/header-matcher';
import type { Finding } from './finding';
import { pathStart } from '../http/conditions/path-implication';
import { impliesRoute } from '../http/route-match';
import { joinsHeaders } from '../envoy/version-behavior';
import { rememberedFor } from '../remembered';
import { MOST_ROUTES, shadowsTogether } from './routes-together';
import { ownerOf, type RouteAt, routeLabel, routesOf, routeTables } from './route-tables';

/** Routes that no request reaches, for those before them take all that they take. */
export function shadowedRoutes(config: ProxyConfig): readonly Finding[] {
  const togetherIn = joinsHeaders(config) ? togetherByJoined : togetherByEach;
  return routeTables(config).flatMap((table) =>
    routesOf(table).flatMap((at) => {
      if ((at.host.routes ?? []).length < 2) return [];
      const by = shadowOf(at.host, at.index);
      const together = by === null ? (togetherIn(at.host)[at.index] ?? null) : [by];
      return together === null ? [] : [findingOf(at, together)];
    }),
  );
}

/**
 * What is not looked at, in sentences: a virtual host with many routes is only asked for one route that takes all of another, and where
 * these differ in nothing that an index finds, not of all routes.
 */
export function routesNotExamined(config: ProxyConfig): readonly string[] {
  const hosts = new Set(routeTables(config).flatMap(({ configuration }) => configuration.virtual_hosts ?? []));
  return [...hosts].flatMap((host) => {
    const { name = '', routes = [] } = host;
    if (routes.length <= MOST_ROUTES) return [];
    const { until } = shadowsIn(host);
    const many = `virtual host ${name} has ${routes.length} routes`;
    return [
      `${many}: routes that several others take together are looked for in those with up to ${MOST_ROUTES}`,
      ...(until === null ? [] : [`${many}: those from #${until} on are not held against the routes before them`]),
    ];
  });
}

/**
 * So often one route of a virtual host is held against another that the index leaves: of routes that differ in what their headers
 * contain it leaves all, and the time would grow with the square of their number.
 */
const MOST_ASKED = 2_000_000;

/** Looked for once a virtual host: a table may have thousands of routes. */
const shadowsIn = rememberedFor(findShadows);
const togetherByJoined = rememberedFor((host: VirtualHost) => shadowsTogether(host, true));
const togetherByEach = rememberedFor((host: VirtualHost) => shadowsTogether(host, false));

/** The number of the first route that takes all that this one would; null where there is none. */
export function shadowOf(host: VirtualHost, index: number): number | null {
  // Of a route alone there is nothing to work out, nor to remember: there are proxies with 100,000 virtual hosts of one.
  return index === 0 ? null : (shadowsIn(host).by[index] ?? null);
}

interface Shadows {
  /** Of each route the first that takes all that it would; null where there is none, or it was not looked for. */
  readonly by: readonly (number | null)[];
  /** The first route of which it was not looked for any more; null where all were. */
  readonly until: number | null;
}

function findShadows(host: VirtualHost): Shadows {
  const matches = (host.routes ?? []).map(({ match = {} }) => match);
  const index = new ConditionIndex(matches.map(keysOf));
  const by: (number | null)[] = [];
  let asked = 0;
  for (const [number, narrow] of matches.entries()) {
    if (asked > MOST_ASKED) return { by, until: number };
    let wide: number | null = null;
    for (const other of index.each(knownIn(narrow), number)) {
      asked += 1;
      if (!impliesRoute(narrow, matches[other] ?? {})) continue;
      wide = other;
      break;
    }
    by.push(wide);
  }
  return { by, until: null };
}

/** What a route that this one takes must say, too: each of its conditions on a header, the query and the path. */
function keysOf(match: RouteMatch): readonly Key[] {
  return [
    ...(match.headers ?? []).flatMap((matcher) => keysOfText(headerSubject(matcher), textIn(matcher))),
    ...(match.query_parameters ?? []).flatMap(({ name = '', string_match: text }) =>
      keysOfText(`query ${name}`, text ?? {}),
    ),
    ...keysOfText('path', pathText(match)),
  ];
}

/** What a matcher wants of the value itself; what is inverted or only there is compared as a whole. */
function textIn(matcher: HeaderMatcher): StringMatcher {
  return matcher.invert_match === true || isPresenceMatcher(matcher) ? {} : (stringMatcherOf(matcher) ?? {});
}

/** What all requests of a route have. */
function knownIn(match: RouteMatch): readonly Known[] {
  const headers = (match.headers ?? []).map((matcher) => ({
    subject: headerSubject(matcher),
    texts: [knownOf(stringMatcherOf(matcher) ?? {})],
  }));
  const query = (match.query_parameters ?? []).map(({ name = '', string_match: text }) => ({
    subject: `query ${name}`,
    texts: [knownOf(text ?? {})],
  }));
  return [
    ...headers,
    ...query,
    { subject: 'path', texts: [match.path === undefined ? knownOf(pathText(match)) : wholeText(match.path)] },
  ];
}

/** The path: a route by an expression is only taken by what takes the same expression, and takes paths that hold its parts. */
function pathText(match: RouteMatch): StringMatcher {
  const { safe_regex: regex, connect_matcher: connect, path_match_policy: policy } = match;
  const others = [connect, policy, match.prefix, match.path, match.path_separated_prefix];
  const isByExpression = regex !== undefined && others.every((one) => one === undefined);
  return isByExpression ? { safe_regex: regex } : { prefix: pathStart(match) };
}

function headerSubject({ name = '' }: HeaderMatcher): string {
  return `header ${name.toLowerCase()}`;
}

function findingOf(at: RouteAt, by: readonly number[]): Finding {
  const names = by.map((number) => {
    const name = at.host.routes?.[number]?.name ?? '';
    return `#${number}${name === '' ? '' : ` (${name})`}`;
  });
  const shadows =
    names.length === 1
      ? `route ${names[0] ?? ''} of the same virtual host takes`
      : `routes ${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''} of the same virtual host together take`;
  return {
    rule: 'shadowed-route',
    severity: 'warning',
    resource: routeLabel(at),
    message: `no request reaches it: ${shadows} all that it would`,
    owner: ownerOf(at.route.metadata, at.host.metadata),
    config: at.pointer,
  };
}
