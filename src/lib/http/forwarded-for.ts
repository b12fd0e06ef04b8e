/**
 * X-Forwarded-For: one header with one entry for each proxy on the way, the nearest last.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-for
 */
import { parseIp } from '../match/cidr';
import { joined } from '../match/header-matcher';
import { isUnknown, Unknown } from '../match/ternary';
import { type HeaderValue, headerValues, type HttpMessage, withHeader, withoutHeaders } from './message';

const NAME = 'x-forwarded-for';

/** A value of which some entries are known and others are not; as a whole it is not. */
class PartlyKnown extends Unknown {
  /** In order; a text may hold several entries, with commas between them, and an unknown one is exactly one. */
  readonly entries: readonly HeaderValue[];

  constructor(input: string, entries: readonly HeaderValue[]) {
    super(input);
    this.entries = entries;
  }
}

/** The message with an address appended; to an empty header without a comma. One that is not known is an entry too: those before it keep their places. */
export function withForwarded(message: HttpMessage, address: HeaderValue): HttpMessage {
  const before = headerValues(message, NAME)
    .filter((value) => value !== '')
    .flatMap((value) => (value instanceof PartlyKnown ? value.entries : [value]));
  const entries = [...before, address];
  const value = joined(entries);
  return withHeader(message, NAME, isUnknown(value) ? new PartlyKnown(value.unknown, entries) : value);
}

/** The message without the last entry, which a proxy has appended. */
export function withoutLastForwarded(message: HttpMessage): HttpMessage {
  const values = headerValues(message, NAME);
  const last = values.at(-1);
  if (last === undefined || (isUnknown(last) && !(last instanceof PartlyKnown))) return message;
  const before = values.slice(0, -1);
  if (!(last instanceof PartlyKnown)) {
    const texts = [...before.filter((value) => typeof value === 'string'), ...last.split(',').slice(0, -1)];
    return texts.length === 0 ? withoutHeaders(message, [NAME]) : withHeader(message, NAME, texts.join(','));
  }
  const left = [...before, ...last.entries.slice(0, -1)];
  if (left.length === 0) return withoutHeaders(message, [NAME]);
  const value = joined(left);
  return withHeader(message, NAME, isUnknown(value) ? new PartlyKnown(value.unknown, left) : value);
}

/**
 * The address that stands before `skip` others at the end; null where there is no valid one, unknown where that entry is not
 * known, or nobody can say which one it is.
 */
export function forwardedAddress(message: HttpMessage, skip: number): HeaderValue | null {
  let left = skip;
  for (const value of headerValues(message, NAME).toReversed()) {
    const parts = value instanceof PartlyKnown ? value.entries.toReversed() : [value];
    for (const part of parts) {
      if (isUnknown(part) && !(value instanceof PartlyKnown)) return part;
      const entries: readonly HeaderValue[] = isUnknown(part) ? [part] : part === '' ? [] : part.split(',');
      const entry = entries[entries.length - 1 - left];
      if (entry !== undefined) return isUnknown(entry) ? entry : addressIn(entry);
      left -= entries.length;
    }
  }
  return null;
}

function addressIn(text: string): string | null {
  const address = text.trim();
  return parseIp(address) === null ? null : address;
}
