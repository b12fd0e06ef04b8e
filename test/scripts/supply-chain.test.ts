/** What guards the supply chain says no where it must. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { temporaryDirectory } from '../helpers/temporary-directory';

const root = join(__dirname, '../..');
const directory = temporaryDirectory();
const hash = `sha512-${'A'.repeat(86)}==`;

function lockfile(packages: object, lockfileVersion = 3): { readonly status: number | null; readonly stderr: string } {
  const path = directory.write(
    'package-lock.json',
    JSON.stringify({ lockfileVersion, packages: { '': {}, ...packages } }),
  );
  return spawnSync(process.execPath, ['scripts/lockfile.mjs', path], { cwd: root, encoding: 'utf8' });
}

describe('the lock file', () => {
  test("the package's own is as it must be", () => {
    expect(spawnSync(process.execPath, ['scripts/lockfile.mjs'], { cwd: root, encoding: 'utf8' }).stderr).toBe('');
  });

  test('a package from the public registry, or from wherever npm is set to', () => {
    const resolved = 'https://registry.npmjs.org/a/-/a-1.0.0.tgz';
    const packages = { 'node_modules/a': { resolved, integrity: hash }, 'node_modules/b': { integrity: hash } };
    expect(lockfile(packages)).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    ['comes from https://elsewhere.example', { resolved: 'https://elsewhere.example/a.tgz', integrity: hash }],
    ['comes from', { resolved: 'git+ssh://git@github.com/a/b.git#0', integrity: hash }],
    [
      'comes from https://registry.npmjs.org.evil.example',
      { resolved: 'https://registry.npmjs.org.evil.example/a', integrity: hash },
    ],
    ["is another package's archive", { resolved: 'https://registry.npmjs.org/evil/-/evil-1.0.0.tgz', integrity: hash }],
    ['has no SHA-512 hash', {}],
    ['has no SHA-512 hash', { integrity: 'sha1-AAAA' }],
  ])('a package that %s', (what, entry) => {
    const { status, stderr } = lockfile({ 'node_modules/a': entry });
    expect(status).toBe(1);
    expect(stderr).toContain(`package-lock.json: node_modules/a ${what}`);
  });

  test('one of another version, or with nothing in it', () => {
    expect(lockfile({}, 1).stderr).toMatch(/lockfileVersion is 1[^]*names no packages/);
  });
});

function inScript(script: string, expression: string): unknown {
  const url = pathToFileURL(join(root, 'scripts', script)).href;
  const code = `const m = await import(${JSON.stringify(url)}); console.log(JSON.stringify(${expression}));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' }),
  );
}

test('advisories: high and bundled fails, the rest is said, and no answer is none', () => {
  const report = {
    vulnerabilities: {
      ws: { name: 'ws', severity: 'high', range: '<9' },
      yaml: { name: 'yaml', severity: 'moderate', range: '<3' },
      jest: { name: 'jest', severity: 'critical', range: '*' },
    },
  };
  const bundled = [{ name: 'ws' }, { name: 'yaml' }];
  expect(inScript('advisories.mjs', `m.judge(${JSON.stringify(report)}, ${JSON.stringify(bundled)})`)).toEqual({
    failing: ['ws <9: high, bundled'],
    others: ['yaml <3: moderate, bundled', 'jest *: critical'],
  });
  expect(inScript('advisories.mjs', 'm.judge({ error: {} }, [])')).toBeNull();
  expect(inScript('advisories.mjs', 'm.judge(null, [])')).toBeNull();
});

test('licences of what is bundled, and of nothing else', () => {
  const metafile = {
    outputs: {
      'dist/a.js': {
        inputs: {
          'node_modules/ws/lib/a.js': { bytesInOutput: 5 },
          'node_modules/jest/x.js': { bytesInOutput: 0 },
          'instead:node_modules/@oclif/core/lib/a.js': { bytesInOutput: 1 },
          'src/main.ts': { bytesInOutput: 9 },
        },
      },
    },
  };
  const text = inScript('third-party.mjs', `m.thirdPartyText([${JSON.stringify(metafile)}])`) as string;
  expect(text).toMatch(/@oclif\/core \d[^]*\(MIT\)[^]*ws \d[^]*\(MIT\)[^]*Permission is hereby granted/);
  expect(text).not.toContain('jest');
  const bad = directory.write('node_modules/bad/package.json', JSON.stringify({ name: 'bad', version: '1.0.0' }));
  expect(() => inScript('third-party.mjs', `m.packageLicence(${JSON.stringify(join(bad, '..'))})`)).toThrow(
    'says no licence',
  );
});

test('a release is published with provenance, by nobody who holds a token', () => {
  const workflow = parse(readFileSync(join(root, '.github/workflows/publish.yml'), 'utf8')) as {
    readonly permissions: object;
    readonly jobs: {
      readonly publish: { readonly permissions: object; readonly steps: readonly { readonly run?: string }[] };
    };
  };
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  const runs = workflow.jobs.publish.steps.map(({ run = '' }) => run);
  expect(runs.at(-1)).toContain('npm publish --provenance');
  for (const script of ['npm run check', 'npm run advisories', 'npm test']) expect(runs).toContain(script);
});
