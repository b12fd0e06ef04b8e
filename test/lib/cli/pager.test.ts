import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pagerCommand } from '../../../src/lib/cli/pager';
import { Streams } from '../../../src/lib/cli/streams';

const directory = mkdtempSync(join(tmpdir(), 'mctl-pager-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const LONG = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

/** A directory in which there is cat, and no less. */
function cat(within: string): string {
  symlinkSync('/bin/cat', join(within, 'cat'));
  return within;
}

/** Streams whose stdout is a terminal of 80 by 24. */
function terminal(env: Record<string, string>, isTTY = true) {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const streams = new Streams({ stdin: new PassThrough(), stdout, stderr, env: { PATH: process.env['PATH'], ...env } });
  const said = (stream: PassThrough): string => String(stream.read() ?? '');
  return { streams, out: () => said(stdout), err: () => said(stderr) };
}

const pagedTo = (name: string): string => readFileSync(join(directory, name), 'utf8');

test('colours take no place on the screen', async () => {
  const { streams, out } = terminal({ PAGER: `cat > ${join(directory, 'coloured')}` });
  const line = `\u001b[1m${'x'.repeat(78)}\u001b[0m\n`;
  await streams.write(line.repeat(23), 'styled');
  await streams.flush();
  expect(out()).toBe(line.repeat(23));
});

test('what is longer than the screen goes through $PAGER, and remarks follow it', async () => {
  const { streams, out, err } = terminal({ PAGER: `cat > ${join(directory, 'long')}` });
  await streams.write(LONG);
  streams.note('a remark');
  expect(err()).toBe('');
  await streams.write('the end\n');
  await streams.flush();
  expect([pagedTo('long'), out(), err()]).toEqual([`${LONG}the end\n`, '', 'a remark\n']);
});

test('a line that is broken counts as several', async () => {
  const { streams, out } = terminal({ PAGER: `cat > ${join(directory, 'wide')}` });
  await streams.write('x'.repeat(80 * 24));
  await streams.flush();
  expect([pagedTo('wide').length, out()]).toEqual([80 * 24, '']);
});

test.each([
  ['what fits the screen', {}, 'one\n'.repeat(23), true, true],
  ['with --no-pager', {}, LONG, true, false],
  ['with PAGER=cat', { PAGER: 'cat' }, LONG, true, true],
  ['to a pipe', {}, LONG, false, true],
])('not so %s', async (_what, env, text, isTTY, pager) => {
  const { streams, out } = terminal({ PAGER: `cat > ${join(directory, 'never')}`, ...env }, isTTY);
  streams.behave({ colour: 'auto', pager });
  await streams.write(text);
  await streams.flush();
  expect(out()).toBe(text);
});

test('nothing is lost where the pager cannot be run, and a person may leave it early', async () => {
  const missing = terminal({ PAGER: 'no-such-pager-anywhere 2>/dev/null' });
  await missing.streams.write(LONG);
  await missing.streams.flush();
  expect(missing.out()).toBe(LONG);
  const left = terminal({ PAGER: 'true' });
  await left.streams.write(LONG.repeat(20_000));
  await left.streams.flush();
  expect(left.out()).toBe('');
});

test('less is taken where PAGER says nothing, and all is printed where it is not installed', () => {
  const command = pagerCommand({}) ?? '';
  const run = execFileSync('/bin/sh', ['-c', command], {
    input: 'all',
    encoding: 'utf8',
    env: { PATH: cat(directory) },
  });
  expect(run).toBe('all');
  expect(pagerCommand({ PAGER: ' ' })).toBeNull();
  expect(pagerCommand({ PAGER: 'more' })).toBe('more');
});

test('--color beats the environment', () => {
  const { streams } = terminal({ NO_COLOR: '1' }, false);
  streams.behave({ colour: 'always', pager: true });
  expect(streams.colour).toBe(true);
  streams.behave({ colour: 'never', pager: true });
  expect(terminal({ FORCE_COLOR: '1' }).streams.colour).toBe(true);
  expect(streams.colour).toBe(false);
});
