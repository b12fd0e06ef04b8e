/** What the name of a header, a parameter, a variable or a key of somebody's data says of its value. */
import { remembered } from '../remembered';
import { SECRET_HEADERS } from './field-list';
import { KEYS_THAT_NAME } from './words';

const alternatives = (...words: readonly string[]): string => words.join('|');

/** Last words that mean a secret, whatever stands before them. */
const WORD = new RegExp(
  `(?:^|-)(?:${alternatives(
    'pass(?:words?|wds?|phrases?|codes?|w)?',
    'pass-(?:word|phrase|code)',
    'pwd|pswd|psw|pw|(?:bind|user|root|admin|db)pw|passwor[dt]|kennwort|mot-de-passe|contrase[n-]a|senha|wachtwoord',
    'secrets?|tok|tokens?|apikeys?|cred(?:ential)?s?|authorization|cookies?|bearer|psk',
    'jwt|jwe|hmac|keytab|mnemonic|salts?|(?<!key-)pins?|pin-?codes?|[ckd]ek|cmk|cvv|cvc|service-account-json',
    'otp|totp|(?:seed|recovery|mnemonic|wallet|backup)-phrase|(?:otp|totp|mfa)-seed',
    '(?:client|saml|jwt)-assertion|saml-response|(?:security|secret)-answer',
    '(?:auth|authorization|access|login|security|verification|recovery|backup|unlock|activation|invite|mfa|2fa|otp|totp|one-time)-codes?',
    'code-verifier|snmp-community|community-string|conn(?:ection)?-?str(?:ing)?',
    'auth-(?:string|data|value|bytes|blob|info)',
    '(?:api|access|private|secret|signing|encryption|master|auth|(?:pre-?)?shared|subscription|account|client|session|ticket|token|license|hmac|aes|ssh|pgp|gpg|deploy|webhook|app|application|admin|storage)-keys?',
    '(?<!public-)key-(?:data|bytes|material|pem|der|b64|base64|hex|raw)|private-(?:pem|der)|private-key-ids?',
  )})$`,
);

/** The same where the words before are written in one with them: `dbpassword`, `accessToken` in small letters. */
const GLUED =
  /(?:password|passwd|passphrase|passcode|secret|token|credentials?|(?:api|access|private|secret|master|signing|encryption|shared|session|account|license)key|(?:auth|user|admin|root|key|store|require)pass)$/;

/** Words behind that one which leave a name as secret as it is. */
const TAIL =
  /(?<=[a-z]{3})\d{1,2}$|-(?:value|data|(?:file-)?contents?|digest|string|text|bin|bytes|assertion|raw|plain|plaintext|base64|b64|hash|hashed|hex|enc|encrypted|decrypted|json|pem|material|list|current|previous|old|new|v?\d+)$/;

/** Words behind it that make it a map of such secrets. */
const MAP_TAIL = /-(?:map|table|dict|by-[a-z]+)$/;

/** Last words of names that mean a secret where the value reads as one: elsewhere they name a kind, an object, a switch. */
const PERHAPS =
  /(?:^|-)(?:auth|authentication|sid|session|session-?id|sess-?id|[a-z]*sess(?:ion)?id|sas|sig|signature|licen[cs]e|assertion|secret-id|id-token-hint|webhook|community|master|masterauth|saml|sso|p12|pfx|jks|pkcs12|keystore|pgpass|netrc|dockercfg|dockerconfigjson|pat|sk|seed|pepper|salted|oauth-verifier|refresh|magic-link|mfa|2fa|tan|csrf|xsrf|dsn|(?:web)?hook-(?:ur[il]|endpoint|address)|(?:callback|notification|alert|slack|teams|discord)-ur[il])$|^x-(?:api|access)$/;

/** Last words of what belongs to a secret and mostly is none: `token_store`, `auth_config`. */
const BELONGS =
  /-(?:store|config|conf|cfg|headers?|settings?|params?|parameters?|options?|info|spec|source|provider|backend|input|field|var|env)$/;

/** A name's words in small letters. It ends in what it means; one that is so long is no name. */
const wordsOf = remembered((name) =>
  name
    .slice(-200)
    .replace(/%5b|%5d/gi, '-')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, ''),
);

function endsSecretly(name: string): boolean {
  let words = wordsOf(name);
  for (;;) {
    if (WORD.test(words) || GLUED.test(words)) return true;
    if (!TAIL.test(words)) return false;
    words = words.replace(TAIL, '');
  }
}

/** Whether a name means something secret, by its last words: `DB_PASSWORD`, `apiKey`, `example.com/token`. */
export const isSecretName = remembered((name) => endsSecretly(name) || isSecretMap(name));

/** Whether a name means a map of secrets: `secret_map`, `tokens_by_user`. Its keys may be as secret as its values. */
export const isSecretMap = remembered((name) => {
  const words = wordsOf(name);
  const base = words.replace(MAP_TAIL, '');
  return base !== words && (endsSecretly(base) || base === 'keys');
});

/** The last word of a name is `key`, and none before it says that it is the key to something. */
const isSomeKey = remembered((name) => {
  const [, before] = /(?:^|-)([a-z0-9]+)-keys?$/.exec(wordsOf(name)) ?? [];
  return before !== undefined && !KEYS_THAT_NAME.has(before);
});

/**
 * Whether a name may mean a secret, which then is one where it reads as one: a `key` of something that mctl does not know, `auth`,
 * `session`.
 */
export const mayBeSecretName = remembered((name) => {
  const words = wordsOf(name);
  const owner = words.replace(BELONGS, '');
  const belongs = owner !== words && (endsSecretly(owner) || PERHAPS.test(owner));
  return isSomeKey(name) || PERHAPS.test(words) || PERHAPS.test(words.replace(TAIL, '')) || belongs;
});

/** Parameters of a query that mean a secret there alone: an API key, the signature of a URL that is valid for who has it. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  'key',
  'sig',
  'signature',
  'x-amz-signature',
  'x-goog-signature',
]);

/** The parameter in which a code comes that is worth a token. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 */
const CODE = 'code';

/** Whether a query parameter's value is secret. */
export function isSecretParameter(name: string, value: string): boolean {
  return (
    SECRET_PARAMETERS.has(name.toLowerCase()) ||
    isSecretName(name) ||
    ((name === CODE || mayBeSecretName(name)) && readsAsKey(value))
  );
}

/** What headers are called that prove who sends a request: `X-Hub-Signature-256`, `X-Auth`. */
const PROOF =
  /(?:^|-)(?:auth|authentication|sid|[a-z]*sess(?:ion)?id|sig|sign|mfa|2fa|tan|csrf|xsrf|signature(?:-\d+)?)$/;

/** Whether a header's value is secret: one of HTTP's own credentials, or a name that says so. */
export const isSecretHeader = remembered(
  (name) =>
    SECRET_HEADERS.has(name.toLowerCase()) ||
    PROOF.test(wordsOf(name)) ||
    (/^x-/i.test(name) && isSomeKey(name)) ||
    isSecretName(name),
);

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

/** Words in small letters with a number behind them (`reviews-v1`), hosts, paths, addresses, times, sizes, dates, operators. */
const NAME_OR_PLACE =
  /^(?:v?\d{0,4}[a-z]+(?:[-_.:][a-z]+)*[-_.:]?v?\d{0,4}|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?|[A-Za-z][A-Za-z0-9+.-]*:\/\/.*|\.{0,2}\/.*|\d[\d.]*[A-Za-z]{1,3}|\d{4}-\d\d-\d\d[T ].*|v?\d+(?:\.\d+)+(?:-.*)?|.*%[A-Z_]+.*|.*[{}<>*\\].*)$/;

/** Whether a value reads as a key that somebody made up, and not as the name of something. */
export function readsAsKey(value: string): boolean {
  if (!/^(?=\S*\d)(?=\S*[A-Za-z])[^\s"']{6,4000}$/.test(value)) return false;
  return value.includes('://') ? leadsToKey(value) : !NAME_OR_PLACE.test(value);
}

/**
 * Whether a text reads as drawn by lot: letters of both cases and digits that change more often than in words that are written
 * together (`HttpFilter2`). Objects, commits and traces have names in small letters or hexadecimal digits.
 */
export function readsAsDrawn(value: string): boolean {
  if (!/^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w~-]+$/.test(value)) return false;
  const runs = value.match(/[A-Z]+|[a-z]+|\d+/g) ?? [];
  return runs.length >= value.length * 0.4;
}

/** Whether a segment of a URL's path is as long as a token, and in one piece: whoever knows it may use it. */
function leadsToKey(url: string): boolean {
  const segments = url.split(/[/?#]/).slice(3);
  return segments.some(
    (segment) => /^[\w~-]*[A-Za-z0-9_]{16}[\w~-]*$/.test(segment) && /\d/.test(segment) && /[a-z]/i.test(segment),
  );
}

/** Whether a header's value is secret: by its name, or by one that hints at it and a value that reads as a key. */
export function isSecretPair(name: string, value: string): boolean {
  return isSecretHeader(name) || (mayBeSecretName(name) && readsAsKey(value));
}
