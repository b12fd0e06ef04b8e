/** What a proxy makes of a request that it sends on, by the library's walk of one hop, against what the application saw. */
import type { ClusterStatus } from '../../../src/lib/envoy/endpoint';
import { addressBook } from '../../../src/lib/mesh/address-book';
import type { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { queryOf } from '../../../src/lib/check/check-request';
import { isUnknown } from '../../../src/lib/match/ternary';
import { Decisions } from '../../../src/lib/trace/decisions';
import { connectionOf } from '../../../src/lib/trace/journey/place';
import { walkHop } from '../../../src/lib/trace/walk-hop';
import { HopRecord } from '../../../src/lib/trace/hop/record';
import type { HttpMessage } from '../../../src/lib/http/message';
import type { RetryFacts } from '../../../src/lib/trace/facts/routing';
import { retryFacts } from '../../../src/lib/trace/http/retries';
import type { EntryPoint, Forward } from '../../../src/lib/trace/hop/context';
import { planRequest } from '../../../src/lib/trace/request/plan';
import { configFromText } from '../../helpers/proxy-config';
import { Comparison } from '../compare/compare';
import { mostTelling } from '../rig/access-log';
import type { Call, Echo } from '../rig/call';
import { checkRequest } from '../rig/mctl';
import type { Observation } from '../rig/observation';
import { withWholeTime } from './time-left';

/** Headers that no configuration decides, or that only connections have. */
const LEFT_OUT = new Set(['connection', 'content-length', 'transfer-encoding', 'x-request-id', 'x-forwarded-for']);

const NOBODY = addressBook({ pods: null, services: null, endpointSlices: null });

/** Compares method, path, authority and headers of every request that one cluster alone could get. */
export async function compareSentOn(
  { configDump, clusters }: { readonly configDump: string; readonly clusters: string },
  observations: readonly Observation[],
): Promise<readonly { readonly call: Call; readonly comparison: Comparison }[]> {
  const statuses = (JSON.parse(clusters) as { cluster_statuses?: ClusterStatus[] }).cluster_statuses ?? null;
  const config = await configFromText(configDump, statuses);
  return observations.map((observation) => {
    const comparison = new Comparison();
    const echo = echoOf(observation.answer.body);
    const forward = echo === null ? null : forwardOf(config, observation.call);
    if (echo !== null && forward !== null) {
      const attempts = mostTelling(observation.lines)?.attempts ?? null;
      if (forward.message !== null) compareMessages(comparison, echo, forward.message, attempts);
      compareAttempts(comparison, observation, forward);
    }
    return { call: observation.call, comparison };
  });
}

/** How often the application was asked, where it answered what it was asked to. */
function compareAttempts(comparison: Comparison, { answer, lines }: Observation, { retry }: Forward): void {
  const line = mostTelling(lines);
  const isWhole = line?.details === 'via_upstream' && line.flags?.includes('UO') !== true;
  if (!isWhole || answer.status === null || answer.status < 400) return;
  const facts = retry === null ? null : retryFacts(retry);
  const again = facts !== null && isTriedAgain(answer.status, facts) ? facts.times : 0;
  comparison.same('attempts', line.attempts, 1 + again);
}

/** https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on */
function isTriedAgain(status: number, { conditions, statusCodes }: RetryFacts): boolean {
  return (
    (conditions.includes('5xx') && status >= 500) ||
    (conditions.includes('gateway-error') && status >= 502 && status <= 504) ||
    (conditions.includes('retriable-4xx') && status === 409) ||
    (conditions.includes('retriable-status-codes') && statusCodes.includes(status))
  );
}

/** @param attempts how often Envoy tried: the application tells of the last */
function compareMessages(comparison: Comparison, echo: Echo, message: HttpMessage, attempts: number | null): void {
  const told = message.headers.map(([name, value]) => [name, isUnknown(value) ? value.unknown : value] as const);
  comparison.same('method upstream', echo.method, message.method);
  comparison.same('path upstream', echo.path, message.method === 'CONNECT' ? echo.path : message.path);
  comparison.same('authority upstream', echo.host ?? '', message.authority ?? '');
  comparison.same('headers upstream', sorted(withWholeTime(echo.headers, told, attempts)), sorted(told));
}

function sorted(headers: Echo['headers']): string {
  const kept = headers.filter(([name]) => !LEFT_OUT.has(name));
  return kept
    .map(([name, value]) => `${name}: ${value}`)
    .sort()
    .join('\n');
}

function echoOf(body: string): Echo | null {
  return body.startsWith('{"port"') ? (JSON.parse(body) as Echo) : null;
}

/** Null where the request is not sent on, or where lots decide to which cluster. */
function forwardOf(config: ProxyConfig, call: Call): Forward | null {
  const plan = planRequest(queryOf(checkRequest(call)));
  const decisions = new Decisions();
  const record = new HopRecord(null, call.mode);
  const context = {
    config,
    proxy: null,
    direction: call.mode,
    book: NOBODY,
    decisions,
    explain: { limit: 0 },
    claims: null,
    now: null,
  };
  const connection = connectionOf({ ip: call.address, port: call.port }, call.sourceIp, plan);
  const { end, hop } = walkHop(context, { connection, entry: entryOf(call), message: plan.message }, record);
  return end.kind === 'forward' && hop.clusters.length === 1 ? end.forward : null;
}

function entryOf({ mode }: Call): EntryPoint {
  if (mode === 'gateway') return { kind: 'bound' };
  return { kind: 'redirected', port: mode === 'outbound' ? 15001 : 15006, transparent: false };
}
