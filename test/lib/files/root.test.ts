import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { InputError, UnavailableError } from '../../../src/lib/errors';
import { RefusedPath } from '../../../src/lib/files/file-error';
import { chunksOf, openPlain } from '../../../src/lib/files/readable';
import { Root } from '../../../src/lib/files/root';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

const SECRET = 'root:x:0:0';
let directory: TemporaryDirectory;
let inside: string;
let outside: string;
beforeEach(() => {
  directory = temporaryDirectory();
  inside = join(directory.path, 'inside');
  mkdirSync(inside);
  outside = directory.write('outside/secret', SECRET);
});
afterEach(() => {
  directory.remove();
});

const read = async (path: readonly string[]): Promise<string | null> => {
  const file = new Root(inside).file(path);
  if (file === null) return null;
  const parts: Uint8Array[] = [];
  for await (const chunk of chunksOf(file)) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
};

describe('Root', () => {
  it('reads files and links that stay inside', async () => {
    directory.write('inside/a/b.json', 'content');
    symlinkSync('a', join(inside, 'link'));
    symlinkSync('link/b.json', join(inside, 'chain'));
    expect(await read(['a', 'b.json'])).toBe('content');
    expect(await read(['link', 'b.json'])).toBe('content');
    expect(await read(['chain'])).toBe('content');
    await expect(read(['a'])).rejects.toThrow('a is a directory, and not a file');
    expect(await read(['none', 'b.json'])).toBeNull();
    expect(await read(['a', 'b.json', 'c'])).toBeNull();
    expect(new Root(inside).entries([])).toEqual([
      { name: 'a', kind: 'directory' },
      { name: 'chain', kind: 'file' },
      { name: 'link', kind: 'directory' },
    ]);
  });

  it('takes a root that is a link itself: the user named it', () => {
    directory.write('inside/b.json', 'content');
    symlinkSync(inside, join(directory.path, 'alias'));
    const file = new Root(join(directory.path, 'alias')).file(['b.json']);
    expect(file?.label).toBe(join(directory.path, 'alias', 'b.json'));
  });

  it.each([
    ['a link to a file', () => outside],
    ['a relative link', () => '../outside/secret'],
    ['a link to a directory', () => join(directory.path, 'outside')],
    ['a link to the root of all', () => '/'],
    ['a device', () => '/dev/zero'],
    ['a link that leads nowhere', () => join(directory.path, 'none')],
    ['a link into what cannot be looked at', () => '/proc/1/root/x/y'],
    ['a link to itself', () => 'link'],
  ])('refuses %s by its name', (_what, target) => {
    symlinkSync(target(), join(inside, 'link'));
    const root = new Root(inside);
    for (const look of [() => root.file(['link']), () => root.file(['link', 'secret']), () => root.entries([])]) {
      expect(look).toThrow(RefusedPath);
      expect(look).toThrow(`${join(inside, 'link')} is a link that leads`);
      expect(look).not.toThrow(SECRET);
    }
    // What is not wanted does not disturb.
    expect(root.entries([], (name) => name !== 'link')).toEqual([]);
  });

  it('refuses a FIFO and a socket without opening them', async () => {
    execFileSync('mkfifo', [join(inside, 'fifo')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(inside, 'socket'), resolve));
    try {
      const root = new Root(inside);
      expect(() => root.file(['fifo'])).toThrow('fifo is a FIFO, and not a file');
      expect(() => root.file(['socket'])).toThrow('socket is a socket, and not a file');
      expect(() => root.entries([])).toThrow(RefusedPath);
    } finally {
      server.close();
    }
  });

  it('notices what is put in a file’s place between being looked at and opened', async () => {
    directory.write('inside/a/b.json', 'content');
    const root = new Root(inside);
    const file = root.file(['a', 'b.json']);
    renameSync(join(inside, 'a'), join(inside, 'c'));
    mkdirSync(join(directory.path, 'evil'));
    writeFileSync(join(directory.path, 'evil/b.json'), SECRET);
    symlinkSync(join(directory.path, 'evil'), join(inside, 'a'));
    expect(() => file!.openSync()).toThrow(RefusedPath);
    await expect(file!.open()).rejects.toThrow(RefusedPath);
    expect(() => openPlain(file!)).toThrow(RefusedPath);
    rmSync(join(inside, 'a'));
    expect(() => openPlain(file!)).toThrow(UnavailableError);
  });

  it('reads a text up to a size, and says which file is larger', () => {
    directory.write('inside/a', '12345');
    const root = new Root(inside);
    expect(root.text(['a'], 5)).toBe('12345');
    expect(root.text(['b'], 5)).toBeNull();
    expect(() => root.text(['a'], 4)).toThrow(InputError);
  });

  it('says what the system says', () => {
    expect(() => new Root(join(directory.path, 'none'))).toThrow('no such file or directory');
    expect(() => new Root(outside)).toThrow('is a file');
    expect(() => new Root(join(directory.path, 'x'.repeat(300)))).toThrow('the name is too long for the file system');
    expect(() => new Root('a\0b')).toThrow('the path has a NUL character in it');
    if (process.getuid?.() === 0) return;
    directory.write('inside/a', '');
    chmodSync(join(inside, 'a'), 0);
    expect(() => new Root(inside).file(['a'])?.openSync()).toThrow('permission denied');
  });

  it.each(['', '.', '..', 'a/b', '/etc/passwd', 'a\0b', '../outside/secret'])('refuses the name %j', (name) => {
    const root = new Root(inside);
    expect(() => root.file([name])).toThrow(RefusedPath);
    expect(() => root.entries(['a', name])).toThrow(RefusedPath);
  });

  it('never reads what is outside, whatever the names and links', async () => {
    const name = fc.constantFrom('a', 'b', 'c', '..', '.', '', 'secret', 'outside', 'a/..', '../outside');
    const target = fc.oneof(
      fc.array(fc.constantFrom('..', '.', 'a', 'b', 'c', 'secret', 'outside', 'inside'), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.constantFrom(['/'], ['', 'dev', 'null'], ['', 'proc', 'self', 'root']),
    );
    const thing = fc.record({
      at: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
      link: fc.option(target),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(thing, { maxLength: 6 }),
        fc.array(fc.array(name, { minLength: 1, maxLength: 5 }), { minLength: 3, maxLength: 8 }),
        async (things, paths) => {
          rmSync(inside, { recursive: true });
          mkdirSync(inside);
          for (const { at, link } of things) {
            // Every directory on the way is the test's own: through a link, it would write outside itself.
            const way = at.map((_name, index) => join(inside, ...at.slice(0, index)));
            const isOwn = way.every((part) => {
              if (lstatSync(part, { throwIfNoEntry: false }) === undefined) mkdirSync(part);
              return lstatSync(part).isDirectory();
            });
            const path = join(inside, ...at);
            if (!isOwn || lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue;
            if (link === null) writeFileSync(path, 'own', { flag: 'wx' });
            else symlinkSync(link.join('/'), path);
          }
          for (const path of paths) {
            const text = await read(path).catch((error: unknown) => {
              expect(error).toBeInstanceOf(InputError);
              return null;
            });
            expect(text === null || text === 'own').toBe(true);
            let entries: readonly { name: string }[] = [];
            try {
              entries = new Root(inside).entries(path);
            } catch (error) {
              expect(error).toBeInstanceOf(InputError);
            }
            expect(entries.map((entry) => entry.name)).not.toContain('secret');
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(readFileSync(outside, 'utf8')).toBe(SECRET);
  });

  it('leaves no descriptor open', () => {
    directory.write('inside/a', 'x');
    symlinkSync('../outside/secret', join(inside, 'b'));
    const root = new Root(inside);
    const count = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = count();
    for (let turn = 0; turn < 50; turn++) {
      root.text(['a'], 9);
      expect(() => root.text(['b'], 9)).toThrow();
      closeSync(root.file(['a'])!.openSync());
    }
    expect(count()).toBe(before);
  });
});
