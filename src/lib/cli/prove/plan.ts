/** What `--prove` is to send: known before anything is read, and refused there where it cannot be sent. */
import { UsageError } from '../../errors';
import { newRequestId } from '../../proof/request-id';
import { changesThings, type RequestToSend, requestToSend } from '../../send/request';
import type { TraceQuery } from '../../trace/request/query';
import type { SourceFlags } from '../session';
import { answerWithinMs, type ProveFlags, timesToSend } from './prove-flags';
import { refuseContainer } from './sender';

export interface ProofWishes {
  readonly flags: SourceFlags & ProveFlags;
  readonly request: RequestToSend;
  readonly ids: readonly string[];
}

/** What is to be sent, and the question that is traced for it. */
export interface PlannedProof {
  /** With the id of the first request, since a rule may ask for it. */
  readonly query: TraceQuery;
  readonly wishes: ProofWishes;
}

/**
 * What is to be sent, as far as the command line says: known before anything is read. Throws UsageError; null where nothing is.
 */
export function planProof(
  query: TraceQuery,
  body: string | null,
  flags: SourceFlags & ProveFlags,
): PlannedProof | null {
  if (timesToSend(flags) === 0) return null;
  refuseSaved(flags);
  const planned = planToSend(query, body, flags);
  const { request } = planned.wishes;
  if (changesThings(request) && flags.yes !== true) {
    throw new UsageError(`--prove would send a ${request.method}, which may change something, and --yes is not given`, {
      hint: 'Add --yes where that is wanted.',
    });
  }
  return planned;
}

/** Throws UsageError for a request that cannot be sent as it is traced. */
export function planToSend(query: TraceQuery, body: string | null, flags: SourceFlags & ProveFlags): PlannedProof {
  if ((query.headers ?? []).some(([name]) => name.toLowerCase() === 'x-request-id')) {
    throw new UsageError('--prove finds the request by an x-request-id of its own', { hint: 'Leave the header out.' });
  }
  const ids = Array.from({ length: timesToSend(flags) }, newRequestId);
  const withId = { ...query, headers: [...(query.headers ?? []), ['x-request-id', ids[0] ?? ''] as const] };
  const request = requestToSend(withId, body, answerWithinMs(flags));
  return { query: withId, wishes: { flags, request, ids } };
}

/** Throws UsageError for a source that cannot run, and for senders that cannot send. */
export function refuseSaved(flags: SourceFlags & ProveFlags): void {
  refuseContainer(flags);
  if (flags.sample === undefined || flags.sample === false || (flags['prove-admin'] ?? []).length > 0) return;
  throw new UsageError('--prove needs a mesh that runs, and the sample is a saved one', {
    hint: 'Name a pod of a cluster, or the Envoys with --prove-admin.',
  });
}
