/** Secrets that a text sets under a secret's name: in code, YAML, a connection string, a form, an environment. */
import { REDACTED } from './disclosure';
import { holdsNoSecret, isSecretHeader, isSecretName } from './names';

/** A number that counts: of tokens, or of few figures. */
const COUNT = /^[\d.]{1,5}$/;

/** What stands between a name and its value in code, YAML and JSON. */
const SIGN = String.raw`(?:\\?["']\]?)?\s{0,10}(?::=|[=~!]=|[:=])\s{0,10}`;

/** Each has the groups `head`, with `name` in it, `value` and `tail`. */
const PATTERNS: readonly RegExp[] = [
  // `token = "…"`, `"password": "…"`, `headers['x-api-key'] == '…'`, escaped quotes included.
  new RegExp(
    String.raw`(?<head>(?<![\w.-])(?<name>[\w.-]{1,200})${SIGN}\\?(?<quote>["']))(?<value>(?:(?!\\?\k<quote>)[^\n]){1,4000})(?<tail>\\?\k<quote>)`,
    'g',
  ),
  // `password = [[…]]`, as Lua writes long texts. https://www.lua.org/manual/5.1/manual.html#2.1
  /(?<head>(?<![\w.-])(?<name>[\w.-]{1,200})\s{0,10}=\s{0,10}\[(?<level>=*)\[)(?<value>[^\]]{1,4000})(?<tail>\]\k<level>\])/g,
  // `headers:add("x-api-key", "…")`, as code sets a header.
  /(?<head>\b(?:add|replace|append|set|put)\w{0,40}\s{0,10}\(\s{0,10}\\?["'](?<name>[\w-]{1,200})\\?["']\s{0,10},\s{0,10}\\?(?<quote>["']))(?<value>(?:(?!\\?\k<quote>)[^\n]){1,4000})(?<tail>)/gi,
  // `password=…` in a connection string, a form or an environment. With blanks around the sign it would be code.
  /(?<head>(?<![\w.-])(?<name>[\w.-]{1,200})=)(?<value>[^\s"'`&;,()<>[\]{}=][^\s"'`&;,()<>[\]{}]{2,4000})(?<tail>)(?![\w(])/g,
  // `password: …`, a line of YAML or a field of one in braces.
  /(?<head>(?:^[ \t]{0,200}(?:- ){0,5}|[{,][ \t]{0,10})(?<name>[\w-]{1,200}):[ \t]{1,10})(?<value>[^\s"'`{}[\]|>&*!%@,()#][^\s,{}()[\]]{2,4000})(?<tail>)(?=[ \t]*(?:[,}]|#|\r?$))/gm,
];

/** A text without the values that it sets under a secret's name. */
export function withoutAssigned(text: string): string {
  return PATTERNS.reduce((clean, pattern) => clean.replace(pattern, withoutValue), text);
}

/** What stands for a match: the last of its arguments are the groups. */
function withoutValue(whole: string, ...rest: readonly unknown[]): string {
  const { head = '', name = '', value = '', tail = '' } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
  return sets(name, value) ? `${head}${REDACTED}${tail}` : whole;
}

function sets(name: string, value: string): boolean {
  if (!isSecretName(name) && !isSecretHeader(name)) return false;
  const isCount = COUNT.test(value) || (/tokens$/i.test(name) && /^\d+$/.test(value));
  return !isCount && !holdsNoSecret(value) && value !== REDACTED;
}
