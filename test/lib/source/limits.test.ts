/** Input that is small and grows, or that never ends: refused with the limit and the option, in bounded memory. */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import RouteCommand from '../../../src/commands/proxy-config/route';
import WorkloadCommand from '../../../src/commands/ztunnel-config/workload';
import CheckCommand from '../../../src/commands/check';
import TraceCommand from '../../../src/commands/proxy-config/trace';
import {
  allowInput,
  bounded,
  DEFAULT_LIMITS,
  limitOf,
  MOST_ENTRIES,
  MOST_MEMBERS,
  parseSize,
  sizeText,
} from '../../../src/lib/limits';
import { jsonOf, streamBody, textOfBody } from '../../../src/lib/source/body';
import { runCommand } from '../../helpers/run-command';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const MIB = 1 << 20;
const directory = temporaryDirectory();

afterEach(() => {
  allowInput(null);
});

const ADVICE = /--max-input \d+GiB.*MCTL_MAX_INPUT=\d+GiB/;

async function refused(
  command: Parameters<typeof runCommand>[0],
  argv: readonly string[],
  what: RegExp,
): Promise<void> {
  const before = process.memoryUsage().rss;
  const { exitCode, stdout, stderr } = await runCommand(command, argv);
  expect(stderr).toMatch(what);
  expect(stderr).toMatch(ADVICE);
  expect([exitCode, stdout]).toEqual([65, '']);
  expect(process.memoryUsage().rss - before).toBeLessThan(500 * MIB);
}

describe('a compressed file that grows as no dump does', () => {
  const blanks = gzipSync(Buffer.alloc(64 * MIB, ' '));
  const objects = gzipSync(`[{}${',{}'.repeat(20 * MIB)}]`);
  const text = gzipSync(`{"configs":[{"@type":"x.RoutesConfigDump","y":"${'a'.repeat(64 * MIB)}"}]}`);
  const dump = JSON.stringify({ configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump' }] });

  test.each([blanks, text])('is refused as a dump', async (bytes) => {
    await refused(RouteCommand, ['-f', directory.write('bomb.gz', bytes)], /bomb.gz is compressed as no dump is/);
  });

  test.each([
    ['kubernetes/pods.json', blanks],
    ['kubernetes/pods.json', objects],
    ['proxies/ns/p/iptables.txt', blanks],
    ['proxies/ns/p/iptables.txt', text],
    ['snapshot.json', objects],
    ['snapshot.json', text],
  ])('is refused as %s of a snapshot', async (name, bytes) => {
    const snapshot = temporaryDirectory();
    snapshot.write('proxies/ns/p/config_dump.json', dump);
    snapshot.write(`${name}.gz`, bytes);
    const argv = ['p.ns', 'http://x', '--snapshot', snapshot.path];
    await refused(TraceCommand, argv, new RegExp(`${name}.gz is (compressed as no dump is|larger than it may be)`));
  });

  test('is read where it is allowed', async () => {
    const path = directory.write('big.gz', gzipSync(`{"configs":[${' '.repeat(64 * MIB)}]}`));
    expect((await runCommand(RouteCommand, ['-f', path])).exitCode).toBe(65);
    const { stderr } = await runCommand(RouteCommand, ['-f', path, '--max-input', '1GiB']);
    expect(stderr).not.toContain('compressed as no dump');
    const { stderr: same } = await runCommand(RouteCommand, ['-f', path], { env: { MCTL_MAX_INPUT: '1GiB' } });
    expect(same).toBe(stderr);
  });
});

async function* endless(head: string, piece: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(head);
  const chunk = Buffer.from(piece.repeat(Math.ceil(MIB / piece.length)));
  for (;;) yield await Promise.resolve(chunk);
}

test('a stream that never ends is read to the limit', async () => {
  allowInput(100 * MIB);
  await expect(async () => {
    for await (const chunk of bounded('standard input', endless('', ' '))) expect(chunk.length).toBeGreaterThan(-1);
  }).rejects.toThrow('standard input is larger than it may be; the limit is 100 MiB');
});

test('a list of more entries than a dump has is refused', async () => {
  const head = '{"configs":[{"@type":"x.RoutesConfigDump","dynamic_route_configs":[{}';
  const path = directory.write('many.json', `${head}${',{}'.repeat(MOST_ENTRIES)}]}]}`);
  await refused(RouteCommand, ['-f', path], /more entries in \/configs\/0\/dynamic_route_configs/);
});

test.each([
  ['sections', '{"configs":[{}', ',{}', ']}', /more entries in \/configs than/],
  ['sections that are none', '{"configs":[1', ',1', ']}', /more entries in \/configs than/],
  ['names of a document', '{"configs":[]', ',"a":1', '}', /has more entries than/],
  [
    'members of a section',
    '{"configs":[{"@type":"x.RoutesConfigDump"',
    ',"a":1',
    '}]}',
    /more entries in \/configs\/0 than/,
  ],
])('too many %s', async (_what, head, repeated, tail, message) => {
  const path = directory.write('members.json', `${head}${repeated.repeat(MOST_MEMBERS)}${tail}`);
  await refused(RouteCommand, ['-f', path], message);
});

test.each([
  ['workloads', '{"workloads":[{"name":"a"}', ',{"name":"a"}', ']}', MOST_ENTRIES],
  ['names', '{"workloads":[]', ',"a":1', '}', MOST_MEMBERS],
])('a ztunnel of more %s than a dump has is refused', async (_what, head, repeated, tail, most) => {
  const path = directory.write('ztunnel.json', `${head}${repeated.repeat(most)}${tail}`);
  await refused(WorkloadCommand, ['-f', path], /has more entries(?: in \/workloads)? than a dump has/);
});

test('one text of more than the limit is refused, in a plain file, too', async () => {
  const head = '{"configs":[{"@type":"x.RoutesConfigDump","dynamic_route_configs":[{"a":"';
  const path = directory.write('long.json', `${head}${'a'.repeat(DEFAULT_LIMITS.value + MIB)}"}]}]}`);
  await refused(
    RouteCommand,
    ['-f', path],
    /a value, at byte \d+, that is longer than it may be; the limit is 128 MiB/,
  );
});

test('a document of more objects than fit in memory is refused before it is parsed', async () => {
  const body = streamBody('pods.json', Readable.from([Buffer.from(`[{}${',{}'.repeat(8_100_000)}]`)]));
  await expect(jsonOf(body)).rejects.toThrow(/pods.json has 8100002 objects and lists; the limit is 8000000/);
});

test('check files: size and aliases', async () => {
  const large = directory.write('large.yaml', `checks: []\n#${'x'.repeat(17 * MIB)}`);
  await refused(CheckCommand, [large, '-f', large], /large.yaml is larger than it may be; the limit is 16 MiB/);
  const lines = Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index},`.repeat(9)}]`);
  const laughs = directory.write('laughs.yaml', `a0: &a0 [x]\n${lines.join('\n')}\nchecks: []\n`);
  await refused(CheckCommand, [laughs, '-f', laughs], /laughs.yaml repeats parts of itself too often, by aliases/);
});

test('sizes', () => {
  expect(['1', '2KiB', '1.5M', '8gib', '1 TB'].map((text) => parseSize(text, '--max-input'))).toEqual([
    1,
    2048,
    1.5 * MIB,
    8 * 1024 * MIB,
    1024 ** 4,
  ]);
  for (const text of ['', '-1', 'x', '1e9', '0', '1QB'])
    expect(() => parseSize(text, '--max-input')).toThrow('it is not a size');
  expect([5, 2048, 1.5 * MIB, 3 * 1024 * MIB].map(sizeText)).toEqual(['5 bytes', '2 KiB', '1.5 MiB', '3 GiB']);
  expect(limitOf('document')).toBe(DEFAULT_LIMITS.document);
});

test('what is within the limits is read', async () => {
  expect(await textOfBody(streamBody('x', Readable.from([Buffer.from('abc')])))).toBe('abc');
});
