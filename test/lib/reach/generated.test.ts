/**
 * Classes of generated configurations: disjoint, complete, and each random request ends as its class says. CONFIGURATIONS=N tries
 * N of them from FIRST on, for at most SECONDS.
 */
import fc from 'fast-check';
import type { Cell } from '../../../src/lib/algebra/cell';
import { classesAt } from '../../../src/lib/reach/classes';
import type { ReachClass } from '../../../src/lib/reach/explore';
import { type ClassOutcome, outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { queryOf, type ReachWay } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import type { Walked } from '../../../src/lib/reach/walked';
import { generatedProxy } from '../../helpers/generated-ways';
import { near, walked } from '../../helpers/reach';

const COUNT = Number(process.env['CONFIGURATIONS'] ?? 10);
const FIRST = Number(process.env['FIRST'] ?? 500);
/** Configurations of which a class once said otherwise than the trace. */
const ONCE_WRONG = [2090];
const SECONDS = Number(process.env['SECONDS'] ?? 30);
const REQUESTS = 20;
const MOST = 150;

const tally = { configurations: 0, requests: 0, classes: 0, exact: 0, cut: 0, algebra: 0 };

/** What is left of everything once all classes are taken away; null where it falls into too many parts. */
function leftOver(classes: readonly ReachClass<unknown>[], whole: readonly Cell[]): readonly Cell[] | null {
  let rest = whole;
  for (const { cell } of classes) {
    rest = rest.flatMap((one) => one.minus(cell));
    if (rest.length > 500) return null;
  }
  return rest;
}

function expectPartition(classes: readonly ReachClass<unknown>[], whole: readonly Cell[]): void {
  if (classes.length > 60) return;
  for (const [index, { cell }] of classes.entries()) {
    for (const other of classes.slice(index + 1)) expect(cell.isApartFrom(other.cell)).toBe(true);
  }
  const rest = leftOver(classes, whole);
  if (rest === null) return;
  expect(rest).toHaveLength(0);
  tally.algebra += 1;
}

async function tryWay(from: Walked, way: ReachWay, requests: number, seed: number): Promise<void> {
  const { classes, left, wanted, whole } = await classesAt(
    outcomesOf(from, () => true),
    way,
    [],
    MOST,
  );
  if (left > 0) {
    tally.cut += 1;
    return;
  }
  expectPartition(classes, whole);
  expectPartition(wanted, whole);
  tally.classes += classes.length;
  for (const values of fc.sample(near(classes.map(({ witness }) => witness)), { numRuns: requests, seed })) {
    const own = classes.filter(({ cell }) => cell.has(values));
    expect(own).toHaveLength(1);
    tally.requests += 1;
    const [found] = own as [ReachClass<ClassOutcome>];
    if (found.unsplit.length > 0) continue;
    tally.exact += 1;
    expect(outcomeKey(outcomeOf(await from.trace(queryOf(values, way))))).toBe(outcomeKey(found.result));
  }
}

it('divides generated configurations: a request is of one class, and ends as it says', async () => {
  const end = Date.now() + SECONDS * 1000;
  const wrong: string[] = [];
  for (const seed of [...ONCE_WRONG, ...Array.from({ length: COUNT }, (_unused, index) => FIRST + index)]) {
    if (Date.now() >= end) break;
    const { source, ways } = generatedProxy(seed);
    const from = walked(source);
    const chosen = Array.from({ length: 4 }, (_unused, index) => ways[(seed * 7 + index * 3) % ways.length]!);
    for (const way of chosen) {
      await tryWay(from, way, REQUESTS / 4, seed).catch((error: unknown) => {
        wrong.push(`configuration ${seed}, ${way.destination.ip}:${way.destination.port}: ${String(error)}`);
      });
    }
    tally.configurations += 1;
  }
  expect(tally.exact).toBeGreaterThan(tally.configurations);
  if (process.env['CONFIGURATIONS'] !== undefined) process.stderr.write(`${JSON.stringify(tally)}\n`);
  expect(wrong).toEqual([]);
}, 36_000_000);
