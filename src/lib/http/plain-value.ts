/** Values of headers of which each is taken as every other one is, where nobody asks for what they say. */

/** Up to 1024 printable characters without blanks around them: no codec refuses one, or changes it. */
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]{0,1022}[\x21-\x7e])?$/;

/** Whether no codec refuses a header for this value. */
export function isPlainValue(value: string): boolean {
  return PLAIN.test(value);
}
