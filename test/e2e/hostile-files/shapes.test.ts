/** Wrong types, numbers that no double holds, deep nesting, bombs, rules and routes that grow: answered or refused, with every Node. */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseDocument } from 'yaml';
import { callsOn, hostileDirectory, hostileText, NODES, runMeasured, runWith } from '../../helpers/hostile-files';

const DEEP = ['deep2000.json', 'nested-arr.json', 'pred-deep.json'] as const;
const directory = hostileDirectory(
  ...['num.json', 'n1.json', 'n2.json', 'type1.json', 'type2.json', 'type3.json', ...DEEP],
);
const { at } = directory;
const MIB = 1 << 20;
const POD = 'productpage-v1-6b746f74dc-9stvs';

/** A copy of the sample, which tests change. */
function sampleMesh(name: string): string {
  const mesh = join(directory.path, name);
  cpSync(join(__dirname, '../../../sample'), mesh, { recursive: true });
  return mesh;
}

/** A gzip of `size` bytes that repeat a text: members of it one behind another, as gzip allows. */
function bomb(before: string, repeated: string, size: number, after: string): Buffer {
  const piece = gzipSync(repeated.repeat((32 * MIB) / repeated.length));
  const members = Array.from({ length: Math.ceil(size / (32 * MIB)) }, () => piece);
  return Buffer.concat([gzipSync(before), ...members, gzipSync(after)]);
}

const GIB = 1024 * MIB;
const BOMBS = {
  blanks: bomb('', ' ', 3 * GIB, ''),
  objects: bomb('[{}', ',{}', GIB, ']'),
  text: bomb('{"configs":[{"@type":"x.RoutesConfigDump","y":"', 'a', GIB, '"}]}'),
};

describe.each(NODES)('with %s', (node) => {
  test('numbers stand as they stood', () => {
    const list = ['pc', 'cluster', '-f', at('num.json'), '-o'];
    expect(runWith(node, [...list, 'json']).stdout).toMatch(/"v": 9007199254740993,\s+"inf": 1e400\s/);
    const yaml = runWith(node, [...list, 'yaml']).stdout;
    expect(yaml).toMatch(/inf: 1e400\n\s+v: 9007199254740993\n/);
    expect(parseDocument(yaml).errors).toEqual([]);
    expect(runWith(node, [...list, 'jsonpath={..v}']).stdout).toBe('9007199254740993\n');
    expect(runWith(node, [...list, 'jsonpath=$..inf']).stdout).toBe('1e400\n');
  });

  test.each(['short', 'wide', 'json', 'yaml'])('diff -o %s of numbers beside each other', (format) => {
    const { status, stdout } = runWith(node, ['diff', at('n1.json'), at('n2.json'), '-o', format]);
    expect(status).toBe(1);
    expect(stdout).toContain('9007199254740992');
    expect(stdout).toContain('9007199254740993');
    expect(runWith(node, ['diff', at('n1.json'), at('n1.json')]).status).toBe(0);
  });

  test.each([
    ['type1.json', 'pc listener', '/configs/0/dynamic_listeners/0/active_state/listener/filter_chains is an object'],
    ['type2.json', 'pc route', '/configs/0/dynamic_route_configs/0/route_config/virtual_hosts is the number 0'],
    ['type2.json', 'lint', '/configs/0/dynamic_route_configs/0/route_config/virtual_hosts is the number 0'],
    ['type3.json', 'proxy-status', '/configs/0/bootstrap/node/id is the number 5'],
    ['type3.json', 'pc trace http://a/ --original-dst 1.2.3.4:80', '/configs/0/bootstrap/node/id is the number 5'],
  ])('%s, %s', (file, command, pointer) => {
    const { status, stdout, stderr } = runWith(node, [...command.split(' '), '-f', at(file)]);
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toContain(pointer);
  });

  describe.each(DEEP)('%s', (file) => {
    const calls = callsOn(directory, at(file), at(file));
    test.each(calls)('%s refuses its depth', (_id, own) => {
      for (const { argv } of own) {
        const { status, stdout, stderr } = runWith(node, argv);
        // A response flag is explained without any dump.
        if (argv.includes('UH')) expect(status).toBe(0);
        else {
          expect([argv, status]).toEqual([argv, 65]);
          expect(stdout + stderr).toMatch(/nested more than 500 levels deep/);
        }
      }
    });
  });

  test('iptables rules of which the ways double with each chain', () => {
    const mesh = sampleMesh('iptables');
    const proxy = join(mesh, 'proxies/bookinfo', POD);
    rmSync(join(proxy, 'iptables.txt.gz'));
    directory.write(`iptables/proxies/bookinfo/${POD}/iptables.txt`, hostileText('iptables-exp22.txt'));
    const argv = ['pc', 'trace', `${POD}.bookinfo`, 'http://reviews:9080/', '--snapshot', mesh];
    const { status, stderr, kilobytes } = runMeasured(node, argv);
    expect([stderr, status]).toEqual([stderr, 0]);
    expect(kilobytes).toBeLessThan(200_000);
  });

  test.each(['sc-hdr-4000.json', 'sc-vh-4000.json', 'sc-re5.json'])('%s', (name) => {
    const file = directory.write(`${name}.gz`, gzipSync(hostileText(name)));
    const generated = runMeasured(node, ['check', '--generate', '-f', file]);
    expect(generated.status).toBe(0);
    expect(generated.kilobytes).toBeLessThan(500_000);
    // `(?:a?){1000}a{1000}` is more work than a witness may be: the route is named as one without.
    if (name === 'sc-re5.json') expect(generated.stdout).toContain('no request was found that meets its conditions');
    else expect(generated.stdout.match(/^ {2}- name:/gm)?.length ?? 0).toBeGreaterThan(3900);
    const linted = runMeasured(node, ['lint', '-f', file]);
    expect([0, 1]).toContain(linted.status);
    expect(linted.kilobytes).toBeLessThan(500_000);
  });

  test.each(Object.entries(BOMBS))('a compressed file that grows to gigabytes of %s', (name, bytes) => {
    const refused = (argv: readonly string[]): void => {
      const { status, stdout, stderr, kilobytes } = runMeasured(node, argv);
      expect([argv, status, stdout]).toEqual([argv, 65, '']);
      expect(stderr).toMatch(/--max-input \d+GiB/);
      expect(kilobytes).toBeLessThan(500_000);
    };
    // A list is no dump, which its first byte says.
    if (name !== 'objects') refused(['pc', 'route', '-f', directory.write('bomb.json.gz', bytes)]);
    for (const file of ['kubernetes/pods.json.gz', `proxies/bookinfo/${POD}/iptables.txt.gz`, 'snapshot.json.gz']) {
      const mesh = sampleMesh(`bomb-${name}`);
      if (file === 'snapshot.json.gz') rmSync(join(mesh, 'snapshot.json'), { force: true });
      expect(readdirSync(mesh)).toContain('proxies');
      directory.write(`bomb-${name}/${file}`, bytes);
      refused(['pc', 'trace', `${POD}.bookinfo`, 'http://reviews:9080/', '--snapshot', mesh]);
      rmSync(mesh, { recursive: true });
    }
  });
});
