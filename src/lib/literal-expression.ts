/**
 * An expression that takes a text and nothing else. RE2 and JavaScript have the same characters that mean something.
 * https://github.com/google/re2/wiki/Syntax
 */
export function literalExpression(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
