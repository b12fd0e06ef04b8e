/** The headers that curl sends: its own, and those of the command, which replace or remove them. */
import type { CurlBody, ReadFile } from './body';
import { notTraceable } from './command-line';
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
 * `-H` without colon and semicolon is ignored, as curl does.
 * https://curl.se/docs/manpage.html (-H)
 */
export function headersOf(options: Options, sent: Sent): readonly Header[] {
  const custom = options
    .all('header')
    .flatMap((text) => (text.startsWith('@') ? linesOf(text, sent.readFile) : [text]));
  const named = new Set(custom.map((text) => nameOf(text)).filter((name) => name !== null));
  const own = ownHeaders(options, sent).filter(([name]) => !named.has(name.toLowerCase()));
  const isBody = ([name]: Header): boolean => /^(?:content-length|content-type|transfer-encoding|expect)$/i.test(name);
  return [...own.filter((header) => !isBody(header)), ...custom.flatMap(customHeader), ...own.filter(isBody)];
}

function linesOf(text: string, readFile: ReadFile): readonly string[] {
  return Buffer.from(readFile(text.slice(1)))
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
  const value = text.slice(colon + 1).trim();
  return value === '' || colon === 0 ? [] : [[text.slice(0, colon).trim(), value]];
}

function ownHeaders(options: Options, { body, url, version }: Sent): readonly Header[] {
  const agent = options.last('user-agent') ?? USER_AGENT;
  const referer = options.last('referer')?.replace(/;auto$/, '') ?? '';
  return present([
    ['Authorization', authorization(options, url)],
    ['Range', range(options)],
    ['User-Agent', agent === '' ? null : agent],
    ['Accept', body?.accept ?? '*/*'],
    ['Accept-Encoding', options.isOn('compressed') ? 'deflate, gzip, br, zstd' : null],
    ['Referer', referer === '' ? null : referer],
    ['Cookie', cookies(options)],
    ...connectionHeaders(options.isOn('tr-encoding'), version === '2' && url.scheme === 'http'),
    ...conditional(options.last('time-cond')),
    ...(options.isOn('get') ? [] : bodyHeaders(body, version)),
  ]);
}

type Perhaps = readonly [name: string, value: string | null];

/** `--http2` on http:// offers to upgrade; `--tr-encoding` asks for compressed transfer. */
function connectionHeaders(isTe: boolean, isUpgrade: boolean): readonly Perhaps[] {
  const connection = [...(isTe ? ['TE'] : []), ...(isUpgrade ? ['Upgrade', 'HTTP2-Settings'] : [])];
  return [
    ['Connection', connection.length === 0 ? null : connection.join(', ')],
    ['TE', isTe ? 'gzip' : null],
    ['Upgrade', isUpgrade ? 'h2c' : null],
    ['HTTP2-Settings', isUpgrade ? 'AAMAAABkAAQCAAAAAAIAAAAA' : null],
  ];
}

function range(options: Options): string | null {
  const asked = options.last('range');
  if (asked !== null) return `bytes=${asked}`;
  const from = options.last('continue-at');
  return from === null || from === '-' ? null : `bytes=${from}-`;
}

function conditional(since: string | null): readonly Perhaps[] {
  if (since === null) return [];
  return [[since.startsWith('-') ? 'If-Unmodified-Since' : 'If-Modified-Since', date(since)]];
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
  return headers.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

/** -u wins over the URL's user and password, and a bearer token over both. */
function authorization(options: Options, url: CurlUrl): string | null {
  const bearer = options.last('oauth2-bearer');
  if (bearer !== null) return `Bearer ${bearer}`;
  const user = options.last('user') ?? url.userInfo;
  if (user === null) return null;
  return `Basic ${Buffer.from(user.includes(':') ? user : `${user}:`, 'utf8').toString('base64')}`;
}

function cookies(options: Options): string | null {
  const given = options.all('cookie').filter((text) => text !== '');
  const file = given.find((text) => !text.includes('='));
  if (file !== undefined) throw notTraceable(`-b ${file}`, 'mctl does not read a file of cookies; write NAME=VALUE');
  return given.length === 0 ? null : given.join(';');
}

/** The dates that every release reads name their month: `1 Jan 2020 00:00:00 GMT`. Anything else is a file to curl. */
function date(text: string): string {
  const time = /[a-z]{3}/i.test(text) ? Date.parse(text.replace(/^[-+=]/, '')) : Number.NaN;
  if (Number.isNaN(time)) throw notTraceable(`-z ${text}`, 'it is no date, and mctl does not read the time of a file');
  return new Date(time).toUTCString();
}
