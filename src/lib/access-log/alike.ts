/** Which lines are alike in everything that a walk asks of their requests: of all of them one is traced. */
import type { HeaderMatcher } from '../envoy/route';
import { takesPath } from '../http/conditions/path';
import { pathOnly } from '../http/message';
import { isPlainValue } from '../http/plain-value';
import { matchString } from '../match/string-matcher';
import type { Ternary } from '../match/ternary';
import { matchUriTemplate } from '../match/uri-template';
import type { HeaderAmong, PathTest, Rewrite, Watcher } from '../match/watch';
import type { LogEntry } from './entry';

const nothing = (): void => undefined;

/**
 * Paths that Envoy leaves as they are: nothing is decoded, merged, squeezed or cut.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto (normalize_path, merge_slashes)
 */
const PLAIN_PATH = /^(?:\/[\w~:@!$&'()*+,=-][\w.~:@!$&'()*+,=-]*)*\/?(?:\?[\w.~:@!$&'()*+,=/?-]*)?$/;
const LONGEST_PATH = 2048;

/** Everything of a line but its path, its headers' values, and what no request is decided by; null where these may count, too. */
export function restOfLine(entry: LogEntry): string | null {
  const { path, headers, downstreamRemote, ...rest } = entry;
  const isPlain = path !== null && path.startsWith('/') && path.length <= LONGEST_PATH && PLAIN_PATH.test(path);
  const values = [...headers];
  if (!isPlain || !values.every(([, value]) => value === null || isPlainValue(value))) return null;
  const lasting = { ...rest, startTime: null, duration: null, downstreamRemote: addressOf(downstreamRemote) };
  return JSON.stringify([lasting, values.map(([name, value]) => [name, value !== null])]);
}

/** Of a caller the address counts; its port does where it is 0: Envoy took the address from a header. */
function addressOf(remote: LogEntry['downstreamRemote']): string | null {
  return remote === null ? null : `${remote.ip} ${remote.port === 0 ? 0 : 1}`;
}

/** What one walk asked of the request of a line, beside the rest of the line. */
export class AskedOfLine implements Watcher {
  readonly #entry: LogEntry;
  readonly #path: string;
  readonly #tests = new Map<object, { readonly test: PathTest; readonly answer: Ternary }>();
  readonly #headers = new Set<string>();
  #asksQuery = false;
  #isClear = true;
  readonly begins = nothing;
  readonly address = nothing;
  readonly port = nothing;
  readonly text = nothing;
  readonly serverName = nothing;
  readonly alpn = nothing;
  readonly token = nothing;
  readonly copiesClaim = nothing;
  readonly authority = nothing;

  constructor(entry: LogEntry) {
    this.#entry = entry;
    this.#path = pathOnly(entry.path ?? '');
  }

  header(matcher: HeaderMatcher): void {
    this.looksAt((matcher.name ?? '').toLowerCase());
  }

  headerAmong({ matchers }: HeaderAmong): void {
    for (const matcher of matchers) this.header(matcher);
  }

  reads(header: string): void {
    this.looksAt(header.toLowerCase());
  }

  looksAt(header: string): void {
    if (header === ':path') this.#isClear = false;
    this.#headers.add(header);
  }

  path(test: PathTest, path: string): void {
    // A path that was rewritten is not the line's any more.
    if (path !== this.#path) this.#isClear = false;
    const asker = test.kind === 'route' ? test.match : test.kind === 'text' ? test.matcher : test;
    if (!this.#tests.has(asker)) this.#tests.set(asker, { test, answer: answerTo(test, path) });
  }

  rewrites({ path }: Rewrite): void {
    // The line's path is what became of the one that was sent.
    if (this.#entry.pathIsSentOn && path.kind !== 'kept') this.#isClear = false;
  }

  query(): void {
    this.#asksQuery = true;
  }

  queryAmong(): void {
    this.#asksQuery = true;
  }

  other(): void {
    this.#isClear = false;
  }

  /** How many different questions about the path were asked. */
  get questions(): number {
    return this.#tests.size;
  }

  /** Whether all that was asked is known. */
  get isClear(): boolean {
    return this.#isClear && [...this.#tests.values()].every(({ answer }) => typeof answer === 'boolean');
  }

  /** Whether a request whose line has the same rest is answered the same to everything that was asked. */
  isAlike({ path, headers }: LogEntry): boolean {
    const own = this.#entry;
    for (const name of this.#headers) if (headers.get(name) !== own.headers.get(name)) return false;
    if (this.#asksQuery && queryOf(path) !== queryOf(own.path)) return false;
    const plain = pathOnly(path ?? '');
    if (plain === this.#path) return true;
    for (const { test, answer } of this.#tests.values()) if (answerTo(test, plain) !== answer) return false;
    return true;
  }
}

function answerTo(test: PathTest, path: string): Ternary {
  switch (test.kind) {
    case 'route':
      return takesPath(test.match, path);
    case 'text':
      return matchString(test.matcher, path);
    case 'template':
      return matchUriTemplate(test.template, path) !== null;
  }
}

function queryOf(path: string | null): string {
  return path === null ? '' : path.slice(pathOnly(path).length);
}
