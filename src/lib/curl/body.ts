/** The body of a curl command, as far as headers tell of it: its size and its type. */
import { UsageError } from '../errors';
import type { Given } from './command-line';

/** Reads the files that a curl command names; throws an MctlError for one that cannot be read. */
export type ReadFile = (path: string) => Uint8Array;

export interface CurlBody {
  /** Octets; null where curl does not know it either and sends chunks. */
  readonly size: number | null;
  readonly contentType: string | null;
  readonly accept: string | null;
  /** `-T`: a PUT. */
  readonly isUpload: boolean;
  /** The data as text, which `-G` moves into the query; null for a form or an upload. */
  readonly text: string | null;
}

const DATA = new Set(['data', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'json']);
const BOUNDARY = '------------------------0123456789abcdef012345';

/**
 * What the command sends as body; null for none. Data of several options is joined with `&` (of `--json` without),
 * and line breaks of a file given to -d are left out.
 * https://curl.se/docs/manpage.html (-d, --data-urlencode, --json, -F, -T)
 */
export function bodyOf(given: readonly Given[], readFile: ReadFile): CurlBody | null {
  const data = given.filter(({ name }) => DATA.has(name));
  const forms = given.filter(({ name }) => name === 'form' || name === 'form-string');
  const upload = given.find(({ name }) => name === 'upload-file');
  if (Number(data.length > 0) + Number(forms.length > 0) + Number(upload !== undefined) > 1) {
    throw new UsageError('curl takes only one of -d, -F and -T', { hint: 'Leave out all but one.' });
  }
  if (upload !== undefined) return uploadOf(String(upload.value), readFile);
  if (forms.length > 0) return formOf(forms, readFile);
  return data.length > 0 ? dataOf(data, readFile) : null;
}

function dataOf(data: readonly Given[], readFile: ReadFile): CurlBody {
  let octets = '';
  data.forEach(({ name, value }, index) => {
    if (index > 0 && name !== 'json') octets += '&';
    octets += pieceOf(name, String(value), readFile);
  });
  const isJson = data.some(({ name }) => name === 'json');
  return {
    size: octets.length,
    contentType: isJson ? 'application/json' : 'application/x-www-form-urlencoded',
    accept: isJson ? 'application/json' : null,
    isUpload: false,
    text: Buffer.from(octets, 'latin1').toString('utf8'),
  };
}

/** One option's data, an octet a character. */
function pieceOf(name: string, value: string, readFile: ReadFile): string {
  if (name === 'data-urlencode') return urlEncoded(value, readFile);
  if (name === 'data-raw' || !value.startsWith('@')) return octetsOf(value);
  const file = fileOctets(value.slice(1), readFile);
  return name === 'data-binary' || name === 'json' ? file : file.replace(/[\r\n\0]/g, '');
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`: what comes behind the name is encoded. */
export function urlEncoded(value: string, readFile: ReadFile): string {
  const at = value.search(/[=@]/);
  if (at < 0) return percentEncoded(octetsOf(value));
  const name = value.slice(0, at);
  const rest = value.slice(at + 1);
  const content = percentEncoded(value.charAt(at) === '@' ? fileOctets(rest, readFile) : octetsOf(rest));
  return name === '' ? content : `${octetsOf(name)}=${content}`;
}

function percentEncoded(octets: string): string {
  return octets.replace(/[^A-Za-z0-9._~-]/g, (octet) =>
    octet === ' ' ? '+' : `%${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function octetsOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function fileOctets(path: string, readFile: ReadFile): string {
  if (path === '-') {
    throw new UsageError('mctl does not read the body of a curl command from standard input', {
      hint: 'Write it with --data-raw.',
    });
  }
  return Buffer.from(readFile(path)).toString('latin1');
}

function uploadOf(path: string, readFile: ReadFile): CurlBody {
  const size = path === '-' || path === '.' ? null : readFile(path).length;
  return { size, contentType: null, accept: null, isUpload: true, text: null };
}

/** https://curl.se/docs/manpage.html (-F); the boundary is drawn anew by each run, its length is that of current releases. */
function formOf(forms: readonly Given[], readFile: ReadFile): CurlBody {
  const parts = forms.map(({ name, value }) => {
    const text = String(value);
    const equals = text.indexOf('=');
    if (equals < 0) throw new UsageError(`curl -F ${JSON.stringify(text)} is not NAME=CONTENT`);
    return partSize(text.slice(0, equals), text.slice(equals + 1), name === 'form-string', readFile);
  });
  const closing = `--${BOUNDARY}--\r\n`.length;
  return {
    size: parts.reduce((sum, size) => sum + size, closing),
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
    accept: null,
    isUpload: false,
    text: null,
  };
}

function partSize(name: string, content: string, isLiteral: boolean, readFile: ReadFile): number {
  const settings = isLiteral ? [content] : content.split(';');
  const [value = '', ...rest] = settings;
  const typeOf = rest.find((one) => one.startsWith('type='))?.slice('type='.length);
  const isFile = !isLiteral && value.startsWith('@');
  const path = isLiteral || !/^[@<]/.test(value) ? null : value.slice(1);
  const body = path === null ? Buffer.byteLength(value) : fileOctets(path, readFile).length;
  const fileName = rest.find((one) => one.startsWith('filename='))?.slice('filename='.length) ?? baseName(path ?? '');
  const named = isFile ? `; filename="${fileName}"` : '';
  const type = typeOf ?? (isFile ? 'application/octet-stream' : null);
  const head =
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${named}\r\n` +
    (type === null ? '' : `Content-Type: ${type}\r\n`);
  return Buffer.byteLength(head) + 2 + body + 2;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
