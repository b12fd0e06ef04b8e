/** A form of a curl command (`-F`): the size of its body, which depends on what curl writes around each part. */
import { UsageError } from '../errors';
import type { Given } from './command-line';
import { notTraceable } from './command-line';
import { fileOctets, type CurlBody, type ReadFile } from './body-files';

/** The boundary is drawn anew by each run; its length is that of current releases. */
const BOUNDARY = '------------------------0123456789abcdef012345';

/** What curl takes for the type of a file by the end of its name. https://curl.se/docs/manpage.html (-F) */
const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['.gif', 'image/gif'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain'],
  ['.htm', 'text/html'],
  ['.html', 'text/html'],
  ['.pdf', 'application/pdf'],
  ['.xml', 'application/xml'],
];

interface FormOptions {
  /** `--form-escape`: a backslash before quotes, where curl writes `%22` otherwise. */
  readonly isEscaped: boolean;
  /** The Content-Type that a `-H` gives; null for curl's own. */
  readonly contentType: string | null;
  readonly readFile: ReadFile;
}

/**
 * The body of all parts together. A Content-Type of the command gets curl's boundary, too, and any but multipart/form-data makes
 * attachments of the parts.
 * @throws UsageError for a part that is not NAME=CONTENT, and for one whose length mctl does not work out
 */
export function formOf(forms: readonly Given[], options: FormOptions): CurlBody {
  const type = options.contentType ?? 'multipart/form-data';
  const disposition = /^multipart\/form-data\b/i.test(type) ? 'form-data' : 'attachment';
  const size = forms
    .map(({ name, value }) => partSize(String(value), name === 'form-string', { ...options, disposition }))
    .reduce((sum, one) => sum + one, `--${BOUNDARY}--\r\n`.length);
  const contentType = `${type}; boundary=${BOUNDARY}`;
  return { size, contentType, accept: null, isUpload: false, isForm: true, text: null };
}

function partSize(text: string, isLiteral: boolean, options: FormOptions & { readonly disposition: string }): number {
  const equals = text.indexOf('=');
  if (equals < 0) throw new UsageError(`curl -F ${JSON.stringify(text)} is not NAME=CONTENT`);
  const name = text.slice(0, equals);
  const part = isLiteral ? literalPart(text.slice(equals + 1)) : partOf(text, text.slice(equals + 1), options.readFile);
  const { type, fileName } = part;
  const { disposition } = options;
  const escaped = (value: string): string => escapedIn(value, options.isEscaped);
  const named =
    (name === '' ? '' : `; name="${escaped(name)}"`) + (fileName === null ? '' : `; filename="${escaped(fileName)}"`);
  // An attachment without a name needs no line that says so.
  const isSaid = disposition === 'form-data' || named !== '';
  const head =
    `--${BOUNDARY}\r\n` +
    (isSaid ? `Content-Disposition: ${disposition}${named}\r\n` : '') +
    (type === null ? '' : `Content-Type: ${type}\r\n`);
  return Buffer.byteLength(head) + 2 + part.size + 2;
}

interface Part {
  readonly size: number;
  readonly type: string | null;
  readonly fileName: string | null;
}

function literalPart(content: string): Part {
  return { size: Buffer.byteLength(content), type: null, fileName: null };
}

/** `VALUE;type=…;filename=…`; the value and a file's name may stand in double quotes. */
function partOf(whole: string, content: string, readFile: ReadFile): Part {
  if (content.startsWith('(') || whole === '=)') throw unknownLength(whole, 'it is a form inside of the form');
  const isFile = content.startsWith('@');
  const isRead = isFile || content.startsWith('<');
  const ends = isFile ? ',' : '';
  const { word, next, rest } = wordAt(isRead ? content.slice(1) : content, ends);
  if (next === ',') throw unknownLength(whole, 'it has several files in one part');
  const settings = settingsOf(whole, rest, ends);
  const fileName = settings.fileName ?? (isFile ? word.slice(word.lastIndexOf('/') + 1) : null);
  const size = isRead ? fileOctets(word, readFile).length : Buffer.byteLength(word);
  return { size, type: settings.type ?? guessedType(fileName, isFile ? word : null), fileName };
}

/** By the name that is sent, else by the file's own; a file has a type always. */
function guessedType(fileName: string | null, path: string | null): string | null {
  const byName = fileName === null ? null : typeByName(fileName);
  return byName ?? (path === null ? null : (typeByName(path) ?? 'application/octet-stream'));
}

function typeByName(fileName: string): string | null {
  const lower = fileName.toLowerCase();
  return TYPES.find(([ending]) => lower.endsWith(ending))?.[1] ?? null;
}

interface Word {
  readonly word: string;
  /** The character that ended it; empty at the end. */
  readonly next: string;
  /** What follows that character. */
  readonly rest: string;
}

/** A word in double quotes, in which a backslash stands before a quote or a backslash; or one up to `;` or the end character. */
function wordAt(text: string, endCharacter: string): Word {
  const begun = text.replace(/^[ \t]+/, '');
  const ends = endCharacter === '' ? /;/ : /[;,]/;
  const quoted = /^"((?:\\["\\]|[^"])*)"/.exec(begun);
  const from = quoted === null ? 0 : quoted[0].length;
  const length = begun.slice(from).search(ends);
  const end = length < 0 ? begun.length : from + length;
  const word =
    quoted === null ? begun.slice(0, end).replace(/[ \t]+$/, '') : (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
  return { word, next: begun.charAt(end), rest: begun.slice(end + 1) };
}

interface Settings {
  readonly type: string | null;
  readonly fileName: string | null;
}

function settingsOf(whole: string, text: string, endCharacter: string): Settings {
  let [type, fileName]: [string | null, string | null] = [null, null];
  // Parameters of a type (`;charset=utf-8`) belong to it up to the next setting of curl's own.
  let isInType = false;
  let rest = text;
  while (rest !== '') {
    const setting = /^[ \t]*(type|filename|headers|encoder)=/i.exec(rest);
    const key = setting?.[1]?.toLowerCase();
    if (key === 'headers' || key === 'encoder') throw unknownLength(whole, `it has ${key}=`);
    const {
      word,
      next,
      rest: following,
    } = wordAt(setting === null ? rest : rest.slice(setting[0].length), endCharacter);
    if (next === ',') throw unknownLength(whole, 'it has several files in one part');
    if (key === 'type' && type === null) {
      type = word;
      isInType = true;
    } else if (key === 'filename') {
      fileName = word;
      isInType = false;
    } else if (isInType) {
      type = `${type ?? ''};${rest.slice(0, rest.length - following.length - next.length)}`;
    }
    rest = following;
  }
  return { type, fileName };
}

/** How curl writes a name into a part's header. */
function escapedIn(text: string, isEscaped: boolean): string {
  return isEscaped
    ? text.replace(/["\\]/g, '\\$&')
    : text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function unknownLength(part: string, because: string): UsageError {
  return notTraceable(`-F ${part}`, `mctl does not work out the length of such a part: ${because}`);
}
