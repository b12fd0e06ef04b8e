/** A class's witness: a request as a check file has it, proven by a trace. */
import { hostPort } from '../envoy/address';
import { UsageError } from '../errors';
import { queryOf, type Walked, type ReachWay } from './classes';
import type { ReachClass } from './explore';
import { type ClassOutcome, outcomeKey, outcomeOf } from './outcome';

export interface Witness {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly originalDst?: string;
  readonly oneHop?: boolean;
}

/**
 * The class's witness as it is printed, traced: without the address where its host leads to the same end. Throws where a
 * trace of it does not give the class's outcome, which is a bug.
 */
export async function provenWitness(
  from: Walked,
  { witness, result }: Pick<ReachClass<ClassOutcome>, 'witness' | 'result'>,
  way: ReachWay,
): Promise<Witness> {
  const query = queryOf(witness, way);
  const byName = await from.trace({ ...query, originalDst: undefined }).catch((error: unknown) => {
    if (error instanceof UsageError) return null;
    throw error;
  });
  const isProven = byName !== null && outcomeKey(outcomeOf(byName)) === outcomeKey(result);
  const proof = isProven ? byName : await from.trace(query);
  if (outcomeKey(outcomeOf(proof)) !== outcomeKey(result)) {
    throw new Error(`the witness ${query.url} of a class does not end as the class does`);
  }
  const { method = 'GET', headers = [] } = query;
  const { ip, port } = way.destination.address;
  return {
    url: query.url,
    ...(method === 'GET' ? {} : { method }),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(isProven ? {} : { originalDst: hostPort(ip, port) }),
    ...(way.oneHop ? { oneHop: true } : {}),
  };
}
