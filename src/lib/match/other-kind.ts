/**
 * Members of a oneof that mctl does not know: later versions of Envoy and builds of others add such. What they decide nobody
 * can say here, so they never decide.
 */
import { type Unknown, unknown } from './ternary';

/**
 * Unknown where the message has a field that is none of these; null where it has not.
 * @param what the message with its article, `a matcher`
 * @param known the names of all its fields that mctl knows
 */
export function otherKind(message: object, what: string, known: readonly string[]): Unknown | null {
  const name = Object.keys(message).find((own) => !known.includes(own));
  return name === undefined ? null : unknown(`${what} of a kind that mctl does not know (${name})`);
}
