/** Text as a part of a URI. */

/**
 * A text percent-encoded, as one segment of a path or the value of a parameter. Half a character (a lone surrogate), which UTF-8
 * cannot hold and JSON can, is U+FFFD in it: encodeURIComponent throws there. https://url.spec.whatwg.org/#utf-8-percent-encode
 */
export function uriComponent(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString('utf8'));
}
