/** `mctl pc trace POD.NAMESPACE -- curl …`: the command line is cut at the two dashes, and what follows is curl's. */
import { readFileSync, statSync } from 'node:fs';
import { UnavailableError, UsageError } from '../../errors';
import { curlWords, isCommandText } from '../../curl/command-text';
import { curlBody, curlQuery } from '../../curl/request';
import { planRequest } from '../../trace/request/plan';
import { CURL_FORM } from '../../trace/request/url';
import type { TraceQuery } from '../../trace/request/query';
import { keepSecretHeaders } from '../given-secrets';
import { queryFromFlags, type RequestFlags } from './trace-flags';

/** A body larger than this is not read to learn its size. */
const LARGEST_FILE = 64 * 1024 * 1024;

export interface CutCommandLine {
  /** What is mctl's own. */
  readonly own: readonly string[];
  /** The curl command, its first word included; null where there is none. */
  readonly curl: readonly string[] | null;
}

/**
 * Cuts a command line before `-- curl`. Dashes before anything else only end the flags, as everywhere. A command that was put in
 * quotes is one word, and is split as its shell would have split it. Throws UsageError for one that a shell would have to run.
 */
export function cutAtCurl(argv: readonly string[]): CutCommandLine {
  const dashes = argv.indexOf('--');
  const [text = '', more] = dashes < 0 ? [] : argv.slice(dashes + 1);
  if (more === undefined && isCommandText(text)) return { own: argv.slice(0, dashes), curl: curlWords(text) };
  const isCurl = dashes >= 0 && /^(?:.*[/\\])?curl(?:\.exe)?$/.test(argv[dashes + 1] ?? '');
  return isCurl ? { own: argv.slice(0, dashes), curl: argv.slice(dashes + 1) } : { own: argv, curl: null };
}

/**
 * The error of a command line in which a curl command stands without the two dashes before it, so that its words were read as
 * mctl's: what was wrong with them, and how it is written. Any other error as it is.
 */
export function withForgottenDashes(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof Error) || argv.includes('--') || !argv.slice(1).includes('curl')) return error;
  const [message = ''] = error.message.split('\n');
  return new UsageError(message, { hint: CURL_FORM });
}

/** Flags of mctl that say what curl's own options say. */
const CURLS_OWN = ['request', 'header', 'http1.0', 'http1.1', 'http2', 'connect-protocol', 'resolve'] as const;

/** The question of a curl command; flags before the dashes tell of the caller and the walk. Throws UsageError where a flag before the dashes would change what curl sends. */
export function queryOfCurl(words: readonly string[], flags: RequestFlags): TraceQuery {
  const twice = CURLS_OWN.find((name) => flags[name] !== undefined && flags[name] !== false);
  if (twice !== undefined) {
    throw new UsageError(`--${twice} is given beside a curl command, which says the same in its own options`, {
      hint: 'Write it behind the word curl, as curl spells it.',
    });
  }
  const { tls, alpn, sourceIp, proxyProtocol, ...shaped } = curlQuery(words, readFile);
  const own = queryFromFlags(shaped.url, flags);
  const query: TraceQuery = {
    ...own,
    ...shaped,
    tls: own.tls ?? tls,
    alpn: own.alpn ?? alpn,
    sourceIp: own.sourceIp ?? sourceIp,
    proxyProtocol: own.proxyProtocol ?? proxyProtocol,
  };
  keepSecretHeaders(query.headers ?? []);
  planRequest(query);
  return query;
}

/** The body that a curl command sends; null for none, and where there is no curl command. */
export function bodyOfCurl(words: readonly string[]): string | null {
  return words.length === 0 ? null : curlBody(words, readFile);
}

function readFile(path: string): Uint8Array {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new UsageError(`${path} in the curl command is not a file that can be read`);
    if (stats.size > LARGEST_FILE) {
      throw new UsageError(`${path} in the curl command is larger than ${LARGEST_FILE} octets`, {
        hint: 'Leave it out, and give its size with -H "Content-Length: …".',
      });
    }
    return readFileSync(path);
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (typeof code !== 'string') throw error;
    throw new UnavailableError(`The curl command names ${path}, which cannot be read (${code})`);
  }
}
