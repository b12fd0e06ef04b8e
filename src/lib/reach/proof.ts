/** A class's witness, proven by a trace. */
import { UsageError } from '../errors';
import type { TraceQuery } from '../trace/request/query';
import type { DescribedClass } from './division';
import { queryOf, type Witness, witnessRequest } from './query';

/**
 * The class's witness as it is printed, traced: without the address where its host leads to the same end. Throws where a
 * trace of it does not give the class's outcome, which is a bug.
 * @param ends whether a request ends as the class does
 */
export async function provenWitness<T>(
  { way, witness }: DescribedClass<T>,
  ends: (query: TraceQuery) => Promise<boolean>,
): Promise<Witness> {
  const query = queryOf(witness, way);
  const isProven = await ends({ ...query, originalDst: undefined }).catch((error: unknown) => {
    if (error instanceof UsageError) return false;
    throw error;
  });
  if (!isProven && !(await ends(query))) {
    throw new Error(`the witness ${query.url} of a class does not end as the class does`);
  }
  return witnessRequest(query, way, !isProven);
}
