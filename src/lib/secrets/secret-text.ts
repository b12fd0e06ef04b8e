/** Secrets that a text gives away by its form, whatever field it stands in. */
import { REDACTED, secretsAreShown } from './disclosure';
import { isSecretName } from './names';

/** What every pattern below needs to be there, so that most texts are looked at once. */
const SUSPECT =
  /PRIVATE KEY|:\/\/[^\s/?#]*@|eyJ[A-Za-z0-9_-]{4}|LS0tLS1CRUdJTi|[?&][\w.~%-]+=|(?:earer|asic) +\S|(?:passw|passphrase|secret|token|key|credential)[\w"'\]\\ ]*[=:]/i;

const PEM_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----BEGIN )[\s\S])*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s+$)?|(?=-----BEGIN )|$)/g;

/** A PEM in base64, as JSON writes bytes. */
const ENCODED_PEM = /LS0tLS1CRUdJTi[A-Za-z0-9+/]+=*/g;

/** User information of a URI. https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1 */
const USER_INFO = /([A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>]{1,1000}@/g;

/** https://www.rfc-editor.org/rfc/rfc7519: header and payload are JSON objects, so both begin with `eyJ` or the like. */
const JWT = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g;

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

/** Whether a text may hold a secret: false is sure. */
export function isSuspect(text: string): boolean {
  return text.length >= 8 && SUSPECT.test(text);
}

/** A text with every secret in it replaced that its form gives away: keys, tokens, user information, passwords in code. */
export function cleanText(text: string): string {
  if (!isSuspect(text)) return text;
  return withoutPrivateKeys(text)
    .replace(USER_INFO, `$1${REDACTED}@`)
    .replace(JWT, REDACTED)
    .replace(CREDENTIALS, `$1 ${REDACTED}`)
    .replace(QUERY, (whole, mark: string, name: string) => (isSecretName(name) ? `${mark}${name}=${REDACTED}` : whole))
    .replace(
      ASSIGNMENT,
      (_whole, before: string, open: string, _value, close: string) => `${before}${open}${REDACTED}${close}`,
    );
}

/** As cleanText, for what is printed: the text itself with --show-secrets. */
export function withoutSecrets(text: string): string {
  return secretsAreShown() ? text : cleanText(text);
}
