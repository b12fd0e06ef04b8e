/**
 * `envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/jwt_authn_filter
 */
import { runtimeOf } from '../../../match/runtime';
import { isUnknown, type Ternary, type Unknown, unknown } from '../../../match/ternary';
import { messageOf } from '../../../envoy/any';
import type { RouteMatch } from '../../../envoy/route';
import { localReply } from '../../hop/local-reply';
import { failedCondition } from '../../../http/route-match';
import { routeInput } from '../../../http/route-input';
import { joinsHeaders } from '../../../envoy/version-behavior';
import { structuredClaims } from './claims';
import { isPreflight } from './cors';
import { ends, type FilterResult, type FilterRun, goesOn, open } from './handler';
import { type JwtProvider, type JwtRequirement, Tokens, type TokenVerdict } from './jwt-requirement';
import { outcome } from '../../outcome';
import type { HttpFilterCause, TokenSpared } from '../../facts/filters';
import { requestFacts } from '../shared/request-facts';
import { acceptToken, mayFindRouteAgain, withUnknownCopies } from './jwt-accepted';
import { clockOf } from './token-time';

interface JwtAuthentication {
  readonly providers?: Readonly<Record<string, JwtProvider>>;
  readonly rules?: readonly {
    readonly match?: RouteMatch;
    readonly requires?: JwtRequirement;
    readonly requirement_name?: string;
  }[];
  readonly requirement_map?: Readonly<Record<string, JwtRequirement>>;
  readonly filter_state_rules?: object;
  readonly bypass_cors_preflight?: boolean;
}

interface PerRouteConfig {
  readonly disabled?: boolean;
  readonly requirement_name?: string;
}

/** What is required of a request, why nothing is, or the input that decides. */
type Required =
  | { readonly requirement: JwtRequirement }
  | { readonly skips: HttpFilterCause }
  | { readonly refused: TokenVerdict }
  | Unknown;

export function runJwt(run: FilterRun): FilterResult {
  const config = messageOf<JwtAuthentication>(run.config);
  const required = requirementOf(run, config);
  if (isUnknown(required)) return open(run, required.unknown, outcome('unknown', null));
  if ('skips' in required) return goesOn(run, required.skips);
  const { claims, now, capturedAt = null } = run.input.context;
  const given = claims === null ? null : structuredClaims(claims);
  const tokens = new Tokens(config.providers ?? {}, run.message, given, clockOf(now, capturedAt));
  const verdict = 'refused' in required ? required.refused : tokens.judge(required.requirement);
  return settled(run, tokens, verdict);
}

function settled(run: FilterRun, tokens: Tokens, verdict: TokenVerdict): FilterResult {
  switch (verdict.kind) {
    case 'accepted':
      return acceptToken(run, tokens, verdict);
    case 'refused': {
      const cause = { kind: 'token-required', refusal: verdict.why } as const;
      return ends(run, localReply(run.message, ['denied', 'jwt-denied'], verdict.status, cause));
    }
    case 'unknown': {
      const refused = localReply(run.message, ['denied', 'jwt-denied'], 401, {
        kind: 'filter-open',
        input: verdict.input,
      });
      tokens.writeUnknown(run.input.state);
      return openRoute(run, open(run, verdict.input, refused.outcome), tokens);
    }
  }
}

/** The same where the token that is not known may write headers, and have the route found again. */
function openRoute({ message }: FilterRun, result: FilterResult, tokens: Tokens): FilterResult {
  if (result.kind !== 'open') return result;
  return { ...result, message: withUnknownCopies(message, tokens), findsRouteAgain: mayFindRouteAgain(tokens) };
}

function requirementOf(run: FilterRun, config: JwtAuthentication): Required {
  const preflight = config.bypass_cors_preflight === true && isPreflight(run.message);
  if (isUnknown(preflight)) return preflight;
  if (preflight) return spared('preflight');
  const [own] = run.perRoute.configs;
  if (own !== undefined) return ofRoute(messageOf<PerRouteConfig>(own.config), config);
  for (const rule of config.rules ?? []) {
    const isFor = matches(run, rule.match ?? {});
    if (isUnknown(isFor)) return isFor;
    if (isFor) return ofRule(config, rule);
  }
  return spared('no-rule');
}

type Rule = NonNullable<JwtAuthentication['rules']>[number];

function ofRule(config: JwtAuthentication, rule: Rule): Required {
  const requirement = rule.requires ?? named(config, rule.requirement_name);
  return requirement === null ? spared('rule-requires-nothing') : { requirement };
}

function spared(why: TokenSpared): Required {
  return { skips: { kind: 'token-not-required', why } };
}

/** A route that names a requirement that the filter does not have is closed: Envoy takes such a route, and answers 403. */
function ofRoute(own: PerRouteConfig, config: JwtAuthentication): Required {
  if (own.disabled === true) return { skips: { kind: 'off-for-route' } };
  const { requirement_name: name = '' } = own;
  const requirement = named(config, name);
  if (requirement !== null) return { requirement };
  return { refused: { kind: 'refused', status: 403, why: { kind: 'no-such-requirement', name } } };
}

function named({ requirement_map: map = {} }: JwtAuthentication, name: string | undefined): JwtRequirement | null {
  return name !== undefined && Object.hasOwn(map, name) ? (map[name] ?? null) : null;
}

function matches({ input, message }: FilterRun, match: RouteMatch): Ternary {
  const { context } = input;
  const facts = requestFacts({ ...input, message }, joinsHeaders(context.config));
  const asked = routeInput({ ...facts, tls: null, decisions: context.decisions, runtime: runtimeOf(context.config) });
  const failed = failedCondition(match, asked, {});
  return failed === null || (failed.unknown !== null && unknown(failed.unknown));
}
