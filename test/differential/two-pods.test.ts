/**
 * Two pods: real capture rules, real Envoys on both sides, mutual TLS and authorization; the whole path of each request is held
 * against both access logs and the packet counters of the rules. SEEDS, FIRST_SEED and KEEP as for one sidecar.
 */
import { describeDisagreement, seedsToRun, Tally } from './report';
import { describeWithEnvoy } from './rig/requirements';
import seeds from './seeds.json';
import { runMesh } from './two-pods/run-mesh';

const REQUESTS = 40;
const list = seedsToRun(seeds.twoPods);
const tally = new Tally('two pods');

describeWithEnvoy('two pods', () => {
  it.each(list)(
    'seed %d',
    async (seed) => {
      const report = await runMesh(seed, REQUESTS, process.env['KEEP'] ?? null);
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
