/**
 * One sidecar: random configurations and requests, and a real Envoy's word on each.
 *
 * Without SEEDS the fixed list of `seeds.json` runs; with SEEDS=N, N fresh ones from FIRST_SEED or the clock. KEEP=DIR keeps dumps
 * and observations.
 */
import { describeWithEnvoy } from './rig/requirements';
import seeds from './seeds.json';
import { type Disagreement, runSeed } from './sidecar/run-seed';

const fresh = Number(process.env['SEEDS'] ?? 0);
const first = Number(process.env['FIRST_SEED'] ?? (Math.floor(Date.now() / 1000) % 1_000_000) * 1000);
const list = fresh > 0 ? Array.from({ length: fresh }, (_, index) => first + index) : seeds.sidecar;
const requests = Number(process.env['REQUESTS'] ?? 150);
const total = { requests: 0, compared: 0, differ: 0 };

function describeDisagreement({ call, differences }: Disagreement): string {
  const lines = differences.map(
    ({ what, envoy, mctl }) => `    ${what}: Envoy ${JSON.stringify(envoy)}, mctl ${JSON.stringify(mctl)}`,
  );
  return [`  ${JSON.stringify(call)}`, ...lines].join('\n');
}

describeWithEnvoy('a sidecar', () => {
  it.each(list)(
    'seed %d',
    async (seed) => {
      const report = await runSeed(seed, requests, process.env['KEEP'] ?? null);
      const differ = report.disagreements.reduce((sum, { differences }) => sum + differences.length, 0);
      total.requests += report.requests;
      total.compared += report.compared;
      total.differ += differ;
      expect(report.disagreements.map(describeDisagreement).join('\n')).toBe('');
      expect(report.compared).toBeGreaterThan(requests);
    },
    120_000,
  );

  afterAll(() => {
    process.stdout.write(
      `${list.length} seeds, ${total.requests} requests: ${total.compared} decisions compared, ${total.differ} differ\n`,
    );
  });
});
