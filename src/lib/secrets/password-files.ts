/** Files in which passwords stand a line each, and nothing but their form says so. */
import { REDACTED } from './disclosure';
import { readsAsKey } from './names';

/** Each has the groups `head`, `value` and `tail`. */
export const LINES_OF_PASSWORDS: readonly RegExp[] = [
  // `.pgpass`. https://www.postgresql.org/docs/current/libpq-pgpass.html
  /(?<head>^[^\s:#]{1,200}:(?:\d{1,5}|\*):[^\s:]{1,100}:[^\s:]{1,100}:)(?<value>[^\s:]{6,4000})(?<tail>)$/gm,
  // Cookies. https://curl.se/docs/http-cookies.html
  /(?<head>\t(?:TRUE|FALSE)\t\d{1,12}\t[^\t\n]{1,200}\t)(?<value>\S{6,4000})(?<tail>)$/gm,
  // Digests of HTTP. https://httpd.apache.org/docs/current/programs/htdigest.html
  /(?<head>^[^\s:]{1,100}:[^\n:]{1,100}:)(?<value>[0-9a-f]{32})(?<tail>)\s*$/gm,
  // PgBouncer's users. https://www.pgbouncer.org/config.html#authentication-file-format
  /(?<head>^"[\w.@-]{1,100}"[ \t]{1,10}")(?<value>[^"\s]{6,4000})(?<tail>")/gm,
];

/** A line of a file of `htpasswd`. https://httpd.apache.org/docs/current/misc/password_encryptions.html */
const USER = /^(?!(?:sha|md)\d)(?<head>[\w.@+-]{1,64}:)(?<password>[^\s:]{6,200})$/i;

/** What the crypt of old makes of a password: two characters of salt, and eleven. */
const CRYPT = /^(?=[./\d]{0,12}[a-z])(?=[./\da-z]{0,12}[A-Z])[./\w]{13}$/;

/** The most lines of which such a text is asked; more are the text of something else. */
const MOST_LINES = 10_000;

/**
 * Without the passwords of a text that is nothing but users with theirs: with crypt's hashes, or two of them at least with passwords as
 * they are.
 */
export function withoutUsers(text: string): string {
  if (!/^[\w.@+-]{1,64}:[^\s:]{6}/.test(text.trimStart())) return text;
  const lines = text.split('\n', MOST_LINES);
  const users = lines.map((line) => USER.exec(line.trim())?.groups);
  const filled = lines.filter((line) => line.trim() !== '');
  const found = users.filter((user) => user !== undefined);
  if (lines.length === MOST_LINES || found.length !== filled.length) return text;
  const isKey = ({ password = '' }: Readonly<Record<string, string>>): boolean =>
    CRYPT.test(password) || readsAsKey(password);
  const areUsers = found.length > 1 ? found.every(isKey) : found.every(({ password = '' }) => CRYPT.test(password));
  if (!areUsers) return text;
  return lines.map((line, at) => (users[at] ? `${users[at]['head'] ?? ''}${REDACTED}` : line)).join('\n');
}
