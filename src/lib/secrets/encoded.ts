/**
 * Secrets that stand in a text encoded: in base64 of either alphabet, padded or not, in lines too, in hexadecimal digits,
 * compressed, percent-encoded, with the entities of HTML, with backslashes; and in what they hold in turn, some levels deep.
 */
import { unzipSync } from 'node:zlib';
import { REDACTED } from './disclosure';
import { areKeyBytes } from './key-bytes';
import { uriComponent } from '../uri-component';

/** A text without its secrets, that stands so many encodings deep. */
export type Clean = (text: string, depth: number) => string;

/** What is encoded more often than this is left out whole. */
const MOST_NESTED = 6;

/** As much of what is compressed is looked at; what is larger is left out whole. */
const LARGEST = 4 * 1024 * 1024;

/**
 * What may be base64 of a text that begins with ASCII or a letter of UTF-8, of what is compressed, or of a key. In a path it may stand
 * behind a slash, which is a digit of base64, too.
 */
const BASE64 = /(?<![A-Za-z0-9+_-])(?:[BCDHI-Za-fw-z0-9]|[/_]u3[+-])[A-Za-z0-9+/_-]{11,}={0,2}/g;

/** The same in lines of one length, as `base64` and PEM write it. */
const LINES = /(?:[A-Za-z0-9+/]{40,100}(?:\\r)?(?:\\n|\r?\n)[ \t]{0,40})+[A-Za-z0-9+/]{1,100}={0,2}/g;

/** A run of fewer digits of base64 is not looked at. */
export const SHORTEST_RUN = 12;

const HEX = /(?<![0-9A-Za-z])(?:[0-9a-f]{2}){12,}(?![0-9A-Za-z])/gi;

/** What percent signs may stand in, and one that encodes. */
const SEGMENT = /[\w.~!*'()%+-]+/g;
const PERCENT = /%[0-9A-F]{2}/i;

const ENTITY = /&(?:quot|apos|lt|gt|amp|#0{0,4}3[49]|#x0{0,4}2[27]);/i;
const ENTITIES = /&(?:quot|apos|lt|gt|amp|#0{0,4}3[49]|#x0{0,4}2[27]);/gi;

/** What entities with names stand for. */
const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
]);

/** A text in quotes, as JSON and code write it, has so many characters, and what a backslash stands for where none are around it. */
const LEAST_QUOTED = 6;
const ESCAPE = /\\(?:[nrt"]|u[0-9a-f]{4})/i;
const LINE_ENDS = /\\(?:r\\n|[nr])/g;

/** What every one of them needs to be there, so that most texts are looked at once: digits of base64 are no word. */
const SIGN =
  /(?<![A-Za-z0-9+_-])(?:[BCDHI-Za-fw-z0-9]|[/_]u3[+-])(?=[a-z/_-]{0,40}[A-Z0-9+])[A-Za-z0-9+/_-]{11}|%[0-9A-Fa-f]{2}|&[a-z#][a-z0-9]{1,8};|\\[nrtu"]/;

/** A text without what its encoded parts give away. */
export function withoutEncoded(text: string, clean: Clean, depth: number): string {
  if (!SIGN.test(text)) return text;
  // What escapes single characters stands around the rest: of a run that it breaks only a part would be seen.
  const open = ofEscapes(ofEntities(ofPercent(text, clean, depth), clean, depth), clean, depth);
  const bare =
    open.includes('\n') || open.includes('\\n') ? open.replace(LINES, (lines) => ofLines(lines, clean, depth)) : open;
  return bare.replace(HEX, (hex) => ofHex(hex, clean, depth)).replace(BASE64, (run) => ofRun(run, clean, depth));
}

function ofHex(hex: string, clean: Clean, depth: number): string {
  const shown = ofBytes(Buffer.from(hex, 'hex'), clean, depth, 'hex');
  return shown === null || shown === hex.toLowerCase() ? hex : shown;
}

function ofRun(run: string, clean: Clean, depth: number): string {
  const whole = cleanBytes(run, clean, depth);
  if (whole !== null || !run.includes('/')) return whole ?? run;
  // A path: each of its segments.
  return run
    .split('/')
    .map((piece) => (piece.length < SHORTEST_RUN ? piece : (cleanBytes(piece, clean, depth) ?? piece)))
    .join('/');
}

function ofLines(lines: string, clean: Clean, depth: number): string {
  const run = lines.replace(/\\[rn]|\s/g, '');
  return cleanBytes(run, clean, depth) === run ? lines : (cleanBytes(run, clean, depth) ?? lines);
}

/** Without the secrets in bytes, in base64; null where there is no text in them and no key. */
export function cleanBytes(run: string, clean: Clean, depth: number): string | null {
  if (run.replace(/=+$/, '').length % 4 === 1) return null;
  const bytes = Buffer.from(run, 'base64');
  const shown = ofBytes(bytes, clean, depth, 'base64');
  if (shown === null || shown === REDACTED) return shown;
  if (shown === bytes.toString('base64')) return run;
  const padded = run.endsWith('=') ? shown : shown.replace(/=+$/, '');
  return /[_-]/.test(run) ? padded.replaceAll('+', '-').replaceAll('/', '_') : padded;
}

/** Whether what may be base64 holds neither a text nor a key, as a whole or between slashes: it stays as it is. */
export function saysNothing(run: string): boolean {
  if (!areNoBytes(run)) return false;
  return !run.includes('/') || run.split('/').every((piece) => piece.length < SHORTEST_RUN || areNoBytes(piece));
}

function areNoBytes(run: string): boolean {
  if (run.length % 4 === 1) return true;
  const bytes = Buffer.from(run, 'base64');
  return !areKeyBytes(bytes) && !isCompressed(bytes) && !isText(bytes);
}

/** Bytes without their secrets, encoded again; the sign of a secret where they are one or are compressed; null where they say nothing. */
function ofBytes(bytes: Buffer, clean: Clean, depth: number, encoding: 'base64' | 'hex'): string | null {
  if (areKeyBytes(bytes)) return REDACTED;
  if (isCompressed(bytes)) return ofCompressed(bytes, clean, depth);
  if (!isText(bytes)) return null;
  if (depth >= MOST_NESTED) return REDACTED;
  const decoded = bytes.toString('latin1');
  const shown = clean(decoded, depth + 1);
  if (shown.trim() === REDACTED) return REDACTED;
  return (shown === decoded ? bytes : Buffer.from(shown, 'latin1')).toString(encoding);
}

/** Whether bytes are a text of ASCII or UTF-8. */
function isText(bytes: Buffer): boolean {
  if (bytes.length < 8) return false;
  // Most are none, which the first of them say.
  for (const byte of bytes.subarray(0, 8))
    if ((byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) || byte === 0x7f) return false;
  return !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/.test(bytes.toString('utf8'));
}

/** Whether bytes begin as gzip or zlib do. https://www.rfc-editor.org/rfc/rfc1952#section-2.3 */
function isCompressed(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  if (first === 0x1f && second === 0x8b) return true;
  return first === 0x78 && ((first << 8) | second) % 31 === 0 && !isText(bytes);
}

function ofCompressed(bytes: Buffer, clean: Clean, depth: number): string | null {
  if (depth >= MOST_NESTED) return REDACTED;
  try {
    const text = unzipSync(bytes, { maxOutputLength: LARGEST }).toString('latin1');
    return clean(text, depth + 1) === text ? null : REDACTED;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? REDACTED : null;
  }
}

function ofPercent(text: string, clean: Clean, depth: number): string {
  if (!PERCENT.test(text)) return text;
  return text.replace(SEGMENT, (segment) => {
    const decoded = PERCENT.test(segment) ? decodedSegment(segment) : null;
    if (decoded === null) return segment;
    if (depth >= MOST_NESTED) return REDACTED;
    const shown = clean(decoded, depth + 1);
    return shown === decoded ? segment : uriComponent(shown);
  });
}

function decodedSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** What stands in quotes of the text around is looked at by itself, so that those stay. */
function ofEntities(text: string, clean: Clean, depth: number): string {
  if (!ENTITY.test(text)) return text;
  if (depth >= MOST_NESTED) return REDACTED;
  return text
    .split('"')
    .map((piece) => {
      const decoded = piece.replace(ENTITIES, (entity) => CHARACTERS.get(entity.toLowerCase()) ?? numbered(entity));
      const shown = clean(decoded, depth + 1);
      if (shown === decoded) return piece;
      return shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
    })
    .join('"');
}

const numbered = (entity: string): string => (/34|22/.test(entity) ? '"' : "'");

function ofEscapes(text: string, clean: Clean, depth: number): string {
  if (!ESCAPE.test(text)) return text;
  if (depth >= MOST_NESTED) return REDACTED;
  const bare = withQuoted(text, (quoted) => {
    const decoded = ESCAPE.test(quoted) ? unquoted(quoted) : null;
    if (decoded === null) return quoted;
    const shown = clean(decoded, depth + 1);
    return shown === decoded ? quoted : JSON.stringify(shown);
  });
  return bare
    .split('\n')
    .map((line) => {
      const lines = line.replace(LINE_ENDS, '\n');
      const shown = lines === line ? line : clean(lines, depth + 1);
      return shown === lines ? line : shown.replaceAll('\n', '\\n');
    })
    .join('\n');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
/** What ends a line stands behind no backslash. */
const ENDS_LINE: ReadonlySet<number> = new Set([NEWLINE, 0x0d, 0x2028, 0x2029]);

/** A text with what stands in quotes on one line replaced, the quotes included; characters with a backslash before them end nothing. */
function withQuoted(text: string, shown: (quoted: string) => string): string {
  let bare = '';
  let from = 0;
  for (let at = text.indexOf('"'); at >= 0;) {
    const { end, count } = quotedEnd(text, at);
    // Where nothing ends it, nothing ends what begins further on in it.
    if (text.charCodeAt(end) !== QUOTE) at = text.indexOf('"', end);
    else if (count < LEAST_QUOTED) at = text.indexOf('"', at + 1);
    else {
      bare += text.slice(from, at) + shown(text.slice(at, end + 1));
      from = end + 1;
      at = text.indexOf('"', from);
    }
  }
  return bare + text.slice(from);
}

/** Where the quote stands that ends what begins with one, or what forbids that there is one; and how many characters are between. */
function quotedEnd(text: string, start: number): { readonly end: number; readonly count: number } {
  let count = 0;
  let end = start + 1;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === QUOTE || code === NEWLINE) break;
    if (code === BACKSLASH) {
      if (end + 1 >= text.length || ENDS_LINE.has(text.charCodeAt(end + 1))) break;
      end += 1;
    }
    count += 1;
  }
  return { end: Math.min(end, text.length), count };
}

function unquoted(quoted: string): string | null {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return null;
  }
}
