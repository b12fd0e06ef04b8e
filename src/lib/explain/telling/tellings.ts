/** How facts become words: a table with one entry for each kind of fact. A kind without one does not compile. */

/** A fact that says which it is. */
export interface KindOfFact {
  readonly kind: string;
}

export type Tellings<F extends KindOfFact> = {
  readonly [K in F['kind']]: (fact: Extract<F, { readonly kind: K }>) => string;
};

/** The words of a fact. */
export function tell<F extends KindOfFact>(tellings: Tellings<F>, fact: F): string {
  // The compiler cannot see that the entry of a kind takes a fact of that kind.
  const telling = tellings[fact.kind as F['kind']] as (fact: F) => string;
  return telling(fact);
}
