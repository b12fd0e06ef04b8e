/** What is written lands in the directory that was looked at, whatever becomes of its name meanwhile. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WriteError } from '../../../src/lib/files/file-error';
import { Folder } from '../../../src/lib/files/folder';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

let directory: TemporaryDirectory;
let inside: string;
let outside: string;
beforeEach(() => {
  directory = temporaryDirectory();
  inside = join(directory.path, 'inside');
  outside = join(directory.path, 'outside');
  for (const one of [inside, outside, join(inside, 'a')]) mkdirSync(one);
});
afterEach(() => {
  directory.remove();
});

/** A directory on the way becomes a link to outside. */
function swap(): void {
  renameSync(join(inside, 'a'), join(inside, 'b'));
  symlinkSync(outside, join(inside, 'a'));
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

it('a directory that becomes a link while its file is written redirects nothing', async () => {
  const folder = Folder.open(inside);
  function* pieces(): Iterable<Uint8Array> {
    yield bytes('one ');
    swap();
    yield bytes('two');
  }
  await folder.write(['a', 'x'], pieces(), { replaces: false });
  expect(readdirSync(outside)).toEqual([]);
  expect(readFileSync(join(inside, 'b', 'x'), 'utf8')).toBe('one two');
});

it('a directory that becomes a link before anything is written is refused', async () => {
  const folder = Folder.open(inside);
  const beforeWrite = (): Promise<void> => {
    swap();
    return Promise.resolve();
  };
  await expect(folder.write(['a', 'x'], [bytes('x')], { replaces: false, beforeWrite })).rejects.toThrow();
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(join(inside, 'b'))).toEqual([]);
});

it.each<[string, () => void]>([
  [
    'is taken away',
    () => {
      rmSync(join(inside, 'a'), { recursive: true });
    },
  ],
  ['becomes a link', swap],
  [
    'becomes a file',
    () => {
      rmSync(join(inside, 'a'), { recursive: true });
      writeFileSync(join(inside, 'a'), '');
    },
  ],
])('a directory that %s meanwhile is a fault of the place, and none of mctl', async (_what, change) => {
  const folder = Folder.open(inside);
  const beforeWrite = (): Promise<void> => {
    change();
    return Promise.resolve();
  };
  const written = folder.write(['a', 'x'], [bytes('x')], { replaces: false, beforeWrite });
  await expect(written).rejects.toBeInstanceOf(WriteError);
  await expect(written).rejects.toThrow(/^write .*\/a\/x: /);
  await expect(folder.remove(['a', 'x'])).resolves.toBeUndefined();
});

it('a file that becomes a link is not added to, and one behind a link is not removed', async () => {
  const folder = Folder.open(inside);
  writeFileSync(join(outside, 'x'), 'theirs');
  symlinkSync(join(outside, 'x'), join(inside, 'a', 'x'));
  await expect(folder.appender(['a', 'x'])).rejects.toThrow('is not the file that mctl wrote');
  swap();
  await folder.remove(['a', 'x']);
  expect(readFileSync(join(outside, 'x'), 'utf8')).toBe('theirs');
});
