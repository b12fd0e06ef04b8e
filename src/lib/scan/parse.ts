/** Parses a value of a document strictly, and says at which byte it is not JSON. */
import { offsetInWhole, type Taken } from './taken';
import { syntaxFault } from './json-syntax';
import { Malformed } from './malformed';

// Envoy's JSON is UTF-8 without exception; a byte order mark is not white space.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The value of these bytes, from which the cuts are already gone. Throws Malformed, with the offset in the document, where they are not JSON in UTF-8. */
export function parse({ bytes, offset, cuts = [] }: Parsable): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes)) as unknown;
  } catch {
    const at = encodingFault(bytes) ?? syntaxFault(bytes) ?? 0;
    throw new Malformed(offset + offsetInWhole(at, cuts), bytes[at] ?? 0);
  }
}

export type Parsable = Pick<Taken, 'bytes' | 'offset'> & { readonly cuts?: ArrayLike<number> };

/** Where bytes stop being UTF-8; null where they do not. */
function encodingFault(bytes: Uint8Array): number | null {
  const again = Buffer.from(LENIENT_UTF8.decode(bytes));
  const at = bytes.findIndex((byte, index) => byte !== again[index]);
  return at === -1 ? null : at;
}
