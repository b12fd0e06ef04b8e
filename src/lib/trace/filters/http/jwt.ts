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
import { requestFacts } from '../shared/request-facts';
import { acceptToken } from './jwt-accepted';

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

/** Null where nothing is required. */
type Required =
  { readonly requirement: JwtRequirement; readonly because: string } | { readonly skips: string } | Unknown;

export function runJwt(run: FilterRun): FilterResult {
  const config = messageOf<JwtAuthentication>(run.config);
  const required = requirementOf(run, config);
  if (isUnknown(required)) return open(run, required.unknown, outcome('unknown', null));
  if ('skips' in required) return goesOn(run, required.skips);
  const { claims } = run.input.context;
  const tokens = new Tokens(config.providers ?? {}, run.message, claims === null ? null : structuredClaims(claims));
  const verdict = tokens.judge(required.requirement);
  return settled(run, tokens, verdict);
}

function settled(run: FilterRun, tokens: Tokens, verdict: TokenVerdict): FilterResult {
  switch (verdict.kind) {
    case 'accepted':
      return acceptToken(run, tokens, verdict);
    case 'refused': {
      const because = `a JWT is required: ${verdict.because}`;
      return ends(run, localReply(run.message, ['denied', 'jwt-denied'], verdict.status, because));
    }
    case 'unknown': {
      const refused = localReply(run.message, ['denied', 'jwt-denied'], 401, verdict.input);
      tokens.writeUnknown(run.input.state);
      return open(run, verdict.input, refused.outcome);
    }
  }
}

function requirementOf(run: FilterRun, config: JwtAuthentication): Required {
  const preflight = config.bypass_cors_preflight === true && isPreflight(run.message);
  if (isUnknown(preflight)) return preflight;
  if (preflight) return { skips: 'a CORS pre-flight request needs no JWT' };
  const [own] = run.perRoute.configs;
  if (own !== undefined) return ofRoute(messageOf<PerRouteConfig>(own.config), config);
  for (const rule of config.rules ?? []) {
    const isFor = matches(run, rule.match ?? {});
    if (isUnknown(isFor)) return isFor;
    if (isFor) return ofRule(config, rule);
  }
  return { skips: 'no rule is for this request' };
}

type Rule = NonNullable<JwtAuthentication['rules']>[number];

function ofRule(config: JwtAuthentication, rule: Rule): Required {
  const requirement = rule.requires ?? named(config, rule.requirement_name);
  return requirement === null
    ? { skips: 'the rule for this request requires nothing' }
    : { requirement, because: 'the first rule that matches' };
}

function ofRoute(own: PerRouteConfig, config: JwtAuthentication): Required {
  if (own.disabled === true) return { skips: 'switched off for this route' };
  const requirement = named(config, own.requirement_name);
  return requirement === null
    ? { skips: `the route names no requirement that there is` }
    : { requirement, because: `the route's requirement ${own.requirement_name ?? ''}` };
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
