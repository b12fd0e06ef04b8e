/**
 * `envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig`: it has the host of the request resolved, for which the cluster
 * then looks. A route may give the request another host first, literally or by a header. Its surprise: the host is the authority from
 * then on, for later filters and upstream too, and an empty one is refused.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/dynamic_forward_proxy_filter
 */
import { messageOf, messageTypeOf } from '../../../envoy/any';
import { headerValues, type HttpMessage, tellValue } from '../../../http/message';
import { isUnknown, type Unknown } from '../../../match/ternary';
import { localReply } from '../../hop/local-reply';
import { ends, type FilterResult, type FilterRun, filterStep, goesOn, open } from './handler';

const TYPE = 'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig';

interface PerRouteConfig {
  readonly host_rewrite_literal?: string;
  readonly host_rewrite_header?: string;
}

export function runDynamicForwardProxy(run: FilterRun): FilterResult {
  if (!leadsToForwardProxy(run)) {
    return goesOn(run, { kind: 'works-on-others', works: 'requests to a cluster that is a dynamic forward proxy' });
  }
  const host = hostFor(run.message, messageOf<PerRouteConfig>(run.perRoute.configs[0]?.config));
  const refused = localReply(run.message, ['failed', 'local-reply'], 400, { kind: 'empty-host' } as const);
  if (isUnknown(host)) return open(run, host.unknown, refused.outcome);
  if (host === '') return ends(run, refused);
  run.input.state.resolves(host);
  const step = filterStep(run, 'not-evaluated', { kind: 'http-filter-acts', filter: TYPE });
  return { kind: 'goes-on', steps: [step], message: { ...run.message, authority: host } };
}

function leadsToForwardProxy({ input: { context, cluster } }: FilterRun): boolean {
  const config = cluster === null ? undefined : context.config.cluster(cluster)?.resource?.cluster_type?.typed_config;
  return messageTypeOf(config).includes('.clusters.dynamic_forward_proxy.');
}

/** A header that is not there changes nothing, and one that is empty does. */
function hostFor(
  message: HttpMessage,
  { host_rewrite_literal: literal = '', host_rewrite_header: header = '' }: PerRouteConfig,
): string | Unknown {
  if (literal !== '') return literal;
  const own = message.authority ?? '';
  if (header === '') return own;
  tellValue(message, header, 'which names the host');
  return headerValues(message, header)[0] ?? own;
}
