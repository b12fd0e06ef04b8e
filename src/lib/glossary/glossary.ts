/** All terms, and finding one of them. */
import { nearest } from '../nearest';
import { COLUMNS } from './columns';
import { DETAILS } from './details';
import { NAMES, structuredName } from './names';
import { RESPONSE_FLAGS } from './response-flags';
import type { Term } from './term';
import { TRACE_TERMS } from './trace-terms';
import { ZTUNNEL_ERRORS, ztunnelErrorIn } from './ztunnel-errors';

export const TERMS: readonly Term[] = [
  ...RESPONSE_FLAGS,
  ...DETAILS,
  ...TRACE_TERMS,
  ...NAMES,
  ...ZTUNNEL_ERRORS,
  ...COLUMNS,
];

/**
 * Every term of that name, several where the name means several things (`route` is a stage and a view). Upper and lower case
 * make no difference unless a term is spelled exactly so. Several response flags may be joined with commas.
 */
export function termsNamed(text: string): readonly Term[] {
  const wanted = text.trim();
  const exact = TERMS.filter((term) => isNamed(term, (name) => name === wanted));
  if (exact.length > 0) return exact;
  const folded = TERMS.filter((term) => isNamed(term, (name) => name.toLowerCase() === wanted.toLowerCase()));
  if (folded.length > 0) return folded;
  const made = TERMS.filter(({ name }) => isMadeFrom(name, wanted));
  if (made.length > 0) return made;
  const structured = structuredName(wanted);
  if (structured !== null) return [structured];
  const error = ztunnelErrorIn(wanted);
  if (error !== null) return [error];
  const [head = ''] = wanted.split(/[[{]/);
  const details = head === wanted ? [] : TERMS.filter((term) => isNamed(term, (name) => name === head));
  if (details.length > 0) return details;
  const parts = wanted.split(',').map((part) => flagNamed(part.trim()));
  return parts.length > 1 && parts.every((terms) => terms.length > 0) ? parts.flat() : [];
}

function flagNamed(text: string): readonly Term[] {
  return RESPONSE_FLAGS.filter(({ name }) => name === text);
}

function isNamed(term: Term, test: (name: string) => boolean): boolean {
  return test(term.name) || (term.also ?? []).some(test);
}

/** Names that istiod makes of a word and an object's name: `converted_peer_authentication_NAME`. */
function isMadeFrom(name: string, text: string): boolean {
  const at = name.search(/_(?:NAMESPACE_)?NAME$/);
  return at >= 0 && text.startsWith(name.slice(0, at + 1)) && text.length > at + 1;
}

/** Terms whose names are near, for a hint. */
export function nearestTerms(text: string): readonly string[] {
  return nearest(
    text,
    TERMS.map(({ name }) => name),
  );
}
