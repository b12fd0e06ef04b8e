/** Reads a pod's rules in whichever notation they come. */
import { type BrokenRules, quote } from './fault';
import { isListing, parseListing } from './listing';
import { jumpLoop, resolved } from './jumps';
import type { Ruleset } from './model';
import { isNft, parseNft } from './nft';
import { parseSave } from './save';

/** What a text of rules was found to be. */
export type ReadRules = { readonly kind: 'rules'; readonly rules: Ruleset } | BrokenRules;

/**
 * Reads iptables-save's text (legacy and nft), `iptables -L -v -n` listings, or `nft list ruleset`. Tables without a rule
 * are rules that let everything go; a text without a table says nothing of the pod, and is broken like one that was cut
 * off, has a line that these tools do not print, or rules that the kernel refuses.
 */
export function parseRules(text: string): ReadRules {
  const read = isNft(text) ? parseNft(text) : isListing(text) ? parseListing(text) : parseSave(text);
  if ('kind' in read) return read;
  if (read.tables.length === 0) return { kind: 'broken', line: 1, because: emptyBecause(text) };
  if (isFilterAlone(read)) return { kind: 'broken', line: 1, because: FILTER_ALONE };
  const rules = resolved(read);
  return jumpLoop(rules) ?? { kind: 'rules', rules };
}

const FILTER_ALONE =
  'the chains are those of table filter alone, which iptables takes without -t nat: nothing redirects there';

/**
 * `iptables -S` and `iptables -L` name no table, and take filter where none is asked for; nat has no chain FORWARD.
 * https://man7.org/linux/man-pages/man8/iptables.8.html (TABLES)
 */
function isFilterAlone({ tables }: Ruleset): boolean {
  const [only, ...others] = tables;
  if (only === undefined || others.length > 0 || only.name !== 'nat') return false;
  return only.chains.has('FORWARD') && !only.chains.has('PREROUTING') && !only.chains.has('POSTROUTING');
}

function emptyBecause(text: string): string {
  const first = text.split('\n', 1)[0]?.trim() ?? '';
  return text.trim() === '' ? 'the text is empty' : `no table of rules follows ${quote(first)}`;
}
