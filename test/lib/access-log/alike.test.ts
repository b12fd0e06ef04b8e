/** Lines that are judged by the walk of another one: the same as each by itself. */
import { type LogWriter, Prophets } from '../../../src/lib/cli/access-log/prophets';
import { AskedOfLine, restOfLine } from '../../../src/lib/access-log/alike';
import { entryOf, type LogEntry } from '../../../src/lib/access-log/entry';
import { readLogLine } from '../../../src/lib/access-log/read-line';
import { Replay } from '../../../src/lib/access-log/replay';
import { openFiles } from '../../../src/lib/source/file';
import { frontEnvoy } from '../../helpers/front-envoy';
import { temporaryDirectory } from '../../helpers/temporary-directory';

interface Line {
  readonly path: string;
  readonly authority: string;
  readonly cluster: string;
  readonly route: string;
  readonly agent: string;
}

function textOf({ path, authority, cluster, route, agent }: Line, port: string): string {
  return (
    `[2026-08-01T10:00:00.000Z] "GET ${path} HTTP/1.1" 200 - via_upstream - "-" 0 5 1 1 "-" "${agent}" "id" ` +
    `"${authority}" "-" ${cluster} 10.1.1.1:1 127.0.0.1:${port} 10.1.1.1:2 - ${route}`
  );
}

function entryFrom(text: string): LogEntry {
  const read = readLogLine(text, []);
  if (read === null) throw new Error(text);
  return entryOf(read);
}

type Told = ReadonlyMap<string, number>;

interface Judged {
  readonly told: Told;
  /** Traces that were made. */
  readonly walks: number;
}

/** Lines by what is told of them, and how often. */
async function judgedTogether(batches: readonly (readonly string[])[], { prophet, proxy }: LogWriter): Promise<Judged> {
  const told = new Map<string, number>();
  let walks = 0;
  const counted: typeof prophet = {
    ...prophet,
    trace: async (...asked) => {
      walks += 1;
      return await prophet.trace(...asked);
    },
  };
  for (const batch of batches) {
    const replay = new Replay();
    for (const text of batch) await replay.take(text, proxy, counted, []);
    for (const { count, example, ...group } of replay.result.groups) {
      expect(batch).toContain(example);
      const key = JSON.stringify(group);
      told.set(key, (told.get(key) ?? 0) + count);
    }
  }
  return { told, walks };
}

const PORT = 8080;

/** What an Envoy with these routes and a policy about paths says of itself. */
function dumpOfFront(): string {
  const { node, static_resources: resources } = frontEnvoy(PORT, [9001, 9002], '/access.log');
  const type = 'type.googleapis.com/envoy.admin.v3.';
  return JSON.stringify({
    configs: [
      { '@type': `${type}BootstrapConfigDump`, bootstrap: { node, static_resources: resources } },
      { '@type': `${type}ClustersConfigDump`, static_clusters: resources.clusters.map((cluster) => ({ cluster })) },
      {
        '@type': `${type}ListenersConfigDump`,
        static_listeners: resources.listeners.map((listener) => ({ listener })),
      },
    ],
  });
}

const PATHS = [
  '/',
  '/reviews',
  '/old',
  '/older',
  '/teapot',
  '/shared',
  '/shared/1?a=b',
  '/admin',
  '/admins?x',
  '/Admin',
];
const ENDS = ['backend-0 first', 'backend-1 second', 'backend-1 shared', '- answered', '- redirected', '- -'];

it('lines of one log are told the same as each by itself, and fewer are traced', async () => {
  const directory = temporaryDirectory();
  try {
    const file = directory.write('dump.json', dumpOfFront());
    const writer = await new Prophets(await openFiles([file], () => process.stdin)).writer(undefined);
    const lines = ENDS.flatMap((end) =>
      PATHS.flatMap((path) =>
        ['curl/8.1', 'okhttp'].map((agent) => {
          const [cluster = '-', route = '-'] = end.split(' ');
          return textOf({ path, authority: 'shop', cluster, route, agent }, String(PORT));
        }),
      ),
    );
    const together = await judgedTogether([lines], writer);
    const apart = await judgedTogether(
      lines.map((line) => [line]),
      writer,
    );
    expect(together.told).toEqual(apart.told);
    expect(together.walks).toBeLessThan(apart.walks);
    const count = (kind: string): number =>
      [...together.told].reduce((sum, [key, own]) => sum + (key.includes(`"${kind}"`) ? own : 0), 0);
    expect([count('agree') > 10, count('differ') > 10]).toEqual([true, true]);
  } finally {
    directory.remove();
  }
});

describe('a line that may be judged by another one', () => {
  const plain = { authority: 'shop', cluster: 'c', route: '-', agent: 'curl' };
  const restOf = (path: string, agent = 'curl'): string | null =>
    restOfLine(entryFrom(textOf({ ...plain, path, agent }, '80')));

  it.each(['/a//b', '/a/../b', '/a/.', '/a%2fb', '/a;b', '/a\\b', '*', '/a#b', '/ä'])(
    'is not one with the path %s',
    (path) => {
      expect(restOf(path)).toBeNull();
    },
  );

  it('is one with a plain path, whatever that is', () => {
    expect(restOf('/a/b.html?x=/../y')).toBe(restOf('/'));
    expect(restOf('/a')).not.toBeNull();
    expect(restOf('/a', ' ')).toBeNull();
  });

  it('answers the same to all that was asked', () => {
    const line = (path: string, agent: string): LogEntry => entryFrom(textOf({ ...plain, path, agent }, '80'));
    const asked = new AskedOfLine(line('/admin/x', 'curl'));
    asked.path({ kind: 'route', match: { prefix: '/admin' } }, '/admin/x');
    expect(asked.isClear).toBe(true);
    expect(asked.isAlike(line('/admin/y?z', 'wget'))).toBe(true);
    expect(asked.isAlike(line('/shop', 'curl'))).toBe(false);
    asked.looksAt('user-agent');
    expect(asked.isAlike(line('/admin/y', 'wget'))).toBe(false);
    asked.query();
    expect(asked.isAlike(line('/admin/y?z', 'curl'))).toBe(false);
    asked.path({ kind: 'route', match: { prefix: '/x' } }, '/rewritten');
    expect(asked.isClear).toBe(false);
  });
});
