/** Parses a value of a document strictly, and says at which byte it is not JSON. */
import { parseExactly } from '../exact-number';
import type { RepeatedParts } from '../repeated-parts';
import { syntaxFault } from './json-syntax';
import { Malformed } from './malformed';

// Envoy's JSON is UTF-8 without exception; a byte order mark is not white space.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes of a document. They may be part of a piece that is read over: copy them to keep them. */
export interface DocumentBytes {
  readonly bytes: Uint8Array;
  /** Where they begin in the document. */
  readonly offset: number;
}

/**
 * The value of these bytes. Throws Malformed, with the offset in the document, where they are not JSON in UTF-8.
 * @param parts of documents like this one, which are not parsed again
 */
export function parse({ bytes, offset }: DocumentBytes, parts?: RepeatedParts): unknown {
  const parsed = tryParse(bytes, parts);
  if (parsed !== null) return parsed.value;
  const at = encodingFault(bytes) ?? syntaxFault(bytes) ?? 0;
  throw new Malformed(offset + at, bytes[at] ?? 0);
}

/** The value of these bytes; null where they are not JSON in UTF-8. */
export function tryParse(bytes: Uint8Array, parts?: RepeatedParts): { readonly value: unknown } | null {
  try {
    const text = UTF8.decode(bytes);
    return { value: parts === undefined ? parseExactly(text) : parts.parse(text) };
  } catch {
    return null;
  }
}

/** Where bytes stop being UTF-8; null where they do not. */
function encodingFault(bytes: Uint8Array): number | null {
  const again = Buffer.from(LENIENT_UTF8.decode(bytes));
  const at = bytes.findIndex((byte, index) => byte !== again[index]);
  return at === -1 ? null : at;
}
