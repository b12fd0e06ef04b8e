/**
 * `early_header_mutation_extensions` of a connection manager: they change the request before it does anything else with its
 * headers, and before routes and filters.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/header_mutations
 */
import { messageOf, messageTypeOf } from '../../envoy/any';
import { joinsHeaders } from '../../envoy/version-behavior';
import { describeMutation, type HeaderMutation, mutated } from '../../http/header-mutation';
import type { HttpMessage } from '../../http/message';
import type { StreamFacts } from '../../http/stream-facts';
import { unknown, type Unknown } from '../../match/ternary';
import { requestFacts } from '../filters/shared/request-facts';
import type { HttpContext } from './http-context';

const KNOWN = '.early_header_mutation.header_mutation.v3.HeaderMutation';

/** The changed request, and the changes in words. */
export interface EarlyHeaders {
  readonly message: HttpMessage;
  readonly changes: readonly string[];
}

/** Unknown where an extension that mctl does not know may change anything. */
export function withEarlyHeaders(walk: HttpContext, message: HttpMessage): EarlyHeaders | Unknown {
  const extensions = walk.manager.early_header_mutation_extensions ?? [];
  const other = extensions.find(({ typed_config: config }) => !messageTypeOf(config).endsWith(KNOWN));
  if (other !== undefined) {
    const name = other.name ?? messageTypeOf(other.typed_config);
    return unknown(`what the early header mutation ${name} changes, which is not evaluated`);
  }
  const mutations = extensions.flatMap(
    ({ typed_config: config }) => messageOf<{ mutations?: readonly HeaderMutation[] }>(config).mutations ?? [],
  );
  const factsOf = (now: HttpMessage): StreamFacts =>
    requestFacts({ ...walk, message: now }, joinsHeaders(walk.context.config));
  return { message: mutated(message, mutations, factsOf), changes: mutations.map(describeMutation) };
}
