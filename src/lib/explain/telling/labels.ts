/** How settings become label and text: a table with one entry for each kind. A kind without one does not compile. */
import type { KindOfFact } from './tellings';

export type LabelledText = readonly [label: string, text: string];

export type SettingLabels<F extends KindOfFact> = {
  readonly [K in F['kind']]: readonly [label: string, text: (fact: Extract<F, { readonly kind: K }>) => string];
};

export function labelled<F extends KindOfFact>(labels: SettingLabels<F>, fact: F): LabelledText {
  // The compiler cannot see that the entry of a kind takes a fact of that kind.
  const [label, text] = labels[fact.kind as F['kind']] as readonly [string, (fact: F) => string];
  return [label, text(fact)];
}
