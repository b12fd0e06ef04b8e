/**
 * One sidecar: random configurations and requests, and a real Envoy's word on each. Without SEEDS the fixed list of `seeds.json`
 * runs; with SEEDS=N, N fresh ones from FIRST_SEED or the clock. KEEP=DIR keeps dumps and observations.
 */
import { describeDisagreement, seedsToRun, Tally } from './report';
import { describeWithEnvoy } from './rig/requirements';
import seeds from './seeds.json';
import { runSeed } from './sidecar/run-seed';

const REQUESTS = 150;
const list = seedsToRun(seeds.sidecar);
const tally = new Tally('a sidecar');

describeWithEnvoy('a sidecar', () => {
  it.each(list)(
    'seed %d',
    async (seed) => {
      const report = await runSeed(seed, REQUESTS, process.env['KEEP'] ?? null);
      tally.add(report);
      expect(report.disagreements.map(describeDisagreement).join('\n')).toBe('');
      expect(report.compared).toBeGreaterThan(REQUESTS);
    },
    120_000,
  );

  afterAll(() => {
    tally.print();
  });
});
