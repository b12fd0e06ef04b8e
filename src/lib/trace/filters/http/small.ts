/** Filters that take a few lines each. */
import type { FractionalPercent, HeaderMatcher } from '../../../envoy/route';
import { messageOf } from '../../../envoy/any';
import { matchHeader } from '../../../match/header-matcher';
import { every, isUnknown } from '../../../match/ternary';
import { watcher } from '../../../match/watch';
import { ending } from '../../hop/ending';
import { headerView } from '../../../http/message';
import { joinsHeaders } from '../../../envoy/version-behavior';
import { istioAuthnFields, structuredClaims } from './claims';
import { ends, type FilterResult, type FilterRun, filterStep, goesOn, open } from './handler';

interface HealthCheck {
  readonly pass_through_mode?: boolean;
  readonly headers?: readonly HeaderMatcher[];
  readonly cluster_min_healthy_percentages?: Readonly<Record<string, FractionalPercent>>;
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/health_check_filter */
export function runHealthCheck(run: FilterRun): FilterResult {
  const config = messageOf<HealthCheck>(run.config);
  const view = headerView(run.message, joinsHeaders(run.input.context.config));
  const isCheck = every(config.headers ?? [], (matcher) => matchHeader(matcher, view));
  if (isCheck === false) return goesOn(run, { kind: 'no-health-check' });
  run.input.state.marksHealthCheck(isCheck);
  if (config.pass_through_mode === true) return goesOn(run, { kind: 'health-check-goes-on' });
  const answer = ending('direct-response', null, { kind: 'health-check-answered' } as const, { status: 200 });
  if (isUnknown(isCheck)) return open(run, isCheck.unknown, answer.outcome);
  return config.cluster_min_healthy_percentages === undefined
    ? ends(run, answer)
    : open(run, 'the health of the clusters that the health check asks for', answer.outcome);
}

/** Istio's own authentication filter of older releases. */
export function runIstioAuthn(run: FilterRun): FilterResult {
  const { context, state } = run.input;
  const { disable_clear_route_cache: keepsRoute } = messageOf<{ disable_clear_route_cache?: boolean }>(run.config);
  const identified = (isGiven: boolean): FilterResult => ({
    kind: 'goes-on',
    steps: [filterStep(run, 'passed', { kind: 'identity-from-token', isGiven })],
    findsRouteAgain: keepsRoute !== true,
  });
  watcher()?.token({ kind: 'token' });
  if (context.claims === null) {
    state.setUnknownMetadata('istio_authn', "the claims of the request's JWT (--claim NAME=VALUE)");
    return identified(false);
  }
  state.setMetadata('istio_authn', istioAuthnFields(structuredClaims(context.claims)));
  return identified(true);
}
