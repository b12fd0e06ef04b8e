/**
 * RBAC and the filters around it: random policies and requests, allowed and denied alike, and a real Envoy's word on each.
 *
 * Without SEEDS the fixed list of `seeds.json` runs; with SEEDS=N, N fresh ones from FIRST_SEED or the clock.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Identities, makeIdentities } from './rbac/identity';
import { runSeed } from './rbac/run-seed';
import { describeWithEnvoy } from './rig/requirements';
import seeds from './seeds.json';

const fresh = Number(process.env['SEEDS'] ?? 0);
const first = Number(process.env['FIRST_SEED'] ?? (Math.floor(Date.now() / 1000) % 1_000_000) * 1000);
const list = fresh > 0 ? Array.from({ length: fresh }, (_, index) => first + index) : seeds.rbac;
const requests = Number(process.env['REQUESTS'] ?? 150);
const kinds: Record<string, number> = {};
let compared = 0;

describeWithEnvoy('RBAC', () => {
  let directory = '';
  let identities: Identities;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'mctl-identities-'));
    identities = makeIdentities(directory);
  });

  it.each(list)(
    'seed %d',
    async (seed) => {
      const result = await runSeed(seed, requests, identities);
      compared += result.compared;
      for (const [kind, count] of Object.entries(result.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count;
      expect(result.differences.join('\n')).toBe('');
      expect(result.compared).toBeGreaterThan(requests * 0.9);
    },
    120_000,
  );

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
    process.stdout.write(`${list.length} seeds: ${compared} decisions compared: ${JSON.stringify(kinds)}\n`);
  });
});
