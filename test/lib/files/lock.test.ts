import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LOCK, lockDirectory } from '../../../src/lib/files/lock';
import { Root } from '../../../src/lib/files/root';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

const NOW = new Date('2026-01-02T03:04:05Z');
let directory: TemporaryDirectory;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => {
  directory.remove();
});

const lock = async () => await lockDirectory(new Root(directory.path), NOW);
const written = (value: unknown): void => {
  writeFileSync(join(directory.path, LOCK), typeof value === 'string' ? value : JSON.stringify(value));
};
/** A process that is over, and whose number is not in use again. */
const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('lockDirectory', () => {
  it('is one process’s until it is given back', async () => {
    const release = await lock();
    const text = readFileSync(join(directory.path, LOCK), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ pid: process.pid, host: hostname(), since: NOW.toISOString() });
    await expect(lock()).rejects.toThrow(
      `is being written by another capture: process ${process.pid} on ${hostname()}, since 2026-01-02T03:04:05.000Z`,
    );
    expect(readFileSync(join(directory.path, LOCK), 'utf8')).toBe(text);
    await release();
    expect(readdirSync(directory.path)).toEqual([]);
    await (
      await lock()
    )();
  });

  it('lets one of many in', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, lock));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(directory.path)).toEqual([LOCK]);
  });

  it('lets one of many in where the lock is stale', async () => {
    written({ pid: dead(), host: hostname(), since: '', process: null });
    const tries = await Promise.allSettled(Array.from({ length: 20 }, lock));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(directory.path)).toEqual([LOCK]);
  });

  it('takes the lock of a process that is over', async () => {
    written({ pid: dead(), host: hostname(), since: '', process: 'x:1' });
    await (
      await lock()
    )();
    expect(existsSync(join(directory.path, LOCK))).toBe(false);
  });

  it('takes the lock of an earlier process of the same number', async () => {
    if (process.platform !== 'linux') return;
    written({ pid: process.pid, host: hostname(), since: '', process: 'another-boot:1' });
    await (
      await lock()
    )();
    written({ pid: process.pid, host: hostname(), since: '', process: null });
    await expect(lock()).rejects.toThrow('another capture');
  });

  it('leaves alone what it cannot judge: another machine’s, and what is no lock', async () => {
    for (const value of [
      { pid: dead(), host: 'other', since: 'x', process: null },
      '',
      '{',
      '[]',
      'null',
      { pid: -1 },
    ]) {
      written(value);
      await expect(lock()).rejects.toThrow('another capture');
    }
  });

  it('is not given back by one that has lost it', async () => {
    const release = await lock();
    written({ pid: 1, host: 'other', since: 'x', process: null });
    await release();
    expect(existsSync(join(directory.path, LOCK))).toBe(true);
  });

  it('is stale once its process was killed', async () => {
    const code = `
      const { writeFileSync } = require('node:fs');
      writeFileSync(${JSON.stringify(join(directory.path, LOCK))}, JSON.stringify(
        { pid: process.pid, host: require('node:os').hostname(), since: '', process: null }));
      process.kill(process.pid, 'SIGKILL');`;
    expect(() => execFileSync(process.execPath, ['-e', code])).toThrow();
    await (
      await lock()
    )();
  });

  it.each<[string, (path: string) => void, RegExp]>([
    [
      'a FIFO',
      (path) => {
        execFileSync('mkfifo', [path]);
      },
      /is not a plain file/,
    ],
    [
      'a directory',
      (path) => {
        mkdirSync(path);
      },
      /is not a plain file/,
    ],
    [
      'a link',
      (path) => {
        symlinkSync('/dev/zero', path);
      },
      /is not a plain file/,
    ],
    [
      'no lock',
      (path) => {
        writeFileSync(path, 'x'.repeat(1e7));
      },
      /is being written by another capture/,
    ],
  ])('neither waits for nor follows %s of its name', async (_what, make, says) => {
    make(join(directory.path, LOCK));
    await expect(lock()).rejects.toThrow(says);
    expect(readdirSync(directory.path)).toEqual([LOCK]);
  });
});
