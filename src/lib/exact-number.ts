/**
 * Numbers of a document that JavaScript's own cannot hold: beyond 2^53, with more digits than a double has, or out of its
 * range. They are kept as they are written, from the scanner to what is printed. Envoy writes none: 64-bit integers are text
 * in its JSON. https://protobuf.dev/programming-guides/json/
 */

/** A number as it stands in the document. */
export class ExactNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    hasAny = true;
  }

  get text(): string {
    return this.#text;
  }

  toString(): string {
    return this.#text;
  }

  /** Where it is not written by `jsonText`, it is a text with all its digits. */
  toJSON(): string {
    return this.#text;
  }
}

/** Whether one was ever met: where not, nothing is to be done for them. */
let hasAny = false;

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** What can be such a number: sixteen digits or an exponent, where a value begins. It may stand in a text, too. */
const LONG = /(?:^|[:,[\s])-?\d(?:[\d.]{15}|[\d.]{0,14}[eE][-+\d])/;

/** The value of a JSON text, with the numbers in it that a double cannot hold. Throws SyntaxError. */
export function parseExactly(text: string): unknown {
  const value = JSON.parse(text) as unknown;
  if (!LONG.test(text)) return value;
  const mark = wordNotIn(text, 'number');
  const marked = text.replace(STRING_OR_NUMBER, (token) => {
    if (token.startsWith('"') || isHeld(token)) return token;
    return `"${mark}${token}"`;
  });
  if (marked === text) return value;
  return JSON.parse(marked, (_name, one: unknown) =>
    typeof one === 'string' && one.startsWith(mark) ? new ExactNumber(one.slice(mark.length)) : one,
  );
}

/** Whether a JSON text has a number that a double cannot hold. */
export function hasExactNumber(text: string): boolean {
  if (!LONG.test(text)) return false;
  for (const [token] of text.matchAll(STRING_OR_NUMBER)) if (!token.startsWith('"') && !isHeld(token)) return true;
  return false;
}

/** A value with the digits of its exact numbers as texts, to be compared and printed. */
export function withDigits(value: unknown): unknown {
  if (!hasAny || typeof value !== 'object' || value === null) return value;
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return value.map(withDigits);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDigits(inner)]));
}

/** Whether the number that a text of JSON or YAML stands for is one that a double cannot hold. */
export function isExact(text: string): boolean {
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && !isHeld(text);
}

/** A value as JSON, exact numbers as they were written. */
export function jsonText(value: unknown, indent?: number): string {
  if (!hasAny) return JSON.stringify(value, null, indent);
  const mark = wordNotIn(JSON.stringify(value), 'number');
  const text = JSON.stringify(
    value,
    function replaced(this: Readonly<Record<string, unknown>>, name: string, one: unknown): unknown {
      const held = this[name];
      return held instanceof ExactNumber ? `${mark}${held.text}` : one;
    },
    indent,
  );
  return text.replace(new RegExp(`"${mark}([^"]*)"`, 'g'), (_all, number: string) => number);
}

/** A word with a colon behind it that stands nowhere in a text. */
export function wordNotIn(text: string, word: string): string {
  let mark = word;
  while (text.includes(mark)) mark += `-${word}`;
  return `${mark}:`;
}

/** Whether the number that JavaScript makes of a text is the one that stands there. */
function isHeld(text: string): boolean {
  const number = Number(text);
  return Number.isFinite(number) && normal(String(number)) === normal(text);
}

/** Digits without zeros at their ends, and the power of ten of the last one. */
function normal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const shorter = withoutLastZeros(digits);
  if (shorter === '') return '0';
  return `${sign}${shorter}e${Number(exponent) - fraction.length + digits.length - shorter.length}`;
}

/** By hand: an expression for it takes the square of the zeros that stand in the middle. */
function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
