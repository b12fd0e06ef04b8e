/**
 * `envoy.extensions.common.matching.v3.ExtensionWithMatcher` and the composite filter: a matcher says whether a filter
 * runs, or which one.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/composite_filter
 */
import { type Any, messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import type { Matcher } from '../../../match/matcher-tree';
import type { RuntimeFraction } from '../../../match/runtime';
import { enabledShare } from '../shared/enabled-share';
import { outcome } from '../../outcome';
import { matchedFor } from '../../../http/matcher-inputs';
import { type FilterResult, type FilterRun, goesOn, open } from './handler';
import { rbacInput } from './rbac';

interface ExtensionWithMatcher {
  readonly xds_matcher?: Matcher;
  readonly matcher?: Matcher;
  readonly extension_config?: TypedExtension;
}

interface ExecuteFilterAction {
  readonly sample_percent?: RuntimeFraction;
  readonly typed_config?: TypedExtension;
  readonly dynamic_config?: { readonly name?: string };
}

type RunInner = (config: Any | undefined, name: string) => FilterResult;

/** @param runInner runs a filter with another configuration in this one's place */
export function runWithMatcher(run: FilterRun, runInner: RunInner): FilterResult {
  const config = messageOf<ExtensionWithMatcher>(run.config);
  const result = matchedFor(matcherOf(run, config), rbacInput(run));
  if (result.unknown !== null) {
    return open(run, `${result.unknown}, which a matcher in front of the filter asks for`, outcome('unknown', null));
  }
  if (messageTypeOf(result.action?.typed_config).endsWith('.SkipFilter')) {
    return goesOn(run, { kind: 'matcher-skips', path: result.path });
  }
  const action = messageTypeOf(result.action?.typed_config);
  if (action !== '' && !action.endsWith('.ExecuteFilterAction')) return unknownAction(run, action);
  const inner = config.extension_config;
  return messageTypeOf(inner?.typed_config).includes('.http.composite.')
    ? runComposite(run, result.action, runInner)
    : runInner(inner?.typed_config, inner?.name ?? run.name);
}

function unknownAction(run: FilterRun, type: string): FilterResult {
  return open(run, `what the action ${type} of a matcher in front of the filter does`, outcome('unknown', null));
}

/** A route may have a matcher of its own. */
function matcherOf(run: FilterRun, config: ExtensionWithMatcher): Matcher {
  const own = run.perRoute.configs[0];
  const ofRoute = own === undefined ? undefined : messageOf<ExtensionWithMatcher>(own.config).xds_matcher;
  return ofRoute ?? config.xds_matcher ?? config.matcher ?? {};
}

function runComposite(run: FilterRun, action: TypedExtension | null, runInner: RunInner): FilterResult {
  if (!messageTypeOf(action?.typed_config).endsWith('.ExecuteFilterAction')) {
    return goesOn(run, { kind: 'matcher-names-no-filter' });
  }
  const {
    typed_config: chosen,
    dynamic_config: dynamic,
    sample_percent: sample,
  } = messageOf<ExecuteFilterAction>(action?.typed_config);
  const share = sample === undefined ? 1 : enabledShare(run.input.context, sample);
  if (!isSampled(run, share)) return goesOn(run, { kind: 'spared-by-share', share });
  if (dynamic === undefined) return runInner(chosen?.typed_config, chosen?.name ?? run.name);
  const name = dynamic.name ?? '';
  return runInner(run.input.context.config.extensionConfig(name)?.resource?.typed_config, name);
}

function isSampled(run: FilterRun, share: number): boolean {
  if (share <= 0 || share >= 1) return share > 0;
  const ways = [true, false].map((isEnabled) => ({
    of: { kind: 'composite', isEnabled } as const,
    share: isEnabled ? share : 1 - share,
  }));
  return run.input.context.decisions.draw(ways) === 0;
}
