/** The package as another project uses it: by its name, with its types. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const directory = temporaryDirectory();

beforeAll(() => {
  mkdirSync(join(directory.path, 'node_modules'));
  symlinkSync(ROOT, join(directory.path, 'node_modules/mctl'));
});

afterAll(() => {
  directory.remove();
});

const node = (file: string): any => JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8' }));

const ASK = `
const mesh = await loadSample();
const request = { proxy: 'productpage-v1.bookinfo', url: 'http://reviews:9080/', headers: { 'end-user': 'luffy' } };
const traced = await trace(mesh, request);
const report = await check(mesh, 'proxy: productpage-v1.bookinfo\\nchecks: [{request: {url: http://reviews:9080/}, expect: {status: 404}}]');
const findings = await lint(mesh, 'productpage-v1.bookinfo');
const failure = await trace(mesh, { ...request, proxy: 'none.bookinfo' }).catch((error) => [error instanceof UnavailableError, error.exitCode]);
const proxies = await mesh.proxies();
await mesh.close();
console.log(JSON.stringify({ verdict: traced.verdict, unmet: unmetExpectations(traced, { verdict: 'denied' }), failed: report.failed, rules: findings.map((one) => one.rule), failure, proxies: proxies.length }));
`;

const EXPECTED = {
  verdict: 'delivered',
  unmet: [{ key: 'verdict', expected: 'denied', actual: 'delivered' }],
  failed: 1,
  rules: ['subset-without-endpoints', 'subset-without-endpoints'],
  failure: [true, 69],
  proxies: 5,
};

describe('the library', () => {
  const names = '{ loadSample, trace, check, lint, unmetExpectations, UnavailableError }';

  it('is imported', () => {
    expect(node(directory.write('a.mjs', `import ${names} from 'mctl';${ASK}`))).toEqual(EXPECTED);
  });

  it('is required', () => {
    expect(node(directory.write('a.cjs', `const ${names} = require('mctl'); (async () => {${ASK}})();`))).toEqual(
      EXPECTED,
    );
  });

  it('has types that a strict project takes', () => {
    const file = directory.write(
      'a.ts',
      `import { loadSnapshot, trace, type Trace, type TraceRequest } from 'mctl';
export async function verdict(request: TraceRequest): Promise<Trace['verdict']> {
  const mesh = await loadSnapshot('./mesh', { onNote: (line: string) => line.length });
  const { verdict, hops } = await trace(mesh, request);
  const cluster: string | undefined = hops[0]?.clusters[0]?.name;
  // @ts-expect-error a verdict is no number
  const wrong: number = verdict;
  return cluster === undefined ? 'unknown' : verdict;
}`,
    );
    const flags = ['--noEmit', '--strict', '--module', 'node16', '--moduleResolution', 'node16', '--target', 'es2022'];
    const types = ['--typeRoots', join(ROOT, 'node_modules/@types')];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    expect(execFileSync(process.execPath, [tsc, ...flags, ...types, file], { encoding: 'utf8' })).toBe('');
  }, 60_000);
});
