/**
 * The conditions of a route, in the order in which Envoy asks them: one table for the trace, the wide table of routes, lint
 * and generated checks.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto#config-route-v3-routematch
 */
import type { RouteMatch } from '../../envoy/route';
import { chance } from './chance';
import type { RouteCondition } from './condition';
import { cookies } from './cookies';
import { dynamicMetadata } from './dynamic-metadata';
import { filterState } from './filter-state';
import { grpc } from './grpc';
import { headers } from './headers';
import { otherCondition } from './other';
import { path } from './path';
import { queryParameters } from './query-parameters';
import { tlsContext } from './tls-context';

/** Which condition a field of RouteMatch belongs to: a field that stands nowhere does not compile. */
const BY_FIELD: Readonly<Record<keyof RouteMatch, RouteCondition>> = {
  grpc,
  headers,
  query_parameters: queryParameters,
  cookies,
  tls_context: tlsContext,
  dynamic_metadata: dynamicMetadata,
  filter_state: filterState,
  prefix: path,
  path,
  safe_regex: path,
  path_separated_prefix: path,
  path_match_policy: path,
  connect_matcher: path,
  case_sensitive: path,
  runtime_fraction: chance,
};

const { runtime_fraction: last, ...certain } = BY_FIELD;

export const ROUTE_CONDITIONS: readonly RouteCondition[] = [
  ...new Set(Object.values(certain)),
  otherCondition(new Set(Object.keys(BY_FIELD))),
  last,
];
