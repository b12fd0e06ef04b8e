/** Lists of words in headers. */
import type { HeaderValue } from './message';

/** A header's words in lower case. One that is not known has ended the walk where it would decide (`admit`). */
export function tokensOf(value: HeaderValue): readonly string[] {
  return typeof value === 'string' ? value.split(',').map((token) => token.trim().toLowerCase()) : [];
}
