/**
 * Inputs of every sort with one or two places changed, over all commands: an answer, or an error that says what is wrong.
 * `npm run fuzz` makes more of them; see docs/robustness.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, type Finding, report } from './bench';

/** The cluster's client is an ES module, which jest cannot load as it stands. */
jest.mock('../../src/vendor/kubernetes.mjs', () => jest.requireActual('../../dist/kubernetes.js'), { virtual: true });

const COUNT = 200;

it(`${COUNT} changed inputs over all commands`, async () => {
  const bench = new Bench();
  const findings: Finding[] = [];
  await bench.open();
  try {
    for (let seed = 1; seed <= COUNT; seed++) findings.push(...(await bench.call(seed)).findings);
  } finally {
    await bench.close();
  }
  expect(report(findings)).toBe('');
});

it('every command is among them', () => {
  const bench = new Bench();
  const { commands } = JSON.parse(readFileSync(join(__dirname, '../../oclif.manifest.json'), 'utf8')) as {
    readonly commands: Readonly<Record<string, unknown>>;
  };
  const missing = new Set(
    Object.keys(commands).map((id) => id.replace('proxy-config:', 'pc ').replace('ztunnel-config:', 'zc ')),
  );
  for (let seed = 1; seed <= 20_000 && missing.size > 0; seed++) {
    const { argv } = bench.describe(seed);
    missing.delete(argv[0] ?? '');
    missing.delete(argv.slice(0, 2).join(' '));
  }
  expect([...missing]).toEqual([]);
});
