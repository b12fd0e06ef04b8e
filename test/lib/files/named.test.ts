import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { WriteError } from '../../../src/lib/files/file-error';
import { writeNamedFile } from '../../../src/lib/files/named';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => {
  directory.remove();
});

describe('writeNamedFile', () => {
  it('writes a new file, for its owner alone where asked to', async () => {
    const path = join(directory.path, 'a'.repeat(250));
    await writeNamedFile(path, ['one\n', '', 'two\n'], true);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory.path)).toHaveLength(1);
    await writeNamedFile(path, '');
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  it('follows a link and keeps the permissions of what is there', async () => {
    const file = directory.write('file', 'before');
    chmodSync(file, 0o640);
    const link = join(directory.path, 'link');
    symlinkSync('file', link);
    await writeNamedFile(link, 'after');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['after', 0o640]);
  });

  // Was: the device was replaced by a file.
  it('writes to a device or a pipe as it is', async () => {
    await writeNamedFile('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    const fifo = join(directory.path, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const read = new Promise<string>((resolve) => {
      void import('node:fs/promises').then(async ({ readFile }) => {
        resolve(await readFile(fifo, 'utf8'));
      });
    });
    await writeNamedFile(fifo, 'through');
    expect(await read).toBe('through');
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  it.each([
    ['no directory', 'none/file', 'no such file or directory'],
    ['a directory', 'directory', 'is a directory'],
    ['a file on the way', 'file/x', 'not a directory'],
    ['too long a name', 'x'.repeat(300), 'the name is too long'],
    ['a full device', '/dev/full', 'no space is left'],
    ['a NUL', 'a\0b', 'NUL'],
  ])('says what is wrong: %s', async (_what, name, why) => {
    mkdirSync(join(directory.path, 'directory'));
    directory.write('file', 'mine');
    const path = name.startsWith('/') ? name : `${directory.path}/${name}`;
    const writing = writeNamedFile(path, 'x');
    await expect(writing).rejects.toThrow(WriteError);
    await expect(writing).rejects.toThrow(why);
    expect(readdirSync(directory.path).sort()).toEqual(['directory', 'file']);
  });

  it('keeps what was there where the text cannot be made', async () => {
    const file = directory.write('file', 'before');
    const texts = function* (): Iterable<string> {
      yield 'x'.repeat(200_000);
      throw new RangeError('no more');
    };
    await expect(writeNamedFile(file, texts())).rejects.toThrow('no more');
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(directory.path)).toEqual(['file']);
  });
});
