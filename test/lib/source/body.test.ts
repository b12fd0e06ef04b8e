import { appendFileSync, rmSync } from 'node:fs';
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
    const whole = content[0] === 0x1f && content[1] === 0x8b ? BYTES : content;
    expect((await gathered(body.chunks())).equals(whole)).toBe(true);
    expect((await gathered(body.chunks())).equals(whole)).toBe(true);
  });

  it('reads a plain file at any place, after it was closed, too', () => {
    const file = fileBody(directory.write('pieces.json', BYTES)).open?.();
    const piece = Buffer.alloc(200_000);
    for (const offset of [0, 100_000, 5]) {
      expect(file?.read(piece, offset)).toBe(200_000);
      expect(BYTES.subarray(offset, offset + 200_000).equals(piece)).toBe(true);
    }
    expect(file?.read(piece, BYTES.length - 3)).toBe(3);
    expect(file?.read(piece, BYTES.length)).toBe(0);
    file?.close();
    file?.close();
    expect(file?.read(piece, 7)).toBe(200_000);
    expect(BYTES.subarray(7, 200_007).equals(piece)).toBe(true);
    file?.close();
  });

  it('does not open a compressed file', () => {
    expect(fileBody(directory.write('pieces.json.gz', gzipSync(BYTES))).open?.()).toBeNull();
  });

  it('says what is wrong with what cannot be opened or read', () => {
    expect(() => fileBody(`${directory.path}/none.json`).open?.()).toThrow('no such file or directory');
    expect(fileBody(directory.path).open?.()).toBeNull();
  });

  it('refuses to read a second time what was changed meanwhile', () => {
    const path = directory.write('changed.json', BYTES);
    const file = fileBody(path).open?.();
    const piece = Buffer.alloc(10);
    file?.read(piece, 0);
    appendFileSync(path, 'more');
    expect(file?.read(piece, 10)).toBe(10);
    expect(() => file?.read(piece, 0)).toThrow('was changed while it was read');
    file?.close();
    expect(() => file?.read(piece, 0)).toThrow('was changed while it was read');
    rmSync(path);
    file?.close();
    expect(() => file?.read(piece, 0)).toThrow('no such file');
  });
});
