/** Which headers of a message, on its way through proxies, are as the caller sent them. */
import type { HttpMessage } from '../http/message';

export interface SentFrom {
  /** What the caller sent; null where nobody knows. */
  readonly sent: HttpMessage | null;
  /** Whether a proxy wrote what the client is into values. */
  readonly isTold: (values: readonly unknown[]) => boolean;
  /** Hears what decides and is no condition on what was sent. */
  readonly unsplit: (what: string) => void;
}

/** A walk has one for each message that it begins with. */
export class SentHeaders {
  readonly #from: SentFrom;
  /** By message, what is known of its headers: thousands of matchers ask the same one. */
  readonly #known = new WeakMap<HttpMessage, Map<string, boolean>>();

  constructor(from: SentFrom) {
    this.#from = from;
  }

  /** Whether a header's values are the caller's, or it is missing as the caller left it. */
  isSent(name: string, message: HttpMessage): boolean {
    if (name.startsWith(':')) return true;
    const known = this.#known.get(message) ?? new Map<string, boolean>();
    this.#known.set(message, known);
    const found = known.get(name) ?? this.#isAsSent(name, message);
    known.set(name, found);
    return found;
  }

  #isAsSent(name: string, message: HttpMessage): boolean {
    const { sent, isTold, unsplit } = this.#from;
    // By value, since headers are written anew on the way: where the configuration sets what was sent, a division too many does no harm.
    const own = new Set(sent === null ? [] : valuesIn(sent, name));
    const now = valuesIn(message, name);
    if (now.length === 0) return own.size === 0;
    const kept = now.filter((value) => own.has(value)).length;
    if (kept === 0 && isTold(now)) unsplit(`the header ${name}, which tells of the client`);
    if (kept > 0 && kept < now.length) unsplit(`the header ${name}, to which a value was added`);
    return kept === now.length;
  }
}

/** By its name in lower case. */
export function valuesIn({ headers }: HttpMessage, name: string): readonly unknown[] {
  return headers.flatMap(([one, value]) => (one === name ? [value] : []));
}
