/** What has no end and no line is refused with the limit, whatever reads it: a device, a pipe from something that never stops. */
import { Readable } from 'node:stream';
import { linesOf } from '../../src/lib/cli/access-log/read-lines';
import { boundedText } from '../../src/lib/files/bounded-text';
import type { Streams } from '../../src/lib/cli/streams';
import { runLine } from '../helpers/run-line';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const dump = directory.write('dump.json', '{"configs": []}');

afterAll(() => {
  directory.remove();
});

test('a log', async () => {
  const { exitCode, stderr } = await runLine(['replay', '/dev/zero', '-f', dump]);
  expect(stderr).toContain('/dev/zero has a line that is longer than it may be');
  expect(stderr).toContain('--max-input');
  expect(exitCode).toBe(65);
});

test('a kubeconfig', () => {
  expect(() => boundedText('/dev/zero', 'checks')).toThrow('/dev/zero is larger than it may be; the limit is 16 MiB');
  expect(boundedText(dump, 'checks')).toBe('{"configs": []}');
});

test('lines without number are read one by one', async () => {
  const chunk = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024));
  const stdin = Readable.from(
    (function* (): Generator<Buffer> {
      for (let index = 0; index < 200; index += 1) yield chunk;
    })(),
  );
  let lines = 0;
  for await (const line of linesOf('-', { stdin } as unknown as Streams)) lines += line.length === 1023 ? 1 : 0;
  expect(lines).toBe(200 * 1024);
});
