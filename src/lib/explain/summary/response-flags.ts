/**
 * Envoy's response flags in words.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage (RESPONSE_FLAGS)
 */
const MEANING: Readonly<Record<string, string>> = {
  DC: 'the client closed the connection',
  DI: 'a delay was injected',
  DPE: 'the request breaks the protocol',
  FI: 'a fault was injected',
  IH: 'a header is invalid',
  LR: 'reset by Envoy itself',
  NC: 'no such cluster',
  NFCF: 'no filter configuration',
  NR: 'no route',
  RL: 'rate limited',
  RLSE: 'the rate limit service failed',
  SI: 'idle for too long',
  UAEX: 'denied by an external authorizer',
  UC: 'the upstream closed the connection',
  UF: 'no connection to the upstream',
  UH: 'no healthy upstream',
  UMSDR: 'the request took too long in all',
  UO: 'a circuit breaker is open',
  UPE: 'the upstream breaks the protocol',
  UR: 'the upstream reset the stream',
  URX: 'retries are used up',
  UT: 'the upstream took too long',
};

/** `UF (no connection to the upstream)`; several are separated by commas, as Envoy logs them. */
export function flagsText(flags: string, status: number | null): string {
  const words = flags.split(',').flatMap((flag) => meaningOf(flag, status) ?? []);
  return words.length === 0 ? flags : `${flags} (${words.join(', ')})`;
}

/** NR of a connection that no filter chain takes comes without a status. */
function meaningOf(flag: string, status: number | null): string | undefined {
  return flag === 'NR' && status === null ? 'no filter chain' : MEANING[flag];
}
