/**
 * Response flags as `%RESPONSE_FLAGS_LONG%` writes them.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags
 */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['NoHealthyUpstream', 'UH'],
  ['UpstreamConnectionFailure', 'UF'],
  ['UpstreamOverflow', 'UO'],
  ['NoRouteFound', 'NR'],
  ['UpstreamRetryLimitExceeded', 'URX'],
  ['NoClusterFound', 'NC'],
  ['DurationTimeout', 'DT'],
  ['DownstreamConnectionTermination', 'DC'],
  ['FailedLocalHealthCheck', 'LH'],
  ['UpstreamRequestTimeout', 'UT'],
  ['LocalReset', 'LR'],
  ['UpstreamRemoteReset', 'UR'],
  ['UpstreamConnectionTermination', 'UC'],
  ['DelayInjected', 'DI'],
  ['FaultInjected', 'FI'],
  ['RateLimited', 'RL'],
  ['UnauthorizedExternalService', 'UAEX'],
  ['RateLimitServiceError', 'RLSE'],
  ['InvalidEnvoyRequestHeaders', 'IH'],
  ['StreamIdleTimeout', 'SI'],
  ['DownstreamProtocolError', 'DPE'],
  ['UpstreamProtocolError', 'UPE'],
  ['UpstreamMaxStreamDurationReached', 'UMSDR'],
  ['ResponseFromCacheFilter', 'RFCF'],
  ['NoFilterConfigFound', 'NFCF'],
  ['OverloadManagerTerminated', 'OM'],
  ['DnsResolutionFailed', 'DF'],
  ['DropOverload', 'DO'],
  ['DownstreamRemoteReset', 'DR'],
  ['UnconditionalDropOverload', 'UDO'],
]);

/** The flags of `%RESPONSE_FLAGS%` for those; one that is not known stays as it is. */
export function shortFlags(long: string | null): string | null {
  if (long === null) return null;
  return long
    .split(',')
    .map((flag) => SHORT.get(flag.trim()) ?? flag)
    .join(',');
}
