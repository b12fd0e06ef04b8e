/** Pieces of configuration as a page shows them. */
import { redacted } from '../../secrets/redact';
import type { Hop } from '../../trace/model';

/** The piece of a hop's configuration that a JSON pointer means; undefined where it cannot be had. */
export type ConfigAt = (hop: Hop, pointer: string) => unknown;

/** Such a piece as it is shown; null where it cannot be had. */
export type ConfigText = (hop: Hop, pointer: string) => string | null;

/** How many lines of a piece of configuration are shown. */
const LINES = 250;

/** The texts of a page: the other ways that a request can go lead past the same pieces, and one can be a cluster of 100,000 hosts. */
export function configTexts(configAt: ConfigAt): ConfigText {
  const known = new Map<string, string | null>();
  return (hop, pointer) => {
    const key = `${hop.proxy ?? ''}\n${pointer}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const text = textOf(configAt(hop, pointer));
    known.set(key, text);
    return text;
  };
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(redacted(value), null, 2);
  let [lines, end] = [1, text.length];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (lines === LINES) end = at;
    lines += 1;
  }
  return lines <= LINES ? text : `${text.slice(0, end)}\n… ${lines - LINES} more lines`;
}
