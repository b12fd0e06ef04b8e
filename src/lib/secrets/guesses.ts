/** Secrets that a text only hints at, such as `the password is …` and `authenticate("…")`: they are some where they read as keys. */
import { PASSWORD_IN_COMMAND } from './commands';
import { REDACTED } from './disclosure';
import { BEFORE_DRAWN, CALLED_ELSEWHERE } from './languages';
import { isSecretHeader, isSecretName, mayBeSecretName, readsAsDrawn, readsAsKey } from './names';
import { LINES_OF_PASSWORDS, withoutUsers } from './password-files';

const NAME = String.raw`(?<name>[\w.-]{1,200})`;
const VALUE = String.raw`(?<value>[^\s"'${'`'}<>()[\]{},;&=]{6,4000})(?<tail>)`;
const QUOTED = String.raw`(?<value>[^\s"']{6,4000})(?<tail>\\?["'])`;

/** What is as long as a token, and in one piece. */
const LONG = String.raw`(?=[^\s/]{0,200}[A-Za-z0-9_]{16})`;

const pattern = (flags: string, ...parts: readonly string[]): RegExp => new RegExp(parts.join(''), flags);

/** Each has the groups `head`, `value` and `tail`, and `name` unless the head alone says that a secret follows. */
const PATTERNS: readonly RegExp[] = [
  // `<PRIVATE KEY …>`, `private key is …`.
  pattern('gi', String.raw`(?<head>\bprivate[ _-]?key\b["']?[ \t]{0,3}(?:is[ :]{1,3}|[:=,]\s{0,3}|)["'<([]?)`, VALUE),
  // `the password is …`, `token …`.
  pattern(
    'gi',
    String.raw`(?<head>\b(?:pass(?:word|wd|phrase|code)|token|(?:api|access|secret|unseal|recovery|encryption|signing|master|root)[ _-]?key(?: \d{1,2})?|client[ _-]secret|credentials?|pin code)(?=[ \t:：＝])[ \t]{0,3}(?:is|was|of|as)?[ \t]{0,3}(?:[:=：＝]|->)?[ \t]{0,3}["'([]?)`,
    VALUE,
  ),
  // `das Passwort lautet …`, `密码：…`.
  pattern('gi', String.raw`(?<head>${CALLED_ELSEWHERE})`, VALUE),
  pattern('gi', String.raw`(?<head>${BEFORE_DRAWN})(?<drawn>[\w~-]{6,4000})(?<tail>)`),
  // `x-api-key:…`, a header without a blank.
  pattern('gm', String.raw`(?<head>^[ \t]{0,20}(?<name>[\w-]{1,200}):)`, VALUE),
  // `map[password:… user:x]`, as Go prints a map.
  pattern('g', String.raw`(?<head>[[ {](?<name>[\w-]{1,200}):)`, VALUE),
  // `password = …`, a line of a properties file.
  pattern('gm', String.raw`(?<head>^[ \t]{0,20}${NAME}[ \t]{0,20}[:=][ \t]{0,20})`, VALUE, String.raw`(?=\s*$)`),
  // `vendor_key=…`, `VENDOR_KEY: "…"`.
  pattern(
    'g',
    String.raw`(?<head>(?<![\w.-])${NAME}(?:\\?["']\]?|\])?\s{0,5}(?:[=!~]?=|[:=]>?|->|[：＝])\s{0,5}\\?["']?)`,
    VALUE,
  ),
  // `Password.of("…")`.
  pattern(
    'g',
    String.raw`(?<head>\b(?<name>\w{1,100})\.(?:of|new|from|create|parse|value)\w{0,20}\(\s{0,5}\\?["'])`,
    QUOTED,
  ),
  // `setPassword("…")`, `authenticate('…')`, `Some("…")` behind a name.
  pattern('g', String.raw`(?<head>(?<![\w.-])(?:[\w.-]{0,100}[.:])?(?<name>\w{1,100})\(\s{0,5}\\?["'])`, QUOTED),
  pattern('g', String.raw`(?<head>(?<![\w.-])${NAME}\s{0,5}[:=]>?\s{0,5}\w{1,30}\(\s{0,5}\\?["'])`, QUOTED),
  pattern(
    'gi',
    String.raw`(?<head>\b\w{0,40}(?:login|authenticate|auth|credentials?)\w{0,20}\s?=?\s?\((?:[^()\n]{0,200},)?\s{0,5}\\?["'])`,
    QUOTED,
  ),
  // `('password', '…')`, and what a template has in place of a value that is missing.
  pattern('g', String.raw`(?<head>\\?["'](?<name>[\w.-]{1,200})\\?["']\s{0,5},\s{0,5}\\?["'])`, QUOTED),
  pattern('g', String.raw`(?<head>\.${NAME}\s{0,5}\|\s{0,5}default\s{1,5}\\?["'])`, QUOTED),
  pattern('g', String.raw`(?<head>\$\{(?<name>\w{1,200}):?[-=])`, VALUE),
  // A part of a form. https://www.rfc-editor.org/rfc/rfc7578
  pattern('g', String.raw`(?<head>\bname="(?<name>[\w.-]{1,200})"\r?\n\r?\n)`, VALUE),
  // Redis's own protocol. https://redis.io/docs/latest/develop/reference/protocol-spec/
  pattern('gi', String.raw`(?<head>\bAUTH\r?\n(?:\$\d{1,5}\r?\n\S{1,200}\r?\n)?\$\d{1,5}\r?\n)`, VALUE),
  // What proves a password. https://www.rfc-editor.org/rfc/rfc7616#section-3.4
  pattern('g', String.raw`(?<head>\bDigest [^\n]{0,1000}?\bresponse=\\?["'])`, QUOTED),
  pattern('g', String.raw`(?<head>\b(?:Hawk|MAC) [^\n]{0,1000}?\bmac=\\?["'])`, QUOTED),
  // `Authorization: GenieKey …`, whatever the scheme is called, and schemes that say themselves what they are.
  pattern('gi', String.raw`(?<head>\bauthorization\\?["']?\s{0,5}[:=,]\s{0,5}\\?["']?[\w-]{1,40} {1,5})`, VALUE),
  pattern('g', String.raw`(?<head>\b(?:GenieKey|Splunk|GNAP|PVEAPIToken) {1,3})`, VALUE),
  // `base64("user:…")`, from which code makes a header.
  pattern(
    'gi',
    String.raw`(?<head>(?:base64\w{0,20}|btoa|b64encode|EncodeToString)\s?\((?:\[\]byte\()?\s?b?\\?["'][^\s"':]{1,100}:)`,
    QUOTED,
  ),
  // `requirepass …`, a line of a configuration without a sign; the value may stand on the next line.
  pattern(
    'gm',
    String.raw`(?<head>^[ \t]{0,20}(?:\w{1,20} \S{1,100} )?(?<name>[\w-]{1,100})[ \t]{1,20}["']?)`,
    VALUE,
    String.raw`(?=["']?;?\s*$)`,
  ),
  pattern('g', String.raw`(?<head>(?<![\w.-])${NAME}[ \t]{0,5}[:=][ \t]{0,5}\\\r?\n[ \t]{0,20})`, VALUE),
  pattern('g', String.raw`(?<head>\bauth [\w.@-]{1,100}:)`, VALUE),
  // A log-in to Redis, FTP, SMTP or IMAP.
  pattern(
    'gm',
    String.raw`(?<head>^(?:\w{1,10} )?(?:AUTH|PASS|LOGIN)(?: [^\s]{1,100})? )`,
    VALUE,
    String.raw`(?=\s*$)`,
  ),
  // A segment of an address that reads as drawn by lot: of a hook, whoever runs it.
  pattern(
    'g',
    String.raw`(?<=\bhttps?:\/\/[^\s"'<>?#]{1,300}\/)(?<head>)(?<drawn>[\w~-]{20,200})(?<tail>)(?![\w~.%:=@-])`,
  ),
  ...LINES_OF_PASSWORDS,
  // A segment of a path behind one that says what it is: of a hook, of a link by which a password is reset.
  pattern(
    'gi',
    String.raw`(?<head>\/(?:(?:web)?hooks?|integrations?|key|input|api-?keys?|(?:[\w-]{1,40}-)?(?:tokens?|password|secret|magic-link))\/)${LONG}(?<value>[\w~-]{16,4000})(?<tail>)`,
  ),
  // An Oracle user. https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html
  pattern('gi', String.raw`(?<head>:(?:thin|oci):[^\s/@]{1,200}\/)(?<value>[^\s@]{3,4000})(?<tail>@)`),
  // Command lines whose options are short.
  ...PASSWORD_IN_COMMAND.map((head) => pattern('g', `(?<head>${head})`, VALUE)),
  // Other tools', where the value is as long as a token.
  pattern('g', String.raw`(?<head>(?<!\S)-[A-Za-z] {1,3}["']?)${LONG}`, VALUE),
  pattern('g', String.raw`(?<head>\b(?:ENV|ARG|setenv|set) {1,3}(?<name>\w{1,200}) {1,3})`, VALUE),
  pattern('g', String.raw`(?<head>(?<!\S)-D[\w.]{0,100}\b(?<name>[\w-]{1,100})=)`, VALUE),
  pattern(
    'g',
    String.raw`(?<head>(?<!\S)(?:-U|--proxy-user|-E|--cert|--proxy-cert|-b|--cookie)[ =]{1,3}["']?[^\s:="']{1,200}[:=])`,
    VALUE,
  ),
];

/** Values that stand in brackets behind a name: `tokens: [a, b]`, `secrets = {"a": "b"}`. */
const LISTED = pattern(
  'g',
  String.raw`(?<head>(?<![\w.-])${NAME}\\?["']?\s{0,5}(?:[:=]>?)\s{0,5})(?<listed>\[[^[\]\n]{6,4000}\]|\{[^{}\n]{6,4000}\}|\([^()\n]{6,4000}\))`,
);
const LISTED_VALUE = /[^\s"'`<>()[\]{},;&=:]{6,4000}/g;

/** The same, each of them looked at: what stands in brackets may be names of secrets. */
function withoutListed(whole: string, ...rest: readonly unknown[]): string {
  const { head = '', name = '', listed = '' } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
  if (!isSecretName(name) || listed.includes(REDACTED)) return whole;
  return head + listed.replace(LISTED_VALUE, (value) => (readsAsKey(value) ? REDACTED : value));
}

/** A text without what reads as a key where the words before hint at one. */
export function withoutGuessed(text: string): string {
  const guessed = PATTERNS.reduce((clean, pattern) => clean.replace(pattern, withoutValue), text);
  return withoutUsers(guessed.replace(LISTED, withoutListed));
}

/** What stands for a match: the last of its arguments are the groups. */
function withoutValue(whole: string, ...rest: readonly unknown[]): string {
  const { head = '', name, drawn, value = '', tail = '' } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
  if (drawn !== undefined) return readsAsDrawn(drawn) ? `${head}${REDACTED}${tail}` : whole;
  if (!readsAsKey(value) || value.startsWith(REDACTED)) return whole;
  const hints = name === undefined || isSecretName(name) || isSecretHeader(name) || mayBeSecretName(name);
  return hints ? `${head}${REDACTED}${tail}` : whole;
}
