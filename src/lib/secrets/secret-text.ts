/** Secrets that a text gives away by its form, whatever field it stands in. */
import { REDACTED, secretsAreShown } from './disclosure';
import { withoutAssigned } from './assignments';
import { withoutEncoded } from './encoded';
import { mayHoldSecret } from './first-look';
import { withoutGuessed } from './guesses';
import { withoutSecretData } from './kubernetes-secrets';
import { KNOWN_TOKENS, mayBeToken } from './known-tokens';
import { isSecretParameter } from './names';
import { SUSPECT } from './suspect';

/** Private keys as they are written, in a query too: PEM, and SSH's own form of it (RFC 4716). */
const PRIVATE_KEY = /PRIVATE(?:[ +_]|%20)KEY/i;
const PEM_KEY =
  /[-–—]{3,5}(?: |%20|\+)?BEGIN(?:[A-Z0-9 +_]|%20){0,60}PRIVATE(?:[ +_]|%20)KEY(?:[ +_A-Z0-9]|%20){0,20}[-–—]{3,5}(?:(?!-{4,5}(?: |%20|\+)?BEGIN)[\s\S])*?(?:-{4,5}(?: |%20|\+)?END(?:[A-Z0-9 +_]|%20){0,60}PRIVATE(?:[ +_]|%20)KEY(?:[ +_A-Z0-9]|%20){0,20}-{4,5}(?:\s+$)?|(?=-{4,5}(?: |%20|\+)?BEGIN)|$)/gi;

/** The end of a PEM, and the characters of its lines. */
const PEM_END = /-{4,5}END [A-Z0-9 ]{0,60}PRIVATE KEY/g;
const PEM_CHARACTER = /[A-Za-z0-9+/=\s\\]/;

/** Without the lines before the end of a PEM of which the beginning is elsewhere: each character is looked at once. */
function withoutPemEnds(text: string): string {
  let clean = '';
  let from = 0;
  for (const { index } of text.matchAll(PEM_END)) {
    let begin = index;
    while (begin > from && PEM_CHARACTER.test(text.charAt(begin - 1))) begin -= 1;
    clean += index - begin < 16 ? text.slice(from, index) : `${text.slice(from, begin)}${REDACTED}\n`;
    from = index;
  }
  return clean + text.slice(from);
}

/** Keys that PuTTY, age and OpenVPN keep in files of their own. */
const OTHER_KEYS =
  /PuTTY-User-Key-File-[\s\S]*?(?:Private-(?:MAC|Hash): *\w+|$)|AGE-SECRET-KEY-[A-Za-z0-9-]+|-{4,5}BEGIN OpenVPN Static key[\s\S]*?(?:-{4,5}END[^\n]*|$)/gi;

/** A PEM in base64, as JSON writes bytes, from any byte of three on; it may be broken into lines. */
const ENCODED_PEM =
  /(?:LS0tLS1CRUdJTi|LS0tQkVHSU4g|LS0tLUJFR0lOI)[A-Za-z0-9+/]+(?:(?:(?:\\n|\r?\n)[ \t]{0,40}[A-Za-z0-9+/]{40,100})*(?:\\n|\r?\n)[ \t]{0,40}[A-Za-z0-9+/]{1,100}=+|(?:(?:\\n|\r?\n)[ \t]{0,40}[A-Za-z0-9+/]{40,100})*)=*/g;

/** User information of a URI. https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1 */
const USER_INFO = /([A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]{1,1000}@/g;

/** The same where no scheme stands before it, and a text that is nothing but a host with it; `name:tag@sha256:` is an image. */
const BARE_USER_INFO = /((?:^|[\s"'=(])\/\/)[^\s/?#"'<>:]{0,200}:[^\s/?#"'<>]{1,1000}@/g;
const HOST_WITH_USER =
  /(^|[\s"'(=])(?!(?:mailto|e?mail|sips?|xmpp|acct|im|uri|dns):)[^\s/:@"'(=]{1,200}:[^\s/@"']{1,1000}@(?!sha\d+:)(?=[\w.-]+(?::\d+)?(?:$|[\s"',);(]|:[/~]))/gi;

/** A password with a slash in it, which no URL may have as it is: what stands behind the colon is no port. */
const LOOSE_USER_INFO =
  /([A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)[^\s/?#@:"'<>]{0,200}:(?!\d{1,5}(?:[/?#]|$))[^\s@"'<>]{1,1000}@/g;

/** A part of a token, as far as it goes. */
const TOKEN_PART = /[A-Za-z0-9_-]*/y;

/** What follows the header of a token: of a JWT two parts, of a JWE four, of which the key may be empty. */
const TOKEN_REST =
  /\.(?:[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)?|\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+)/y;

/** Credentials of HTTP behind their scheme, where they are long enough to be some. */
const CREDENTIALS =
  /\b(Bearer|Basic|Token|ApiKey|Api-Key|Api-Token|SSWS|DPoP|Negotiate|NTLM) +(?=[A-Za-z._~+/-]*[0-9=]|[A-Za-z]{24})[A-Za-z0-9._~+/-]{8,}=*/gi;

/** Credentials of Basic, which may be letters alone. https://www.rfc-editor.org/rfc/rfc7617#section-2 */
const BASIC = /\b(Basic +)([A-Za-z0-9+/]{8,}={0,2})/gi;

/** A signature of a request. https://learn.microsoft.com/en-us/rest/api/storageservices/authorize-with-shared-key */
const SHARED_KEY = /\b(SharedKey(?:Lite)? +[\w-]{1,100}:)[A-Za-z0-9+/]{16,}={0,2}/g;

const QUERY = /([?&;#]|%3F|%26)([\w.~[\]-](?:[\w.~[\]-]|%(?!3D)[0-9A-F]{2}){0,99})(=|%3D)((?:(?!%26)[^&#;\s"'<>])+)/gi;

const QUERY_BEGINS = /[?&;#]|%3F|%26/i;

/** A text without private keys, in PEM as it is or in base64. Never depends on what may be shown. */
export function withoutPrivateKeys(text: string): string {
  const plain = PRIVATE_KEY.test(text) ? withoutPemEnds(text.replace(PEM_KEY, REDACTED)) : text;
  return plain
    .replace(ENCODED_PEM, (encoded) =>
      PRIVATE_KEY.test(Buffer.from(encoded, 'base64').toString('latin1')) ? REDACTED : encoded,
    )
    .replace(OTHER_KEYS, REDACTED);
}

/**
 * Without JWTs and JWEs: their header is a JSON object, so that it begins with `eyJ`. Each part of the text is walked a few
 * times at most: an expression would begin anew at every `eyJ`. https://www.rfc-editor.org/rfc/rfc7519, https://www.rfc-editor.org/rfc/rfc7516
 */
function withoutTokens(text: string): string {
  let clean = '';
  let from = 0;
  let next = 0;
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', next)) {
    if (at > 0 && /[A-Za-z0-9]/.test(text.charAt(at - 1))) {
      next = at + 1;
      continue;
    }
    const header = endOf(TOKEN_PART, text, at);
    const end = endOf(TOKEN_REST, text, header);
    if (header - at >= 11 && end > header) {
      next = end;
      clean += text.slice(from, at) + REDACTED;
      from = next;
    } else {
      // What begins later in the same part ends in the same way.
      next = header;
    }
  }
  return clean + text.slice(from);
}

/** Where what an expression takes from a place on ends. */
function endOf(expression: RegExp, text: string, from: number): number {
  expression.lastIndex = from;
  return from + (expression.exec(text)?.[0].length ?? 0);
}

/** A sign without which nothing of the above is there, but for what stands behind it: looked for first, since it is one set. */
const SIGN = /[=@:,<\s([]|\/[\w~-]{16}|%3D|eyJ|LS0t|KEY|PuTTY|[^\0-\x7f]/i;

/** The shortest text that can give a secret away by its form. */
export const SHORTEST = 8;

/** Whether a text may hold a secret that is not encoded: false is sure. */
export function isSuspect(text: string): boolean {
  return text.length >= SHORTEST && (mayBeToken(text) || (SIGN.test(text) && SUSPECT.test(text)));
}

/** A text with every secret in it replaced that its form gives away: keys, tokens, user information, passwords in code. */
export function cleanText(text: string, depth = 0): string {
  return text.length < SHORTEST || !mayHoldSecret(text) ? text : cleanPlain(withoutEncoded(text, cleanText, depth));
}

/** Whether a text in base64 is a name and a password. */
const isUser = (given: string): boolean => /^[ -9;-~]+:[ -~]+$/.test(Buffer.from(given, 'base64').toString('latin1'));

/** The same of what stands in it as it is. */
export function cleanPlain(text: string): string {
  if (!isSuspect(text)) return text;
  const bare = withoutTokens(withoutPrivateKeys(text))
    .replace(LOOSE_USER_INFO, `$1${REDACTED}@`)
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(BARE_USER_INFO, `$1${REDACTED}@`)
    .replace(HOST_WITH_USER, `$1${REDACTED}@`)
    .replace(CREDENTIALS, `$1 ${REDACTED}`)
    .replace(BASIC, (whole, head: string, given: string) => (isUser(given) ? `${head}${REDACTED}` : whole))
    .replace(SHARED_KEY, `$1${REDACTED}`);
  const unknown = mayBeToken(bare) ? bare.replace(KNOWN_TOKENS, REDACTED) : bare;
  return withoutGuessed(withoutAssigned(withoutParameters(withoutSecretData(unknown))));
}

/** How many URLs are looked at that stand one in a parameter of another: a text may have thousands. */
const MOST_NESTED = 4;

/** Without secret parameters of a query, and of a URL that is itself the value of one; deeper ones are left out whole. */
function withoutParameters(text: string, depth = 0): string {
  if (depth > MOST_NESTED) return QUERY_BEGINS.test(text) ? REDACTED : text;
  return text.replace(QUERY, (_whole, mark: string, name: string, sign: string, value: string) => {
    const shown = isSecretParameter(name, value) ? REDACTED : withoutParameters(value, depth + 1);
    return `${mark}${name}${sign}${shown}`;
  });
}

/** As cleanText, for what is printed: the text itself with --show-secrets. */
export function withoutSecrets(text: string): string {
  return secretsAreShown() ? text : cleanText(text);
}
