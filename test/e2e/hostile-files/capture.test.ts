/** A dump whose node.id is to choose where a capture writes: refused, with nothing written anywhere, with every Node. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { adminServer } from '../../helpers/admin-server';
import { hostileText, NODES, runAsync } from '../../helpers/hostile-files';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const node = (name: string): string => `sidecar~1.1.1.1~${name}~ns.svc.cluster.local`;
const bootstrap = (id: string): string =>
  JSON.stringify({
    configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node: { id } } }],
  });

const DUMPS: readonly (readonly [string, string])[] = [
  ['the dump of the fixture', hostileText('capture-path-traversal.json')],
  ...['..', '...ns', '../../x.ns'].map((id) => [`the id ${id}`, bootstrap(id)] as const),
  ...[
    ...['..', '...ns', 'p1...', 'p1.ns/../../../x', '../../../../pwned.ns', '/etc/pwned.ns', 'p1.a/b', '..\\..\\x.ns'],
    ...[
      `${'a'.repeat(300)}.ns`,
      `p1.${'n'.repeat(64)}`,
      'con.ns',
      'p1.nul',
      'P1.ns',
      'p1.',
      '.ns',
      'p\u0000.ns',
      'p\n1.ns',
    ],
    ...['p%2f..%2f1.ns', 'p1.ns\u2028', 'p1 .ns', '-p1.ns', 'p1-.ns', '.p1.ns', 'snapshot.json/p1.ns'],
  ].map((name) => [`the pod ${JSON.stringify(name).slice(0, 40)}`, bootstrap(node(name))] as const),
];
const FLAGS = [
  [],
  ['--redact'],
  ['--gzip'],
  ['--redact', '--gzip'],
  ['--force'],
  ['--redact-map', '../map.json', '--redact'],
];

describe.each(NODES)('with %s', (executable) => {
  test.each(DUMPS)('%s', async (title, dump) => {
    const tried = title === DUMPS[0]?.[0] ? FLAGS : FLAGS.slice(0, 2);
    const directory = temporaryDirectory();
    const server = await adminServer((_method, path) =>
      path.startsWith('/config_dump') ? dump : path.startsWith('/clusters') ? '{"cluster_statuses":[]}' : null,
    );
    try {
      const file = directory.write('in/dump.json', dump);
      directory.write('work/own.txt', 'mine');
      for (const source of [
        ['-f', file],
        ['--admin', server.url],
      ]) {
        for (const flags of tried) {
          const ran = await runAsync(
            executable,
            ['capture', './mesh', ...source, ...flags],
            join(directory.path, 'work'),
          );
          expect([source[0], flags, ran.stderr, ran.status]).toEqual([source[0], flags, ran.stderr, 65]);
          // Nothing outside, and nothing half-written inside.
          const below = join(directory.path, 'work/mesh');
          expect(existsSync(below) ? readdirSync(below) : []).toEqual([]);
          expect(readdirSync(join(directory.path, 'work')).filter((name) => name !== 'mesh')).toEqual(['own.txt']);
          expect(readdirSync(directory.path).sort()).toEqual(['in', 'work']);
        }
      }
    } finally {
      await server.close();
      directory.remove();
    }
  });
});
