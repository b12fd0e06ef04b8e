/** The steps of an automaton read backwards. */

export interface Transposed {
  /** States that lead to state 0, then those that lead to state 1, and so on; one that leads there by several steps several times. */
  readonly from: Int32Array;
  /** Where in `from` those of a state begin; one entry more than there are states. */
  readonly starts: Int32Array;
}

/** @param next the state after `state * classes + class` */
export function transposed(next: Int32Array, classes: number, states: number): Transposed {
  const steps = states * classes;
  const starts = new Int32Array(states + 1);
  for (let at = 0; at < steps; at += 1) {
    const to = (next[at] ?? 0) + 1;
    starts[to] = (starts[to] ?? 0) + 1;
  }
  for (let state = 0; state < states; state += 1) starts[state + 1] = (starts[state + 1] ?? 0) + (starts[state] ?? 0);
  const free = starts.slice();
  const from = new Int32Array(steps);
  for (let at = 0; at < steps; at += 1) {
    const to = next[at] ?? 0;
    const place = free[to] ?? 0;
    from[place] = Math.floor(at / classes);
    free[to] = place + 1;
  }
  return { from, starts };
}
