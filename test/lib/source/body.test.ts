import { appendFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileBody } from '../../../src/lib/source/body';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

let directory: TemporaryDirectory;
beforeAll(() => {
  directory = temporaryDirectory();
});
afterAll(() => {
  directory.remove();
});

const BYTES = Buffer.from(Array.from({ length: 600_000 }, (_, index) => (index * 7) % 251));

async function gathered(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Buffer.concat(parts);
}

describe('fileBody', () => {
  it.each([
    ['plain', BYTES],
    ['compressed', gzipSync(BYTES)],
    ['empty', Buffer.alloc(0)],
    ['of one byte', Buffer.from('x')],
  ])('passes the bytes of a %s file, as often as asked', async (_what, content) => {
    const body = fileBody(directory.write('some.json', content));
    const whole = await gathered(body.chunks());
    expect((await gathered(body.passing?.() ?? body.chunks())).equals(whole)).toBe(true);
    expect((await gathered(body.passing?.() ?? body.chunks())).equals(whole)).toBe(true);
  });

  it('reads pieces again where they stand', () => {
    const read = fileBody(directory.write('pieces.json', BYTES)).reopen?.();
    expect(BYTES.subarray(5, 15).equals(read?.(5, 10) ?? BYTES)).toBe(true);
    expect(BYTES.subarray(100_000, 300_000).equals(read?.(100_000, 200_000) ?? BYTES)).toBe(true);
  });

  it('has no pieces of a compressed file', () => {
    expect(fileBody(directory.write('pieces.json.gz', gzipSync(BYTES))).reopen?.()).toBeNull();
  });

  it('refuses pieces of a file that was changed meanwhile', () => {
    const path = directory.write('changed.json', BYTES);
    const read = fileBody(path).reopen?.();
    appendFileSync(path, 'more');
    expect(() => read?.(0, 10)).toThrow('was changed while it was read');
  });
});
