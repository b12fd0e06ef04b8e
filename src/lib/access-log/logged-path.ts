/**
 * Which path a format writes: the one that was sent, the one that was sent on, with its query or without.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#command-operators (PATH, REQ, REQ_WITHOUT_QUERY)
 */
import type { LineValues } from './format';

export interface LoggedPath {
  /** Null where the line holds none. */
  readonly path: string | null;
  /** Whether it may be the header `x-envoy-original-path` that the client sent. */
  readonly pathMayBeHeader: boolean;
  /** Whether it is the path as a route rewrote it. */
  readonly pathIsSentOn: boolean;
  /** Whether the format leaves the query out. */
  readonly pathLacksQuery: boolean;
}

type Kind = Omit<LoggedPath, 'path'>;

const AS_SENT: Kind = { pathMayBeHeader: true, pathIsSentOn: false, pathLacksQuery: false };
const SENT_ON: Kind = { pathMayBeHeader: false, pathIsSentOn: true, pathLacksQuery: false };
const bare = (kind: Kind): Kind => ({ ...kind, pathLacksQuery: true });

/** The likeliest to be what was sent first. A header alone comes last: without a rewrite it is not there. */
const OPERATORS: readonly (readonly [operator: string, kind: Kind])[] = [
  ['REQ(x-envoy-original-path?:path)', AS_SENT],
  ['PATH', AS_SENT],
  ['PATH()', AS_SENT],
  ['PATH(wq)', AS_SENT],
  ['PATH(wq:orig_or_path)', AS_SENT],
  ['REQ(x-envoy-original-path)', AS_SENT],
  ['PATH(wq:orig)', AS_SENT],
  ['REQ(:path)', SENT_ON],
  ['PATH(wq:path)', SENT_ON],
  ['REQ(:path?x-envoy-original-path)', SENT_ON],
  ['REQ_WITHOUT_QUERY(x-envoy-original-path?:path)', bare(AS_SENT)],
  ['PATH(nq)', bare(AS_SENT)],
  ['PATH(nq:orig_or_path)', bare(AS_SENT)],
  ['REQ_WITHOUT_QUERY(:path)', bare(SENT_ON)],
  ['PATH(nq:path)', bare(SENT_ON)],
];

/** The path of a line, of the operators that it holds the one that tells most. */
export function loggedPath(values: LineValues): LoggedPath {
  const told = OPERATORS.filter(([operator]) => values.has(operator));
  const [operator, kind] = told.find(([one]) => (values.get(one) ?? null) !== null) ?? told[0] ?? ['', NOTHING];
  return { path: values.get(operator) ?? null, ...kind };
}

const NOTHING: Kind = { pathMayBeHeader: false, pathIsSentOn: false, pathLacksQuery: false };
