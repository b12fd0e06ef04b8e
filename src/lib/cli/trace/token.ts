/** `--token FILE|-`: the claims of a JSON Web Token, which is never printed and whose signature is not checked. */
import { InputError, UsageError } from '../../errors';
import { keepSecret } from '../../secrets/disclosure';
import { fileBody, streamBody, textOfBody } from '../../source/body';
import type { TraceQuery } from '../../trace/request/query';
import type { Streams } from '../streams';

interface TokenFlags {
  readonly token?: string | undefined;
  readonly claim?: unknown;
  readonly 'no-token'?: boolean | undefined;
}

/** Envoy's own limit of all headers is 60 KiB. */
const LONGEST = 64 * 1024;

/** Throws UsageError for flags that say another token. */
export function checkTokenFlags({ token, claim, 'no-token': none }: TokenFlags): void {
  if (token === undefined) return;
  const other = none === true ? '--no-token' : claim === undefined ? null : '--claim';
  if (other !== null) {
    throw new UsageError(`--token and ${other} exclude each other`, { hint: 'The claims are those in the token.' });
  }
}

/** Reads a token. Throws UnavailableError where it cannot be read, InputError where it is none. */
export async function readToken(path: string, streams: Streams): Promise<string> {
  const body = path === '-' ? streamBody('standard input', streams.stdin) : fileBody(path);
  const token = (await textOfBody(body)).trim().replace(/^bearer\s+/i, '');
  keepSecret(token);
  if (token.length > LONGEST) throw noToken(body.label, `it has more than ${LONGEST} characters`);
  return token;
}

/**
 * The question with the token: its claims, and an Authorization header where the request has none. Throws InputError where it
 * is no JWT. https://www.rfc-editor.org/rfc/rfc7519
 */
export function withToken(query: TraceQuery, token: string, streams: Streams): TraceQuery {
  const claims = claimsOf(token);
  streams.note('Claims are read from the token; its signature is not checked.');
  const headers = query.headers ?? [];
  const hasOwn = headers.some(([name]) => name.toLowerCase() === 'authorization');
  return {
    ...query,
    claims,
    headers: hasOwn ? headers : [...headers, ['Authorization', `Bearer ${token}`]],
  };
}

/** How far a filter lets clocks differ, in milliseconds, where it does not say (`clock_skew_seconds`). */
const SKEW_MS = 60_000;

/**
 * Says where the time of a token is over, or has not come, for filters of type jwt_authn: whether one checks it, the answer says.
 * @param captured when the snapshot was captured; null for running proxies and plain files, where the clock counts
 */
export function noteTimes(
  { exp, nbf }: Readonly<Record<string, string>>,
  captured: Date | null,
  streams: Streams,
  clock = new Date(),
): void {
  const now = (captured ?? clock).getTime();
  const by = captured === null ? 'By the clock' : `By the time of the capture, ${captured.toISOString()},`;
  const note = (what: string): void => {
    streams.note(`${by} the token ${what}: a jwt_authn filter that checks it refuses it.`);
  };
  if (exp !== undefined && Number(exp) * 1000 + SKEW_MS < now) note(`has expired (exp ${exp})`);
  if (nbf !== undefined && Number(nbf) * 1000 - SKEW_MS > now) note(`is not valid yet (nbf ${nbf})`);
}

/** Claims as `--claim` has them: what is no text is JSON. */
function claimsOf(token: string): Readonly<Record<string, string>> {
  const [header, payload, signature, more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more !== undefined) {
    throw noToken('--token', 'it has not three parts');
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    throw noToken('--token', 'its second part is not JSON in base64url');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw noToken('--token', 'its second part is not a JSON object');
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, claim]) => [name, typeof claim === 'string' ? claim : JSON.stringify(claim)]),
  );
}

function noToken(where: string, why: string): InputError {
  return new InputError(`${where}: this is not a JSON Web Token: ${why}`, {
    hint: 'A token is three parts in base64url with dots between: HEADER.CLAIMS.SIGNATURE.',
  });
}
