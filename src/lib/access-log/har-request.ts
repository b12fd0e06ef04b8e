/** A request of an HTTP Archive held against what the configuration predicts for it. */
import { UsageError } from '../errors';
import type { Trace } from '../trace/model';
import type { HarRequest } from './har';
import type { Prophet } from './judge';
import type { ReplayGroup } from './replay-result';

type Held = Pick<ReplayGroup, 'kind'> & Partial<Pick<ReplayGroup, 'stage' | 'predicted' | 'logged' | 'needs'>>;

/** Only what Envoy answers by itself is predicted, so that an answer of the application agrees whatever it is. */
export async function heldAgainst(request: HarRequest, prophet: Prophet): Promise<Held> {
  const trace = await traced(request, prophet);
  if (typeof trace === 'string') return { kind: 'unknown', needs: trace };
  if (trace.verdict === 'unknown') return { kind: 'unknown', needs: trace.summary };
  if (request.status === null) {
    const error = request.error === null ? '' : ` (${request.error.slice(0, 80)})`;
    return { kind: 'unknown', needs: `the answer, which did not come or is not in the archive${error}` };
  }
  if (trace.verdict === 'delivered' || trace.status === null || trace.status === request.status)
    return { kind: 'agree' };
  if (await mayLack(request, prophet)) return { kind: 'unknown', needs: request.lacks?.what ?? null };
  const stage = trace.hops[0]?.steps.at(-1)?.stage ?? null;
  return { kind: 'differ', stage, predicted: `${trace.verdict} ${trace.status}`, logged: String(request.status) };
}

/** Whether the configuration asks for what the archive does not hold. */
async function mayLack({ lacks, query }: HarRequest, prophet: Prophet): Promise<boolean> {
  if (lacks === null) return false;
  return lacks.headers === null || (await prophet.asking(query)).asksFor(lacks.headers);
}

/** What no request can have (a header's name with a blank) makes the entry unknown, and leaves the others as they are. */
async function traced(request: HarRequest, prophet: Prophet): Promise<Trace | string> {
  try {
    return await prophet.trace(request.query);
  } catch (error) {
    if (error instanceof UsageError) return `a request that can be sent: ${error.message}`;
    throw error;
  }
}
