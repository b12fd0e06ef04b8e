/** All terms, and finding one of them. */
import { nearest } from '../nearest';
import { COLUMNS } from './columns';
import { DETAILS } from './details';
import { FILTERS, unknownFilter } from './filters';
import { NAMES } from './names';
import { RESPONSE_FLAGS } from './response-flags';
import { isStatus, structuredName } from './structured-names';
import type { Term } from './term';
import { TRACE_TERMS } from './trace-terms';
import { ZTUNNEL_ERRORS, ztunnelErrorIn } from './ztunnel-errors';
import { ZTUNNEL_FLAGS } from './ztunnel-flags';

export const TERMS: readonly Term[] = [
  ...RESPONSE_FLAGS,
  ...DETAILS,
  ...TRACE_TERMS,
  ...NAMES,
  ...FILTERS,
  ...ZTUNNEL_ERRORS,
  ...ZTUNNEL_FLAGS,
  ...COLUMNS,
];

/**
 * Every term of that name, several where the name means several things (`route` is a stage and a view). Upper and lower case, and
 * what separates words, make no difference unless a term is spelled exactly so. Several response flags may be joined with commas.
 */
export function termsNamed(text: string): readonly Term[] {
  const wanted = text.trim();
  const exact = TERMS.filter((term) => isNamed(term, (name) => name === wanted));
  if (exact.length > 0) return exact;
  const folded = TERMS.filter((term) => isNamed(term, (name) => foldedName(name) === foldedName(wanted)));
  if (folded.length > 0) return folded;
  const made = TERMS.filter(({ name }) => isMadeFrom(name, wanted));
  if (made.length > 0) return made;
  const structured = structuredName(wanted);
  if (structured !== null) return [structured];
  const error = ztunnelErrorIn(wanted);
  if (error !== null) return [error];
  const details = detailsNamed(wanted);
  if (details.length > 0) return details;
  const parts = wanted.split(',').map((part) => flagNamed(part.trim()));
  return parts.length > 1 && parts.every((terms) => terms.length > 0) ? parts.flat() : unknownFilter(wanted);
}

/** Details with more behind them: `upstream_reset_before_response_started{connection_termination}`, and what is known of that. */
function detailsNamed(text: string): readonly Term[] {
  const [head = '', ...inner] = text.split(/[[\]{}()|]/);
  if (head === text) return [];
  const found = (one: string): readonly Term[] => DETAILS.filter(({ name }) => name === one);
  const first = TERMS.filter((term) => isNamed(term, (name) => name === head));
  return first.length === 0 ? [] : [...first, ...inner.flatMap(found)];
}

/** `no_route`, `No route` and `no-route` are one name. */
function foldedName(text: string): string {
  return text.toLowerCase().replace(/[-_\s]+/g, '-');
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

/** A text that is longer is no misspelled name. */
const LONGEST_NAME = 80;

/** Terms whose names are near, nearest first; none for a text that is much longer than a name. */
export function nearestTerms(text: string): readonly string[] {
  if (text.length > LONGEST_NAME) return [];
  return nearest(
    text,
    TERMS.flatMap(({ name, also = [] }) => [name, ...also]),
  );
}

/** What to write in place of a text that is no term. */
export function termHint(text: string): string {
  if (isStatus(text)) {
    return 'A status has many causes: give the response flag that stands behind it in the access log (UH), or the whole line.';
  }
  if (/^(?:in|out)bound(?:-vip)?\|/.test(text)) {
    return 'Istio names a cluster by direction, port, subset and host: outbound|9080|v2|reviews.bookinfo.svc.cluster.local; the subset may be empty.';
  }
  if (/^(?:in|out)bound_\./.test(text)) {
    return 'Istio names a server by direction, port, subset and host: outbound_.9080_.v2_.reviews.bookinfo.svc.cluster.local; the subset may be empty.';
  }
  const near = nearestTerms(text);
  return near.length > 0
    ? `Did you mean ${near.join(', ')}?`
    : 'It knows response flags (UH), response code details, reasons (no-route), stages, columns, ports and names of listeners, clusters and chains.';
}
