/** The body of a curl command, as far as headers tell of it: its size and its type. */
import { UsageError } from '../errors';
import { type CurlBody, fileOctets, type ReadFile } from './body-files';
import type { Given } from './command-line';
import { formOf } from './form';
import type { Options } from './given-options';

export type { CurlBody, ReadFile } from './body-files';

const DATA = new Set(['data', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'json']);

/**
 * What the command sends as body; null for none. Data of several options is joined with `&` (of `--json` without),
 * and line breaks of a file given to -d are left out. `-T ''` uploads nothing.
 * https://curl.se/docs/manpage.html (-d, --data-urlencode, --json, -F, -T)
 */
export function bodyOf(options: Options, readFile: ReadFile): CurlBody | null {
  const { given } = options;
  const data = given.filter(({ name }) => DATA.has(name));
  const forms = given.filter(({ name }) => name === 'form' || name === 'form-string');
  const { upload } = options;
  if (Number(data.length > 0) + Number(forms.length > 0) + Number(upload !== null) > 1) {
    throw new UsageError('curl takes only one of -d, -F and -T', { hint: 'Leave out all but one.' });
  }
  if (upload !== null) return uploadOf(upload, options, readFile);
  if (forms.length > 0) {
    const contentType = options.header('content-type');
    return formOf(forms, { isEscaped: options.isOn('form-escape'), contentType, readFile });
  }
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
    isForm: false,
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

/** With `-C N` the first N octets are left out. */
function uploadOf(path: string, options: Options, readFile: ReadFile): CurlBody {
  const whole = path === '-' || path === '.' ? null : readFile(path).length;
  const from = startOf(options) ?? 0;
  if (whole !== null && from > 0 && from >= whole)
    throw new UsageError(`curl refuses -C ${from}: ${path} has no more octets`);
  return {
    size: whole === null ? null : whole - from,
    contentType: null,
    accept: null,
    isUpload: true,
    isForm: false,
    text: null,
  };
}

/** `-C N` in octets; null where it is not given, and for `-C -`. */
export function startOf(options: Options): number | null {
  const text = options.last('continue-at');
  if (text === null || text === '-') return null;
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`curl -C takes a number of octets or -, not ${JSON.stringify(text)}`);
  return Number(text);
}
