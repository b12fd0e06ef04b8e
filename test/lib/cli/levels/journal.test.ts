import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LevelsJournal } from '../../../../src/lib/cli/levels/journal';
import type { Streams } from '../../../../src/lib/cli/streams';
import { temporaryDirectory } from '../../../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

function streamsOf(env: Readonly<Record<string, string>>): { readonly streams: Streams; readonly said: string[] } {
  const said: string[] = [];
  return { streams: { env, note: (line: string) => said.push(line) } as unknown as Streams, said };
}

const RAISED = {
  identity: 'https://api.example',
  proxy: 'web.shop',
  before: new Map([['http', 'warning']] as const),
  set: new Map([['http', 'debug']] as const),
};

describe('the journal of levels', () => {
  const state = join(directory.path, 'state');
  const { streams } = streamsOf({ XDG_STATE_HOME: state, HOME: directory.path });

  it('is not made by looking for it', () => {
    expect(LevelsJournal.find(streams)).toBeNull();
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('keeps an entry for its owner alone, until it is taken away', async () => {
    const journal = LevelsJournal.open(streams);
    const file = (await journal?.add(RAISED)) ?? '';
    const folder = join(state, 'mctl/log-levels');
    expect([statSync(folder).mode & 0o777, statSync(join(folder, file)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(LevelsJournal.find(streams)?.entries()).toEqual([
      expect.objectContaining({ ...RAISED, isAlive: true, file }),
    ]);
    await journal?.remove(file);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('tells an entry of a run that is gone, and passes over what is none', () => {
    const folder = join(state, 'mctl/log-levels');
    const entry = { version: 1, host: hostname(), pid: process.pid, started: '1', at: 'x', identity: 'y', proxy: null };
    const levels = { before: { http: 'info', 'x y': 'info', rbac: 'loud' }, set: { http: 'debug' } };
    writeFileSync(join(folder, 'levels-1-a-1.json'), JSON.stringify({ ...entry, ...levels }));
    writeFileSync(join(folder, 'levels-1-b-1.json'), JSON.stringify({ ...entry, host: 'elsewhere' }));
    writeFileSync(join(folder, 'levels-1-c-1.json'), '{"version":');
    mkdirSync(join(folder, 'levels-1-d-1.json'));
    expect(LevelsJournal.find(streams)?.entries()).toEqual([
      expect.objectContaining({ isAlive: false, identity: 'y', before: new Map([['http', 'info']]) }),
    ]);
  });

  it('is not kept where others may write, and says so', () => {
    const open = join(directory.path, 'open');
    mkdirSync(join(open, 'mctl/log-levels'), { recursive: true });
    chmodSync(join(open, 'mctl/log-levels'), 0o777);
    const others = streamsOf({ XDG_STATE_HOME: open });
    expect(LevelsJournal.open(others.streams)).toBeNull();
    expect(others.said[0]).toMatch(/is not yours alone/);
    expect(LevelsJournal.find(others.streams)).toBeNull();
  });

  it('is not kept without a home, nor below a relative path', () => {
    const { streams: homeless, said } = streamsOf({ XDG_STATE_HOME: 'state' });
    expect(LevelsJournal.open(homeless)).toBeNull();
    expect(said[0]).toMatch(/no HOME/);
  });
});
