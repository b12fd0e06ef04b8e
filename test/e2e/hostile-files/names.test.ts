/** Names that hold escapes, newlines, markup and commands of runners make no line of any output, with every Node. */
import { gzipSync } from 'node:zlib';
import { callsOn, hostileDirectory, hostileText, NODES, type Ran, runWith } from '../../helpers/hostile-files';
import { runLine } from '../../helpers/run-line';
import { expectWellFormed } from '../../helpers/well-formed';

const directory = hostileDirectory('inject.json', 'forge.json', 'ghroute.json', 'gh.yaml', 'hostile-check.yaml');
const { at } = directory;
const calls = callsOn(directory, at('inject.json'), at('ghroute.json'));

const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const ANNOTATION = /^::error file=[^,:]+\.yaml,line=\d+,title=[^,:]*::/;

/** Formats whose text is another with a runner than without. */
const FOR_RUNNERS = /^(?:short|wide|table|name|pretty|tap|text|tree)$/;

/** Neither stream holds what a terminal or a runner obeys, but for mctl's own annotations. */
function expectInert({ stdout, stderr }: Ran): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(HIDDEN);
    expect(text).not.toMatch(/##\[/);
    for (const line of text.split('\n').filter((one) => /^\s*::[a-z]/i.test(one))) expect(line).toMatch(ANNOTATION);
  }
}

describe.each(NODES)('with %s', (node) => {
  test.each(calls)('%s, to a runner and to a pipe', (id, own) => {
    for (const { format, argv } of own) {
      const toRunner = runWith(node, argv, { env: { GITHUB_ACTIONS: 'true' } });
      expect([argv, [0, 1, 65].includes(toRunner.status ?? -1)]).toEqual([argv, true]);
      expectInert(toRunner);
      if (toRunner.status !== 65) expectWellFormed(format, toRunner.stdout);
      // `short` to a program is istioctl's, to the byte.
      if (!FOR_RUNNERS.test(format) || (format === 'short' && id.startsWith('proxy-config'))) continue;
      const toPipe = runWith(node, argv);
      expect(toPipe.stdout).not.toMatch(HIDDEN);
      expect(toPipe.stderr).not.toMatch(HIDDEN);
    }
  });

  test.each(['pretty', 'tap', 'junit', 'json', 'yaml'])('check -o %s of names that are hostile', (format) => {
    for (const env of [{}, { GITHUB_ACTIONS: 'true' }]) {
      const argv = ['check', at('hostile-check.yaml'), '-f', at('inject.json'), '-o', format];
      const ran = runWith(node, argv, { env });
      expect(ran.status).toBe(1);
      if ('GITHUB_ACTIONS' in env) expectInert(ran);
      expect(ran.stdout).not.toMatch(HIDDEN);
      expect(ran.stderr).not.toMatch(HIDDEN);
      expectWellFormed(format, ran.stdout);
      // One line of the text for each name, whatever stands in it.
      if (format === 'tap') expect(ran.stdout.match(/^(?:not )?ok \d/gm)).toHaveLength(3);
    }
  });

  test('a route called like a command of GitHub', () => {
    const ran = runWith(node, ['check', at('gh.yaml'), '-f', at('ghroute.json')], { env: { GITHUB_ACTIONS: 'true' } });
    expect(ran.status).toBe(1);
    expectInert(ran);
    expect(ran.stderr.match(/^::error /gm)).toHaveLength(1);
    // The same from a compressed file.
    const packed = directory.write('gh.json.gz', gzipSync(hostileText('ghroute.json')));
    expect(runWith(node, ['check', at('gh.yaml'), '-f', packed]).status).toBe(1);
  });

  test.each(['short', 'table', 'wide', 'name'])('proxy-status -o %s has one row a proxy', (format) => {
    const { status, stdout, stderr } = runWith(node, ['proxy-status', '-f', at('forge.json'), '-o', format]);
    expect(status).toBe(0);
    const rows = stdout.split('\n').filter((line) => line.includes('p1'));
    expect(rows).toHaveLength(1);
    expect(stdout + stderr).not.toMatch(/^mctl: all 240/m);
  });

  test.each(['short', 'wide'])('diff -o %s makes no line of a name', (format) => {
    const { stdout, stderr } = runWith(node, ['diff', at('forge.json'), at('inject.json'), '-o', format]);
    expect(stdout + stderr).not.toMatch(/^mctl: all 240|^::error/m);
    expect(stdout + stderr).not.toMatch(HIDDEN);
  });
});

test.each(calls)('%s, to a terminal', async (_id, own) => {
  for (const { argv } of own) {
    const { stdout, stderr } = await runLine([...argv, '--no-pager'], { terminal: 80, env: { NO_COLOR: '1' } });
    expect(stdout).not.toMatch(HIDDEN);
    // mctl's own bar begins its line anew.
    expect(stderr.replaceAll('\r\u001b[K', '')).not.toMatch(HIDDEN);
  }
});
