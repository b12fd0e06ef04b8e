/** A cut that the build makes in another package fails it where it meets nothing any more. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

function runModule(script: string): { readonly status: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stderr };
}

/** Builds a bundle of this text with a plug-in of the build, and writes nothing. */
function buildWith(plugin: string, file: string, contents: string): { readonly status: number | null; stderr: string } {
  return runModule(`
    import { build } from 'esbuild';
    import { ${plugin} } from './scripts/${file}';
    const stdin = { contents: ${JSON.stringify(contents)}, resolveDir: '.' };
    await build({ stdin, bundle: true, write: false, platform: 'node', plugins: [${plugin}] }).catch(({ errors }) => {
      // The message has the first few alone.
      for (const { text } of errors) console.error(text);
      process.exitCode = 1;
    });`);
}

test.each([
  ['leanOclif', 'oclif.mjs', ['@oclif/core', 'supports-color', 'clean-stack', 'debug', 'the listener that throws']],
  ['leanClient', 'kubernetes.mjs', ['./gen/index.js', 'node-fetch', 'hpagent', 'openid-client']],
  ['clientApart', 'kubernetes.mjs', ['src/vendor/kubernetes.mjs']],
])('of %s', (plugin, file, cuts) => {
  const { status, stderr } = buildWith(plugin, file, 'export const nothing = 1;');
  expect(status).toBe(1);
  for (const cut of cuts) expect(stderr).toContain(`the cut of ${cut} meets nothing`);
});

test('one that meets its module does not', () => {
  const { status, stderr } = buildWith('clientApart', 'kubernetes.mjs', "import '../src/vendor/kubernetes.mjs';");
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('a module that exports less than its cut passes on fails the build', () => {
  const checked = (names: string): { readonly status: number | null; readonly stderr: string } =>
    runModule(`import { mustExport } from './scripts/cuts.mjs'; await mustExport('hpagent', ${names});`);
  expect(checked("'HttpProxyAgent'").status).toBe(0);
  const { status, stderr } = checked("'HttpProxyAgent', 'NoSuchAgent'");
  expect(status).toBe(1);
  expect(stderr).toContain('hpagent does not export NoSuchAgent any more');
});
