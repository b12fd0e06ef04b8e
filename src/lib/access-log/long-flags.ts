/** Response flags as `%RESPONSE_FLAGS_LONG%` writes them, in a line. */
import { LONG_RESPONSE_FLAGS } from '../envoy/response-flags';

const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries(LONG_RESPONSE_FLAGS).map(([short, long]) => [long, short]),
);

/** The flags of `%RESPONSE_FLAGS%` for those; one that is not known stays as it is. */
export function shortFlags(long: string | null): string | null {
  if (long === null) return null;
  return long
    .split(',')
    .map((flag) => SHORT.get(flag.trim()) ?? flag)
    .join(',');
}
