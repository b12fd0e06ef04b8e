/** Reads a pod's rules in whichever notation they come. */
import { isListing, parseListing } from './listing';
import type { Ruleset } from './model';
import { isNft, parseNft } from './nft';
import { parseSave } from './save';

/**
 * Reads iptables-save's text (legacy and nft), `iptables -L -v -n` listings, or `nft list ruleset`. Null where it is none
 * of these; tables without a rule are rules that let everything go.
 */
export function parseRules(text: string): Ruleset | null {
  const rules = isNft(text) ? parseNft(text) : isListing(text) ? parseListing(text) : parseSave(text);
  return rules.tables.length > 0 ? rules : null;
}
