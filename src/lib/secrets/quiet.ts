/**
 * Texts in which nobody need look for secrets: tables have hundreds of thousands of cells, most of them names and addresses,
 * and a line is quiet where each of its cells is.
 */
import { withoutEncoded } from './encoded';
import { COMMANDS } from './commands';
import { mayBeToken } from './known-tokens';
import { cleanText } from './secret-text';
import { SECRET_NAMES } from './suspect';

/**
 * What a secret that is not encoded needs, and that stands in one word with at most the white space behind it: signs beyond
 * those of names and addresses, words of secrets, those that announce a secret where a blank follows, and options. SUSPECT of
 * secret-text.ts matches nothing in a text without it.
 */
const LOUD_WORDS = [
  String.raw`(?:^|\s)-`,
  'private|putty|eyj|ls0t|openvpn|pass|tok|secret|key|cred|auth|cookie|bearer|sharedkey',
  String.raw`(?:earer|asic|oken|ssws|dpop|negotiate|ntlm|digest|hawk|identified|login|splunk|gnap|mac)(?=\s|$)`,
  String.raw`\b(?:pin|code|env|arg|setenv|set)(?=\s|$)`,
  String.raw`(?<![\w.-])(?:${COMMANDS})(?:\.exe)?(?=\s|$)|\bsqlplus(?=\s|$)`,
  // Base64 in lines: the end of one could go on in the next.
  '[A-Za-z0-9]{40}',
].join('|');
const LOUD = new RegExp(`[^\\w., \\n-]|${LOUD_WORDS}`, 'i');

/** The same of texts among which ports stand behind colons: each name of a secret could be set by one of them. */
const LOUD_WITH_PORTS = new RegExp(String.raw`[^\w., \n:-]|:(?!\d{1,5}(?=\s|$))|${LOUD_WORDS}|${SECRET_NAMES}`, 'i');

/**
 * Whether words, parted by blanks and line ends, hold no secret wherever among other quiet ones they stand: true is sure.
 * @param hasPorts whether colons with a port behind them are quiet: for all words that stand together alike
 */
export function areQuiet(words: string, hasPorts: boolean): boolean {
  const loud = hasPorts ? LOUD_WITH_PORTS : LOUD;
  return !loud.test(words) && !mayBeToken(words) && withoutEncoded(words, cleanText, 0) === words;
}
