/** Files that are made from others are current, and what checks them says no where it must. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

const root = join(__dirname, '../..');
const { version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bins = Object.values<string>(bin).map((path) => `package/${path}`);

function inScript(script: string, expression: string): any {
  const url = pathToFileURL(join(root, 'scripts', script)).href;
  const code = `const m = await import(${JSON.stringify(url)}); console.log(JSON.stringify(${expression}));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
}

test.each([['man.mjs'], ['role.mjs'], ['krew.mjs'], ['links.mjs']])('%s finds nothing', (script) => {
  const run = spawnSync(process.execPath, [join(root, 'scripts', script), '--check'], { encoding: 'utf8', cwd: root });
  expect([run.stderr, run.status]).toEqual(['', 0]);
});

describe('krew.yaml', () => {
  const own = parse(readFileSync(join(root, 'krew.yaml'), 'utf8'));
  const faults = (change: (manifest: any) => void): string[] => {
    const manifest = structuredClone(own);
    change(manifest);
    const known = JSON.stringify({ name: 'mctl', version, bins });
    return inScript('krew.mjs', `m.krewFaults(${JSON.stringify(manifest)}, ${known})`);
  };

  it('names a file that the package has', () => {
    for (const { bin: path } of own.spec.platforms) {
      expect(existsSync(join(root, path.replace(/^package\//, '')))).toBe(true);
    }
  });

  it.each<[string, (manifest: any) => void]>([
    ['apiVersion', (one) => (one.apiVersion = 'v1')],
    ['kind', (one) => (one.kind = 'Plug')],
    ['metadata.name', (one) => (one.metadata.name = 'con')],
    ['shortDescription', (one) => (one.spec.shortDescription = 'a\nb')],
    ['version', (one) => (one.spec.version = '0.1.0')],
    ['platforms', (one) => (one.spec.platforms = [])],
    ['sha256', (one) => (one.spec.platforms[0].sha256 = 'abc')],
    ['uri', (one) => (one.spec.platforms[0].uri = 'ftp://x')],
    ['bin', (one) => (one.spec.platforms[0].bin = 'mctl')],
    ['files', (one) => (one.spec.platforms[0].files = [])],
    ['selector', (one) => (one.spec.platforms[0].selector = { matchLabels: { libc: 'musl' } })],
  ])('is refused for its %s', (what, change) => {
    expect(faults(() => undefined)).toEqual([]);
    expect(faults(change).join('\n')).toContain(what);
  });
});

test('a link that leads to nothing, or to no heading, is found', () => {
  const path = JSON.stringify(join(root, 'docs/trace.md'));
  const text = JSON.stringify(
    '[a](none.md) [b](check-files.md#no-heading) [c](check-files.md#matrices) `[d](x.md)` [e](https://x)',
  );
  expect(inScript('links.mjs', `m.linkFaults(${path}, ${text})`)).toEqual([
    'none.md leads to nothing',
    'check-files.md#no-heading leads to no heading',
    'x.md leads to nothing',
  ]);
});

test('a clone that was not built says what to do', () => {
  const run = spawnSync(
    process.execPath,
    [
      '-e',
      `
    const fs = require('node:fs'), real = fs.existsSync;
    fs.existsSync = (path) => !String(path).endsWith('main.js') && real(path);
    process.argv = [process.argv[0], 'mctl', 'pc'];
    require(${JSON.stringify(join(root, 'bin/run.js'))});`,
    ],
    { encoding: 'utf8' },
  );
  expect([run.status, run.stderr]).toEqual([
    69,
    expect.stringMatching(/^Error: mctl is not built: .*\nIn a clone, run: npm ci/),
  ]);
});
