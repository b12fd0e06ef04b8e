/** The `x-request-id` by which a request is found in the logs of every Envoy that it met. */
import { randomUUID } from 'node:crypto';

/** Where Envoy writes into a UUID whether the request is traced. */
const TRACE_REASON = 14;

/** A new id, a UUID of version 4. */
export function newRequestId(): string {
  return randomUUID();
}

/**
 * Whether a text has the id, which Envoy may have changed in one character: the version, where it packs its decision to trace.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/request_id/uuid/v3/uuid.proto
 */
export function hasRequestId(text: string, id: string): boolean {
  const [before, after] = [id.slice(0, TRACE_REASON), id.slice(TRACE_REASON + 1)];
  for (let at = text.indexOf(before); at >= 0; at = text.indexOf(before, at + 1)) {
    if (text.startsWith(after, at + before.length + 1)) return true;
  }
  return false;
}
