/**
 * `envoy.extensions.filters.http.header_mutation.v3.HeaderMutation`.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/header_mutation_filter
 */
import { type Any, messageOf } from '../../../envoy/any';
import { describeMutation, type HeaderMutation, mutated } from '../../../http/header-mutation';
import type { HttpMessage } from '../../../http/message';
import { type QueryMutation, withQueryMutations } from '../../../http/query-mutation';
import { isUnknown } from '../../../match/ternary';
import { outcome } from '../../outcome';
import type { StreamFacts } from '../../../http/stream-facts';
import { joinsHeaders } from '../../../envoy/version-behavior';
import { requestFacts } from '../shared/request-facts';
import type { PerRoute } from '../shared/per-route';
import { type FilterResult, type FilterRun, goesOn, open } from './handler';

interface Config {
  readonly mutations?: {
    readonly request_mutations?: readonly HeaderMutation[];
    readonly query_parameter_mutations?: readonly QueryMutation[];
  };
  readonly most_specific_header_mutations_wins?: boolean;
}

/** The chain's changes first, then those of the levels of the route: the most specific first, unless it is to win. */
export function filterConfigs(config: Any | undefined, { configs }: PerRoute): readonly (Any | undefined)[] {
  const levels = configs.map((level) => level.config);
  const isLast = messageOf<Config>(config).most_specific_header_mutations_wins === true;
  return [config, ...(isLast ? levels.toReversed() : levels)];
}

/** Each configuration changes headers, then the query. */
export function runHeaderMutation(run: FilterRun): FilterResult {
  const configs = filterConfigs(run.config, run.perRoute);
  const mutations = configs.map((any) => messageOf<Config>(any).mutations ?? {});
  const factsOf = (message: HttpMessage): StreamFacts =>
    requestFacts({ ...run.input, message }, joinsHeaders(run.input.context.config));
  let { message } = run;
  for (const { request_mutations: headers = [], query_parameter_mutations: parameters = [] } of mutations) {
    const changed = mutated(message, headers, factsOf);
    const asked = withQueryMutations(changed, parameters, factsOf(changed));
    if (isUnknown(asked)) return open(run, asked.unknown, outcome('unknown', null));
    message = asked;
  }
  const changes = mutations.flatMap(({ request_mutations: headers = [] }) => headers);
  const details = changes.map((one) => ({ kind: 'header-change', change: describeMutation(one) }) as const);
  return { ...goesOn(run, { kind: 'changes-headers', count: changes.length }, { details }), message };
}
