/**
 * Access logs that a real Envoy wrote, replayed: every line must agree with the configuration that Envoy had, and of another
 * configuration's log some must not.
 */
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ReplayResult } from '../../src/lib/access-log/replay';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { makeCalls } from './generate/calls';
import { seedsToRun } from './report';
import { istioLog } from './rig/access-log';
import { describeWithEnvoy } from './rig/requirements';
import { Refused, SidecarRig } from './sidecar/rig';

const BIN = join(__dirname, '../../bin/run.js');
const REQUESTS = 80;

interface Recorded {
  readonly log: string;
  readonly source: readonly string[];
}

const files = temporaryDirectory();

async function recorded(seed: number): Promise<Recorded> {
  for (let attempt = 0; ; attempt++) {
    try {
      const { rig, setting } = await SidecarRig.start(seed + attempt * 1_000_003);
      try {
        await rig.observe(makeCalls(setting, REQUESTS));
        const { configDump, clusters } = await rig.dump();
        const log = files.write(`${seed}.log`, readFileSync(istioLog(rig.accessLog), 'utf8'));
        const dump = files.write(`${seed}.config_dump.json`, configDump);
        return { log, source: ['-f', dump, '-f', files.write(`${seed}.clusters.json`, clusters)] };
      } finally {
        await rig.stop();
      }
    } catch (error) {
      if (!(error instanceof Refused) || attempt === 9) throw error;
    }
  }
}

function replay(log: string, source: readonly string[]): ReplayResult {
  const ran = spawnSync(process.execPath, [BIN, 'replay', log, ...source, '-o', 'json', '--show-secrets'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as ReplayResult;
}

describeWithEnvoy('access logs', () => {
  it.each(seedsToRun([11, 12, 13, 500, 502]))(
    'seed %d',
    async (seed) => {
      const { log, source } = await recorded(seed);
      const result = replay(log, source);
      expect(result.lines).toBeGreaterThan(REQUESTS / 3);
      expect(result.groups.filter(({ kind }) => kind === 'differ')).toEqual([]);
      expect(result.agree).toBeGreaterThan(result.lines / 2);
    },
    120_000,
  );

  it('of another configuration differ', async () => {
    const [one, other] = [await recorded(21), await recorded(22)];
    expect(replay(one.log, other.source).differ).toBeGreaterThan(0);
  }, 120_000);
});
