/** Secrets that a text sets under a secret's name: in code, YAML, a connection string, a form, an environment. */
import { REDACTED } from './disclosure';
import { SECRET_FIELDS } from './field-list';
import { holdsNoSecret, isSecretHeader, isSecretName } from './names';

/** A number that counts: of tokens, or of few figures. */
const COUNT = /^[\d.]{1,5}$/;

/** A name that is nothing but that, and the quoted text that is set: the sign that opens it stands in the head. */
const NAME = String.raw`(?<![\w.-])(?<name>[\w.-]{1,200})`;
const OPEN = String.raw`\\?(?<quote>["'])`;
const TEXT = String.raw`(?<value>(?:(?!\\?\k<quote>)[^\n]){1,4000})(?<tail>\\?\k<quote>)`;

/** What stands between a name and its value in code, YAML and JSON. */
const SIGN = String.raw`(?:\\?["']\]?|\])?\s{0,10}(?:<\w{1,20}>\s{0,10})?(?::=|=>|->|[=~!]=|[:=：＝])\s{0,10}`;

/** What code takes where there is no value of that name: `token or "…"`, `password ?? '…'`, `env.get("TOKEN") || "…"`. */
const ELSE = String.raw`(?:\\?["'][\])])?\s{1,5}(?:or|\?\?|\|\|)\s{1,5}`;

/** Fields in which a text stands below the one that names it, in proto's text format and in JSON. */
const INNER = String.raw`(?:inline_?string|inline_?bytes|string_?value|value)`;

const pattern = (flags: string, ...parts: readonly string[]): RegExp => new RegExp(parts.join(''), flags);

/** Elements that name a part of a page or of a form, with a text that people read. */
const OF_PAGES =
  '(?:label|option|string|input|select|textarea|button|form|section|div|span|a|p|h[1-6]|t[dhr]|li|dt|dd)';

/** Each has the groups `head`, `value` and `tail`, and `name` unless what stands there is a secret whatever it is called. */
const PATTERNS: readonly RegExp[] = [
  // `token = "…"`, `"password": "…"`, `headers['x-api-key'] == '…'`, escaped quotes included.
  pattern('g', `(?<head>${NAME}(?:${SIGN}|${ELSE})[A-Za-z]{0,2}${OPEN})`, TEXT),
  // `'…' == headers['x-api-key']`.
  pattern(
    'g',
    `(?<head>${OPEN})`,
    TEXT.slice(0, -1),
    String.raw`\s{0,5}[=!~]=\s{0,5}[\w.:]{0,100}[[(.]\s?["']?(?<name>[\w-]{1,200})\b)`,
  ),
  // `headers['x-api-key'].startsWith('…')`, `headers["token"] in ["…", "…"]`.
  pattern(
    'g',
    String.raw`(?<head>["'](?<name>[\w.-]{1,200})\\?["']\s?[\])]\s{0,3}[.:]\s{0,3}\w{1,40}\(\s{0,3}${OPEN})`,
    TEXT,
  ),
  pattern('g', String.raw`(?<head>${NAME}\\?["']?\]?\s{1,5}in\s{1,5}\[)(?<value>[^[\]\n]{1,4000})(?<tail>\])`),
  // `password = [[…]]`, as Lua writes long texts. https://www.lua.org/manual/5.1/manual.html#2.1
  pattern(
    'g',
    String.raw`(?<head>${NAME}\s{0,10}=\s{0,10}\[(?<level>=*)\[)(?<value>[^\]]{1,4000})(?<tail>\]\k<level>\])`,
  ),
  // `headers:add("x-api-key", "…")`, as code sets a header.
  pattern(
    'gi',
    String.raw`(?<head>\b(?:add|replace|append|set|put)\w{0,40}\s{0,10}\(\s{0,10}\\?["'](?<name>[\w-]{1,200})\\?["']\s{0,10},\s{0,10}${OPEN})`,
    TEXT,
  ),
  // `password=…` in a connection string, a form or an environment. With blanks around the sign it would be code.
  pattern(
    'g',
    String.raw`(?<head>${NAME}\]?=)(?<value>[^\s"'${'`'}&;,()<>[\]{}=][^\s"'${'`'}&;,()<>[\]{}]{2,4000})(?<tail>)(?![\w(])`,
  ),
  // `password: …`, a line of YAML or a field of one in braces.
  pattern(
    'gm',
    String.raw`(?<head>(?:^[ \t]{0,200}(?:- ){0,5}|[{,][ \t]{0,10})(?<name>[\w-]{1,200}):[ \t]{1,10}(?:[&!][\w!/.:,-]{0,60}[ \t]{1,10}){0,3})(?<value>[^\s"'${'`'}{}[\]|>&*!%@,()#][^\s,{}()[\]]{2,4000})(?<tail>)(?=[ \t]*(?:[,}]|#|\r?$))`,
  ),
  // The same in several lines: a text in a block, a list of texts.
  pattern(
    'gm',
    String.raw`(?<head>^(?<indent>[ \t]{0,200})(?:- ){0,5}(?<name>[\w-]{1,200}):[ \t]{0,10}[|>][+\d-]{0,2}[ \t]*\r?\n)(?<value>\k<indent>[ \t]+\S[^\n]*(?:\n\k<indent>[ \t]+\S[^\n]*)*)(?<tail>)`,
  ),
  pattern(
    'gm',
    String.raw`(?<head>^(?<indent>[ \t]{0,200})(?<name>[\w-]{1,200}):[ \t]*\r?\n)(?<value>\k<indent>[ \t]*- [^\n:{[]+(?:\n\k<indent>[ \t]*- [^\n:{[]+)*)(?<tail>)`,
  ),
  // A text below its name, with the field of a message between them or without.
  pattern(
    'gm',
    String.raw`(?<head>^(?<indent>[ \t]{0,200})(?:- ){0,5}(?<name>[\w-]{1,200}):[ \t]{0,10}\r?\n\k<indent>[ \t]{1,20}(?:${INNER}:[ \t]{1,10})?["']?)(?<value>[^\s:"'-][^\s:"']{2,4000})(?<tail>)(?=["']?[ \t]*(?:#|\r?$))`,
  ),
  // Texts of several lines, as TOML and HCL write them. https://toml.io/en/v1.0.0#string
  pattern(
    'g',
    String.raw`(?<head>${NAME}\s{0,10}[:=]\s{0,10}(?<fence>"{3}|'{3}))(?<value>(?:(?!\k<fence>)[\s\S]){1,4000})(?<tail>\k<fence>)`,
  ),
  pattern(
    'g',
    String.raw`(?<head>${NAME}\s{0,10}[:=]\s{0,10}<<[-~]?["']?(?<fence>\w{1,40})["']?\r?\n)(?<value>(?:(?!\n[ \t]*\k<fence>)[\s\S]){1,4000})(?<tail>\n[ \t]*\k<fence>)`,
  ),
  // `"Bearer " .. "…"`, a header that code puts together.
  pattern(
    'gi',
    String.raw`(?<head>["'](?:bearer|basic|token|apikey) ?["']\s{0,5}(?:\.\.|\+|\.|<>|\|\||,)\s{0,5}${OPEN})`,
    TEXT,
  ),
  // `<password>…</password>`, `password: <…>`.
  pattern(
    'g',
    String.raw`(?<head><(?<name>[\w.:-]{1,200})(?:\s[^<>]{0,400})?>\s{0,20}<!\[CDATA\[)(?<value>[^\]]{1,4000})(?<tail>\]\]>)`,
  ),
  pattern(
    'g',
    String.raw`(?<head><(?<name>[\w.:-]{1,200})(?:\s[^<>]{0,400})?>)(?<value>[^<>\s][^<>]{1,4000})(?<tail><\/)`,
  ),
  // `<entry key="password">…</entry>`, `<secret value="…"/>`.
  pattern(
    'gi',
    String.raw`(?<head><(?!${OF_PAGES}\s)[\w.:-]{1,200}\s[^<>]{0,400}?\b(?:key|name|id)=["'](?<name>[\w.-]{1,200})["'][^<>]{0,400}>)(?<value>[^<>\s][^<>]{1,4000})(?<tail><\/)`,
  ),
  pattern('gi', String.raw`(?<head><(?<name>[\w.:-]{1,200})\s(?:[^<>]{0,400}\s)?value=${OPEN})`, TEXT),
  pattern(
    'g',
    String.raw`(?<head>${NAME}\\?["']?\s{0,3}(?:[:=]\s{0,5})?<)(?<value>(?![a-z_ -]+>|[A-Z_ -]+>)[^<>\n/][^<>\n]{2,4000})(?<tail>>)`,
  ),
  // `key: "x-api-key" value: "…"`, `<add key="ApiKey" value="…"/>`, `{"name": "token", "value": "…"}`.
  pattern(
    'gi',
    String.raw`(?<head>\b(?:key|name|header|field)\\?["']?\s{0,10}[:=]?\s{0,10}\\?["'](?<name>[\w.-]{1,200})\\?["'][\s,;]{0,10}\\?["']?(?:with )?(?:raw_)?value\\?["']?\s{0,10}[:=]?\s{0,10}${OPEN})`,
    TEXT,
  ),
  // `private_key { inline_string: "…" }`, `"private_key":{"inline_string":"…"}`.
  pattern(
    'gi',
    String.raw`(?<head>${NAME}\\?["']?\s{0,10}[:=]?\s{0,10}\{\s{0,10}\\?["']?${INNER}\\?["']?\s{0,10}:\s{0,10}${OPEN})`,
    TEXT,
  ),
  // `password 'x'` in a sentence. Other names stand before names of objects.
  pattern('gi', String.raw`(?<head>\b(?<name>password|passphrase)\s{1,3}${OPEN})`, TEXT),
  // `IDENTIFIED BY 'x'`. https://dev.mysql.com/doc/refman/8.4/en/create-user.html
  pattern('gi', String.raw`(?<head>\bidentified\s{1,3}(?:with\s{1,3}\S{1,60}\s{1,3})?(?:by|as)\s{1,3}${OPEN})`, TEXT),
  // `- name: DB_PASSWORD`, and its value on the next line, as Kubernetes writes variables.
  pattern(
    'gm',
    String.raw`(?<head>^[ \t]{0,200}(?:- ){0,5}(?:name|key|header):[ \t]{1,10}["']?(?<name>[\w.-]{1,200})["']?[ \t]*\r?\n[ \t]{0,200}value:[ \t]{1,10}["']?)(?<value>[^\s"'][^\s"']{2,4000})(?<tail>)`,
  ),
  // The same in braces: `{name: DB_PASSWORD, value: …}`.
  pattern(
    'g',
    String.raw`(?<head>[{,]\s{0,10}(?:name|key|header):\s{1,10}["']?(?<name>[\w.-]{1,200})["']?,\s{0,10}value:\s{1,10}["']?)(?<value>[^\s"',{}][^\s"',{}]{2,4000})(?<tail>)`,
  ),
  // Private members of a JSON Web Key that is no JSON.
  pattern(
    'g',
    String.raw`(?<head>\bkty["']?\s{0,5}[:=][^{}]{1,2000}?(?<![\w-])(?<quote>["']?)(?:d|p|q|d[pq]|qi|k)\k<quote>\s{0,5}[:=]\s{0,5}["']?)(?<value>[\w-]{6,4000})(?<tail>)`,
  ),
  // Command lines: `--token …`, `-H "X-Api-Key: …"`, `-u user:…`.
  pattern(
    'gi',
    String.raw`(?<head>(?<![\w-])--?(?!(?:show|hide|no)-)(?<name>[a-z][\w-]{1,100})\s{1,5}["']?)(?<value>(?=[^\s"']*\d)[^\s"'-][^\s"']{2,4000})(?<tail>)`,
  ),
  pattern('g', String.raw`(?<head>${OPEN}(?<name>[\w-]{1,200}):\s{0,5})`, TEXT),
  pattern(
    'g',
    String.raw`(?<head>(?<!\S)(?:-u|--user)[ =]{0,3}["']?[^\s:"']{1,200}:)(?<value>[^\s"']{3,4000})(?<tail>)`,
  ),
  // A header as it is sent: `Authorization: Basic …`, `Cookie: sid=…`.
  pattern(
    'gi',
    String.raw`(?<head>\bauthorization\s{0,5}:\s{0,5}(?:bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)\s{1,5})(?<value>[^\s"'\\]{3,4000})(?<tail>)`,
  ),
  pattern(
    'gi',
    String.raw`(?<head>\b(?:set-)?cookie\s{0,5}:\s{0,5}[\w.-]{1,200}=)(?<value>[^\n\r"'\\]{3,4000})(?<tail>)`,
  ),
];

/** A text without the values that it sets under a secret's name. */
export function withoutAssigned(text: string): string {
  return PATTERNS.reduce((clean, pattern) => clean.replace(pattern, withoutValue), text);
}

/** What stands for a match: the last of its arguments are the groups. */
function withoutValue(whole: string, ...rest: readonly unknown[]): string {
  const { head = '', name, value = '', tail = '' } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
  return sets(name ?? 'password', value) ? `${head}${REDACTED}${tail}` : whole;
}

function sets(name: string, value: string): boolean {
  if (!isSecretName(name) && !isSecretHeader(name) && !SECRET_FIELDS.has(name)) return false;
  const isCount = COUNT.test(value) || (/tokens$/i.test(name) && /^\d+$/.test(value));
  return !isCount && !holdsNoSecret(value) && !value.startsWith(REDACTED);
}
