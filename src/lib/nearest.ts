/** Did-you-mean: the known names that look most like the one given. */

import { smallest } from './lists';

const LONGEST_COMPARED = 200;

/**
 * At most `limit` of the candidates, nearest first: those that differ in a few letters, then those that contain the wanted
 * text or are contained in it. Empty where nothing is near. Case is ignored; equal distances keep the candidates' order.
 */
export function nearest(wanted: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const text = wanted.toLowerCase().slice(0, LONGEST_COMPARED);
  if (text === '') return [];
  const scores = new Map<string, number>();
  for (const name of candidates) {
    const score = distanceScore(text, name.toLowerCase().slice(0, LONGEST_COMPARED));
    if (score !== null) scores.set(name, score);
  }
  return [...scores]
    .sort(([, a], [, b]) => a - b)
    .slice(0, limit)
    .map(([name]) => name);
}

/** Edits where they are few for the length, else a rank behind them for containment, else null: not near. */
function distanceScore(wanted: string, candidate: string): number | null {
  if (candidate === '') return null;
  const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
  const edits = editDistance(wanted, candidate, allowed);
  if (edits !== null) return edits;
  const shorter = wanted.length < candidate.length ? wanted : candidate;
  if (shorter.length < 2) return null;
  if (candidate.startsWith(wanted)) return LONGEST_COMPARED + candidate.length - wanted.length;
  if (candidate.includes(wanted) || wanted.includes(candidate)) {
    return 2 * LONGEST_COMPARED + Math.abs(candidate.length - wanted.length);
  }
  return null;
}

const COUNTS = new Int16Array(128);

/** Whether so few letters of each are missing in the other: an edit changes one in each at most. False is sure. */
function mayBeNear(a: string, b: string, allowed: number): boolean {
  COUNTS.fill(0);
  for (let index = 0; index < a.length; index += 1) count(a.charCodeAt(index), 1);
  for (let index = 0; index < b.length; index += 1) count(b.charCodeAt(index), -1);
  let missing = 0;
  let spare = 0;
  for (const one of COUNTS) {
    if (one > 0) missing += one;
    else spare -= one;
  }
  return Math.max(missing, spare) <= allowed;
}

/** Letters beyond ASCII count as others, so that words may seem nearer than they are. */
function count(code: number, by: number): void {
  const place = code & 127;
  COUNTS[place] = (COUNTS[place] ?? 0) + by;
}

/** Insertions, deletions, substitutions and swaps of neighbours; null above `allowed`. */
function editDistance(a: string, b: string, allowed: number): number | null {
  if (Math.abs(a.length - b.length) > allowed) return null;
  if (!mayBeNear(a, b, allowed)) return null;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(before, column - 2) + 1);
      current.push(cost);
    }
    if (smallest(current) > allowed) return null;
    before = previous;
    previous = current;
  }
  const edits = at(previous, b.length);
  return edits <= allowed ? edits : null;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
