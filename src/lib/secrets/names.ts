/** What the name of a header, a parameter, a variable or a key of somebody's data says of its value. */
import { remembered } from '../remembered';
import { SECRET_HEADERS } from './field-list';

const WORD =
  /(?:^|-)(?:password|passwd|passphrase|passcode|pwd|pass|secrets?|tok|tokens?|apikey|credentials?|authorization|cookies?|bearer|jwt|hmac|otp|totp|client-assertion|(?:api|access|private|secret|signing|encryption|master|auth|shared|subscription|account|client|session|ticket|token|license|hmac|aes|ssh|pgp|gpg|deploy|webhook|app|application|admin|storage)-keys?|psk|refresh-token|connection-string)$/;

/** Words behind that one which leave a name as secret as it is. */
const TAIL =
  /-(?:value|data|string|text|bin|assertion|raw|plain|plaintext|base64|b64|hash|hashed|hex|current|previous|old|new|v?\d+)$/;

/** Whether a name means something secret, by its last words: `DB_PASSWORD`, `apiKey`, `example.com/token`. */
export const isSecretName = remembered((name) => {
  // A name ends in what it means; one that is so long is no name.
  let words = name
    .slice(-200)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  while (TAIL.test(words)) words = words.replace(TAIL, '');
  return WORD.test(words);
});

/** Parameters of a query that mean a secret there alone: an API key, the signature of a URL that is valid for who has it. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  'key',
  'sig',
  'signature',
  'x-amz-signature',
  'x-goog-signature',
]);

/** Whether a query parameter's value is secret. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETERS.has(name.toLowerCase()) || isSecretName(name);
}

/** What headers are called that prove who sends a request: `X-Hub-Signature-256`, `X-Auth`. */
const PROOF = /(?:^|-)(?:auth|signature(?:-\d+)?)$/i;

/** Whether a header's value is secret: one of HTTP's own credentials, or a name that says so. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase()) || PROOF.test(name) || isSecretName(name);
}

/** A pattern that takes anything, and nothing that could be a part of a secret. */
const ANYTHING = /^[\s.*+?^$()|\\[\]{};,="'-]*$/;

/** Words that say something about a secret, and are none: switches, log levels, nothing. */
const PLAIN_WORD =
  /^(?:true|false|yes|no|on|off|null|none|nil|undefined|required|optional|enabled|disabled|present|absent|unknown|trace|debug|info|warn|warning|error|critical)$/i;

/**
 * Whether a value under a secret's name holds none: one of the words above, a scheme without credentials, format operators of Envoy, a pattern that
 * takes anything, or a placeholder of one or two characters.
 */
export function holdsNoSecret(value: string): boolean {
  if (value.length > 200) return false;
  if (PLAIN_WORD.test(value)) return true;
  const rest = value
    .replace(/^(?:bearer|basic|digest|negotiate|apikey|api-token|token)\b/i, '')
    .replace(/%[A-Z_]+(?:\([^()%]*\))?(?::\d+)?%/g, '');
  return rest.length <= 2 || ANYTHING.test(rest);
}
