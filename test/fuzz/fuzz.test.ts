/**
 * Any field of a dump changed to any value: an answer, or an error that says what is wrong. FUZZ_COUNT and FUZZ_SEED make a
 * longer run; see docs/robustness.md.
 */
import { fuzz, report } from './run';

const COUNT = Number(process.env['FUZZ_COUNT'] ?? 150);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

it(`${COUNT} mutated inputs over all commands`, async () => {
  const figures = await fuzz(SEED, COUNT);
  if (process.env['FUZZ_COUNT'] !== undefined) {
    const memory = Math.round(process.resourceUsage().maxRSS / 1024);
    process.stdout.write(`${JSON.stringify({ ...figures, findings: figures.findings.length, memoryMiB: memory })}\n`);
  }
  expect(report(figures)).toBe('');
}, 7_200_000);
