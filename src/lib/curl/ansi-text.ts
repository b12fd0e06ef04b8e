/** Bash's `$'…'`, in which browsers copy values that hold special characters. */

/** What a backslash and a letter stand for. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  E: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\u000b',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

const LARGEST = 0x10_ff_ff;

/**
 * The text up to the closing quote, and where that ends; null where there is none. Bytes (`\xc3\xa9`, `\303\251`) are read as UTF-8
 * together, two halves of a character (`\ud83d\ude00`) as that character, and a NUL ends the text, as no word can hold one. A
 * backslash before any other letter stays.
 * https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
 */
export function ansiText(text: string, start: number): { readonly text: string; readonly end: number } | null {
  const pieces =
    /\\(?:u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|x([\da-fA-F]{1,2})|([0-7]{1,3})|c(\\\\|[^])|([^]))|'|[^'\\]+/gy;
  pieces.lastIndex = start;
  let value = '';
  let octets: number[] = [];
  let isEnded = false;
  const add = (piece: string): void => {
    if (octets.length > 0) value += Buffer.from(octets).toString('utf8');
    octets = [];
    value += piece;
  };
  for (let found = pieces.exec(text); found !== null; found = pieces.exec(text)) {
    const [whole] = found;
    if (whole === "'") {
      add('');
      return { text: value, end: found.index + 1 };
    }
    if (isEnded) continue;
    const octet = octetOf(found);
    const piece = octet === null ? pieceOf(found) : '';
    isEnded = octet === 0 || piece === '\0';
    if (octet !== null && !isEnded) octets.push(octet);
    else add(isEnded ? '' : piece);
  }
  return null;
}

type Found = readonly (string | undefined)[];

function octetOf([, , , hexadecimal, octal]: Found): number | null {
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16);
  return octal === undefined ? null : Number.parseInt(octal, 8) % 256;
}

function pieceOf([whole = '', short, long, , , control, letter]: Found): string {
  const code = short ?? long;
  if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), LARGEST));
  if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) & 0x1f);
  return letter === undefined ? whole : (ESCAPES[letter] ?? whole);
}
