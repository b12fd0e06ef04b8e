/** The headers that curl sends: its own, and those of the command, which replace or remove them. */
import { type CurlBody, fileOctets, type ReadFile } from './body-files';
import { notTraceable } from './command-line';
import { conditionalHeader, rangeHeader } from './conditional-headers';
import type { Options, Version } from './given-options';
import type { CurlUrl } from './request-url';

export type Header = readonly [name: string, value: string];

/** Stands for the release, which the command does not tell; rules on curl's user agent ask for the part before it. */
export const USER_AGENT = 'curl/8.16.0';

/** A body above this many octets is announced with `Expect: 100-continue` on HTTP/1.1. */
const EXPECT_ABOVE = 1024 * 1024;

interface Sent {
  readonly body: CurlBody | null;
  readonly url: CurlUrl;
  readonly version: Version;
  readonly readFile: ReadFile;
}

/**
 * In the order in which curl writes them. `-H 'X:'` removes a header that curl would add, `-H 'X;'` sends an empty one, and a
 * `-H` without colon and semicolon is ignored, as curl does. What `--http2` and `--tr-encoding` write into Connection cannot be
 * removed, of several Host headers the first is sent, and a form's type gets the boundary, whoever named the type.
 * https://curl.se/docs/manpage.html (-H)
 */
export function headersOf(options: Options, sent: Sent): readonly Header[] {
  const texts = options.all('header').flatMap((text) => (text.startsWith('@') ? linesOf(text, sent.readFile) : [text]));
  const named = new Set(texts.map((text) => nameOf(text)).filter((name) => name !== null));
  const isForm = sent.body?.isForm === true;
  const custom = firstHost(texts.flatMap(customHeader)).filter(([name]) => !isForm || !isType(name));
  const isChunked = custom.some(([name, value]) => isNamed(name, 'transfer-encoding') && /\bchunked\b/i.test(value));
  const own = ownHeaders(options, sent).filter(
    ([name]) => (!named.has(name.toLowerCase()) || (isForm && isType(name))) && !(isChunked && isLength(name)),
  );
  const isOfBody = ([name]: Header): boolean =>
    /^(?:content-length|content-type|transfer-encoding|expect)$/i.test(name);
  return [
    ...own.filter((header) => !isOfBody(header)),
    ...withConnection(custom, connectionHeaders(options, sent, named)),
    ...own.filter(isOfBody),
  ];
}

function isNamed(name: string, wanted: string): boolean {
  return name.toLowerCase() === wanted;
}

function isType(name: string): boolean {
  return isNamed(name, 'content-type');
}

function isLength(name: string): boolean {
  return isNamed(name, 'content-length');
}

function linesOf(text: string, readFile: ReadFile): readonly string[] {
  return Buffer.from(fileOctets(text.slice(1), readFile), 'latin1')
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

/** The name of a header that a `-H` sends, empties or removes, in lower case; null where curl ignores it. */
function nameOf(text: string): string | null {
  return /^([^:;\s][^:;]*?)\s*[:;]/.exec(text)?.[1]?.toLowerCase() ?? null;
}

function customHeader(text: string): readonly Header[] {
  const colon = text.indexOf(':');
  if (colon < 0) return /^[^;\s][^;]*;\s*$/.test(text) ? [[text.slice(0, text.indexOf(';')).trim(), '']] : [];
  const name = text.slice(0, colon);
  const value = text.slice(colon + 1).trim();
  if (isNamed(name, 'host') && value === '') {
    throw notTraceable(
      `-H '${text}'`,
      'Envoy answers 400 to a request without a Host header, before anything is routed',
    );
  }
  if (value === '' || colon === 0) return [];
  if (/\s/.test(name)) throw notTraceable(`-H '${text}'`, 'with a blank in its name it is not an HTTP header');
  return [[name, value]];
}

/** Of several Host headers curl sends the first. */
function firstHost(headers: readonly Header[]): readonly Header[] {
  const first = headers.find(([name]) => isNamed(name, 'host'));
  return headers.filter((header) => header === first || !isNamed(header[0], 'host'));
}

function ownHeaders(options: Options, { body, url, version }: Sent): readonly Header[] {
  const agent = options.last('user-agent') ?? USER_AGENT;
  const referer = options.last('referer')?.replace(/;auto$/, '') ?? '';
  const isQuery = options.isOn('get') && body?.text !== null;
  return present([
    ['Authorization', authorization(options, url)],
    rangeHeader(options, isQuery ? null : body),
    ['User-Agent', agent === '' ? null : agent],
    ['Accept', body?.accept ?? '*/*'],
    ['Accept-Encoding', options.isOn('compressed') ? 'deflate, gzip, br, zstd' : null],
    ['Referer', referer === '' ? null : referer],
    ['Cookie', cookies(options)],
    conditionalHeader(options),
    // --json stands for two -H, whatever becomes of the data.
    ...(isQuery ? [['Content-Type', options.all('json').length > 0 ? 'application/json' : null] as const] : []),
    ...(isQuery ? [] : bodyHeaders(body, version)),
  ]);
}

type Perhaps = readonly [name: string, value: string | null] | null;

/** `--http2` on http:// offers to upgrade; `--tr-encoding` asks for compressed transfer, unless a -H names TE. */
function connectionHeaders(options: Options, { url, version }: Sent, named: ReadonlySet<string>): readonly Header[] {
  const isTe = options.isOn('tr-encoding') && !named.has('te');
  const isUpgrade = version === '2' && url.scheme === 'http';
  const words = [...(isTe ? ['TE'] : []), ...(isUpgrade ? ['Upgrade', 'HTTP2-Settings'] : [])];
  return present([
    ['Connection', words.length === 0 ? null : words.join(', ')],
    ['TE', isTe ? 'gzip' : null],
    ['Upgrade', isUpgrade ? 'h2c' : null],
    ['HTTP2-Settings', isUpgrade ? 'AAMAAABkAAQCAAAAAAIAAAAA' : null],
  ]);
}

/** What curl writes into Connection follows what the first -H has there. */
function withConnection(custom: readonly Header[], [connection, ...others]: readonly Header[]): readonly Header[] {
  if (connection === undefined) return custom;
  const first = custom.find(([name]) => isNamed(name, 'connection'));
  if (first === undefined) return [...custom, connection, ...others];
  const joined: Header = [first[0], `${first[1]}, ${connection[1]}`];
  return [...custom.map((header) => (header === first ? joined : header)), ...others];
}

function bodyHeaders(body: CurlBody | null, version: Version): readonly Perhaps[] {
  if (body === null) return [];
  const isOne = version !== '2-prior-knowledge';
  const isLarge = body.size === null || body.size > EXPECT_ABOVE;
  return [
    ['Content-Length', body.size === null ? null : String(body.size)],
    ['Transfer-Encoding', body.size === null && isOne ? 'chunked' : null],
    ['Content-Type', body.contentType],
    ['Expect', isLarge && isOne && version !== '1.0' ? '100-continue' : null],
  ];
}

function present(headers: readonly Perhaps[]): readonly Header[] {
  return headers.flatMap((header) => {
    const [name, value] = header ?? [];
    return name === undefined || value === null || value === undefined ? [] : [[name, value] as const];
  });
}

/** -u wins over the URL's user and password, and a bearer token over both. */
function authorization(options: Options, url: CurlUrl): string | null {
  const bearer = options.last('oauth2-bearer');
  if (bearer !== null) return `Bearer ${bearer}`;
  const user = options.last('user');
  if (user === null && url.userInfo === null) return null;
  if (user !== null && !user.includes(':')) {
    throw notTraceable(
      `-u ${user}`,
      'curl asks for the password; write -u USER:PASSWORD, or -u USER: for an empty one',
    );
  }
  const both = user ?? url.userInfo ?? '';
  return `Basic ${Buffer.from(both.includes(':') ? both : `${both}:`, 'utf8').toString('base64')}`;
}

function cookies(options: Options): string | null {
  const given = options.all('cookie').filter((text) => text !== '');
  const file = given.find((text) => !text.includes('='));
  if (file !== undefined) throw notTraceable(`-b ${file}`, 'mctl does not read a file of cookies; write NAME=VALUE');
  return given.length === 0 ? null : given.join(';');
}
