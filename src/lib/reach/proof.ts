/** A class's witness, proven by a trace. */
import { UsageError } from '../errors';
import type { TraceQuery } from '../trace/request/query';
import type { DescribedClass } from './division';
import { queryOf, type Witness, witnessRequest } from './query';

/**
 * The class's witness as it is printed, traced: what does not tell its class from others is left out where it ends the same
 * without, and so is the address where its host leads to the same end. Throws where a trace of it does not give the class's
 * outcome, which is a bug.
 * @param ends whether a request ends as the class does
 */
export async function provenWitness<T>(
  { way, witness, matters }: DescribedClass<T>,
  ends: (query: TraceQuery) => Promise<boolean>,
): Promise<Witness> {
  const whole = queryOf(witness, way);
  for (const query of [queryOf(witness, way, matters), whole]) {
    if (await endsSo(ends, { ...query, originalDst: undefined })) return witnessRequest(query, way, false);
    if (await endsSo(ends, query)) return witnessRequest(query, way, true);
  }
  throw new Error(`the witness ${whole.url} of a class does not end as the class does`);
}

async function endsSo(ends: (query: TraceQuery) => Promise<boolean>, query: TraceQuery): Promise<boolean> {
  return await ends(query).catch((error: unknown) => {
    if (error instanceof UsageError) return false;
    throw error;
  });
}
