/** Secrets that a text gives away by its form, whatever field it stands in. */
import { REDACTED, secretsAreShown } from './disclosure';
import { isSecretParameter } from './names';

/** What every pattern below needs to be there, so that most texts are looked at once. */
const SUSPECT =
  /PRIVATE KEY|:\/\/[^\s/?#]*@|eyJ[A-Za-z0-9_-]{4}|LS0tLS1CRUdJTi|[?&][\w.~%-]+=|(?:earer|asic) +\S|(?:passw|passphrase|secret|token|key|credential)[\w"'\]\\\s]{0,24}[=:]/i;

const PEM_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----BEGIN )[\s\S])*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s+$)?|(?=-----BEGIN )|$)/g;

/** A PEM in base64, as JSON writes bytes. */
const ENCODED_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]+=*/g;

/** User information of a URI. https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1 */
const USER_INFO = /([A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]{1,1000}@/g;

/** A part of a JWT, as far as it goes. */
const JWT_PART = /[A-Za-z0-9_-]*/y;

/** Credentials of HTTP behind their scheme, where they are long enough to be some. */
const CREDENTIALS = /\b(Bearer|Basic) +(?=[A-Za-z._~+/-]*[0-9=])[A-Za-z0-9._~+/-]{12,}=*/gi;

const QUERY = /([?&])([\w.~%-]{1,100})=([^&#\s"'<>]+)/g;

/** `token = "…"`, `"password": "…"`: a text that code or configuration sets, escaped quotes included. */
const ASSIGNMENT =
  /([\w.-]{0,100}(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|secret_?key|credentials?)(?:\\?["']\]?)?\s{0,10}(?::|=)\s{0,10}\\?)(["'])((?:(?!\\?\2)[^\n]){1,4000})(\\?\2)/gi;

/** A text without private keys, in PEM as it is or in base64. Never depends on what may be shown. */
export function withoutPrivateKeys(text: string): string {
  const plain = text.includes('PRIVATE KEY') ? text.replace(PEM_KEY, REDACTED) : text;
  return plain.includes('LS0tLS1CRUdJTi') ? plain.replace(ENCODED_PEM, withoutEncodedKey) : plain;
}

function withoutEncodedKey(encoded: string): string {
  const decoded = Buffer.from(encoded, 'base64').toString('latin1');
  return withoutPrivateKeys(decoded) === decoded ? encoded : REDACTED;
}

/**
 * Without JWTs: header and payload are JSON objects, so the first begins with `eyJ`. Each part of the text is walked a few
 * times at most: an expression would begin anew at every `eyJ`. https://www.rfc-editor.org/rfc/rfc7519
 */
function withoutTokens(text: string): string {
  let clean = '';
  let from = 0;
  let next = 0;
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', next)) {
    if (at > 0 && /\w/.test(text.charAt(at - 1))) {
      next = at + 1;
      continue;
    }
    const header = partEnd(text, at);
    const payload = text.charAt(header) === '.' ? partEnd(text, header + 1) : header;
    if (header - at >= 11 && payload - header > 4 && text.charAt(payload) === '.') {
      next = partEnd(text, payload + 1);
      clean += text.slice(from, at) + REDACTED;
      from = next;
    } else {
      // What begins later in the same part ends in the same way.
      next = header;
    }
  }
  return clean + text.slice(from);
}

function partEnd(text: string, from: number): number {
  JWT_PART.lastIndex = from;
  return from + (JWT_PART.exec(text)?.[0].length ?? 0);
}

/** Whether a text may hold a secret: false is sure. */
export function isSuspect(text: string): boolean {
  return text.length >= 8 && SUSPECT.test(text);
}

/** A text with every secret in it replaced that its form gives away: keys, tokens, user information, passwords in code. */
export function cleanText(text: string): string {
  if (!isSuspect(text)) return text;
  return withoutTokens(withoutPrivateKeys(text).replace(USER_INFO, `$1${REDACTED}@`))
    .replace(CREDENTIALS, `$1 ${REDACTED}`)
    .replace(QUERY, (whole, mark: string, name: string) =>
      isSecretParameter(name) ? `${mark}${name}=${REDACTED}` : whole,
    )
    .replace(
      ASSIGNMENT,
      (_whole, before: string, open: string, _value, close: string) => `${before}${open}${REDACTED}${close}`,
    );
}

/** As cleanText, for what is printed: the text itself with --show-secrets. */
export function withoutSecrets(text: string): string {
  return secretsAreShown() ? text : cleanText(text);
}
