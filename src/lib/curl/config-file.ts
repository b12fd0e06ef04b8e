/** The lines of a curl configuration file (`-K`). https://curl.se/docs/manpage.html (-K) */

/** One line: an option as a command line has it, and its parameter, null where it has none. */
export interface ConfigLine {
  readonly option: string;
  readonly parameter: string | null;
}

/** With a dash in front a name ends at a blank, without one at `=` and `:` too. */
const DASHED = /^(-\S*)\s*(.*)$/s;
const PLAIN = /^([^\s=:]*)[\s=:]*(.*)$/s;

/**
 * What the lines say. Surprises: a line that begins with `#`, `/` or `*` is a comment, a parameter in double quotes ends at the next one and
 * knows `\t`, `\n`, `\r` and `\v`, and one without them ends at the first blank. What follows either is passed over.
 */
export function configLines(text: string): readonly ConfigLine[] {
  return text.split('\n').flatMap((line) => {
    const own = line.trimStart();
    if (/^(?:[#/*]|$)/.test(own)) return [];
    const isDashed = own.startsWith('-');
    const [, name = '', rest = ''] = (isDashed ? DASHED : PLAIN).exec(own) ?? [];
    return [{ option: isDashed ? name : `--${name}`, parameter: parameterOf(rest) }];
  });
}

const ESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', v: '\v' };

function parameterOf(text: string): string | null {
  if (!text.startsWith('"')) {
    const [word = ''] = /^\S*/.exec(text) ?? [];
    return word === '' ? null : word;
  }
  const [, quoted = ''] = /^"((?:\\.|[^"\\])*)/s.exec(text) ?? [];
  return quoted.replace(/\\(.)/gs, (_whole, letter: string) => ESCAPED[letter] ?? letter);
}
