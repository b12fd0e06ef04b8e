/**
 * Whether this run may print secrets (`--show-secrets`), and the secrets that the person gave it, such as the value of
 * `-H authorization`. One state a process: it is set by the command line, before anything is read, and says nothing of what is
 * matched, only of what is printed.
 */
import { uriComponent } from '../uri-component';

/** What stands in a secret's place; Envoy writes the same. */
export const REDACTED = '[redacted]';

/** The same where the field is bytes, in base64. */
export const REDACTED_BYTES = 'W3JlZGFjdGVkXQ==';

/** A given text of fewer characters is not looked for in what is printed: it would be found everywhere. */
const SHORTEST = 6;

let isDisclosed = false;
const given = new Set<string>();

/** Says whether secrets may be printed from here on. */
export function showSecrets(shown: boolean): void {
  isDisclosed = shown;
  given.clear();
}

/** Whether the user has asked for secrets to be shown. */
export function secretsAreShown(): boolean {
  return isDisclosed;
}

/** Takes note of a secret that the person gave: no output of this run holds it. */
export function keepSecret(value: string): void {
  // Of `Bearer x` the scheme is no secret.
  const text = value.replace(/^(?:bearer|basic|digest|negotiate|apikey|token)\s+/i, '').trim();
  if (text.length < SHORTEST) return;
  const json = JSON.stringify(text).slice(1, -1);
  const markup = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  for (const form of [text, json, markup, uriComponent(text)]) given.add(form);
}

/** A text that is about to be printed, without what the person gave as a secret. */
export function withoutGiven(text: string): string {
  if (isDisclosed || given.size === 0) return text;
  let clean = text;
  for (const secret of given) if (clean.includes(secret)) clean = clean.replaceAll(secret, REDACTED);
  return clean;
}
