/** Who called, where a line does not hold it: addresses that the configuration asks for, and one that it does not. */
import type { CidrRange } from '../envoy/address';
import { inRange } from '../match/cidr';
import type { TraceQuery } from '../trace/request/query';
import type { LogEntry } from './entry';
import type { Variant } from './variant';

/** No more ranges are tried for one line. */
const MOST_RANGES = 16;

/** https://www.rfc-editor.org/rfc/rfc5737, https://www.rfc-editor.org/rfc/rfc3849: addresses that nobody has. */
const NOBODY = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;

/** Whether nothing says who called: of a request that comes in, whose caller was taken from a header. */
export function isCallerOpen({ mode, sourceIp }: TraceQuery): boolean {
  return mode !== 'outbound' && sourceIp === undefined;
}

/** The question with a caller whom nobody knows, so that a walk asks about the caller's address. */
export function ofNobody(query: TraceQuery, { downstreamLocal }: LogEntry): TraceQuery {
  return { ...query, sourceIp: NOBODY[downstreamLocal?.ip.includes(':') === true ? 6 : 4] };
}

/** The question with a caller of none of the ranges that were asked about, and with one of each. */
export function* callersOf(query: TraceQuery, entry: LogEntry, ranges: readonly CidrRange[]): Generator<Variant> {
  if (!isCallerOpen(query) || ranges.length === 0) return;
  const nobody = ofNobody(query, entry);
  const isOfNone = !ranges.some((range) => inRange(nobody.sourceIp ?? '', range));
  if (isOfNone) yield { query: nobody, needs: 'a caller in none of the ranges that are asked for' };
  for (const { address_prefix: ip = '', prefix_len: length = 0 } of ranges.slice(0, MOST_RANGES)) {
    yield { query: { ...query, sourceIp: ip }, needs: `a caller in ${ip}/${length}` };
  }
}
