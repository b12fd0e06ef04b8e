/** One proxy of the walk in short. */
import type { OutlineSection } from '../../render/outline';
import type { Hop, Outcome } from '../../trace/model';
import { shortEntries } from '../short/entries';
import { onlyEndpoint } from '../summary/chosen-upstream';
import { hopTitle } from '../words';
import { endpointEntries } from './endpoint-entry';

/** One proxy in the few lines that a mesh engineer would name. */
export function shortHopSection(hop: Hop, index: number, outcome: Outcome): OutlineSection {
  const entries = shortEntries(hop, outcome).map(({ entry }) => entry);
  const isChoice = hop.clusters.length > 1 || onlyEndpoint(hop) === null;
  return {
    title: hopTitle(hop, index),
    entries: [...entries, ...(isChoice ? endpointEntries(hop, { explain: false }) : [])],
  };
}
