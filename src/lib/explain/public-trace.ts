/** A trace as it may be printed: what the person gave as a secret, and what configuration gives away, is not in it. */
import { REDACTED, secretsAreShown } from '../secrets/disclosure';
import { isSecretHeader } from '../secrets/names';
import { redacted, shownValue } from '../secrets/redact';
import type { Trace } from '../trace/model';

/** A value of fewer characters is not looked for in sentences: it would be found everywhere. */
const SHORTEST = 6;

/** The trace itself where secrets are shown, or where it has none. */
export function publicTrace(trace: Trace): Trace {
  if (secretsAreShown()) return trace;
  const { request } = trace;
  const headers = request.headers.map(([name, value]) => [name, shownValue(name, value)] as const);
  const given = request.headers
    .filter(([name]) => isSecretHeader(name))
    .map(([, value]) => value.replace(/^[A-Za-z-]{1,20}\s+/, ''))
    .filter((value) => value.length >= SHORTEST);
  const clean = redacted({ ...trace, request: { ...request, headers } });
  return given.length === 0 ? clean : (withoutTexts(clean, given) as Trace);
}

function withoutTexts(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((text, secret) => text.replaceAll(secret, REDACTED), value);
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutTexts(inner, texts)]));
}
