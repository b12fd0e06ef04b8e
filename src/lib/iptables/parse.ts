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
  const rules = resolved(read);
  return jumpLoop(rules) ?? { kind: 'rules', rules };
}

function emptyBecause(text: string): string {
  const first = text.split('\n', 1)[0]?.trim() ?? '';
  return text.trim() === '' ? 'the text is empty' : `no table of rules follows ${quote(first)}`;
}
