/** What filters do that are known by their message alone. */
import { HTTP_FILTER_WORDS, NETWORK_FILTER_WORDS } from '../../glossary/filter-words';
import {
  KNOWN_HTTP_FILTERS,
  KNOWN_NETWORK_FILTERS,
  type KnownHttpFilter,
  type KnownNetworkFilter,
} from '../../trace/facts/known-filters';
import type { StepOutcome } from '../../trace/terms';

/** What an HTTP filter does, and whether that is evaluated. */
export function httpFilterText(filter: KnownHttpFilter): string {
  return actsText(KNOWN_HTTP_FILTERS[filter], HTTP_FILTER_WORDS[filter]);
}

/** What a network filter does, and whether that is evaluated. */
export function networkFilterText(filter: KnownNetworkFilter): string {
  return actsText(KNOWN_NETWORK_FILTERS[filter], NETWORK_FILTER_WORDS[filter]);
}

function actsText(outcome: StepOutcome, what: string): string {
  return outcome === 'not-evaluated' ? `not evaluated: ${what}` : what;
}
