/** Two proxies' trust, from snapshots, files and the sample. */
import RootcaCompare from '../../src/commands/proxy-config/rootca-compare';
import { issue, type Issued } from '../helpers/certificates';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

const base64 = (...issued: readonly Issued[]): string =>
  Buffer.from(issued.map(({ pem }) => pem).join('')).toString('base64');

function dumpOf(roots: readonly Issued[], chain: readonly Issued[]): string {
  const secrets = [
    { name: 'ROOTCA', secret: { validation_context: { trusted_ca: { inline_bytes: base64(...roots) } } } },
    ...(chain.length === 0
      ? []
      : [{ name: 'default', secret: { tls_certificate: { certificate_chain: { inline_bytes: base64(...chain) } } } }]),
  ];
  const section = { '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump', dynamic_active_secrets: secrets };
  return JSON.stringify({ configs: [section] });
}

const old = issue({ subject: 'old root', isAuthority: true });
const fresh = issue({ subject: 'new root', isAuthority: true });
const leafOf = (issuer: Issued): Issued =>
  issue({ subject: 'leaf', issuer, uris: ['spiffe://cluster.local/ns/a/sa/b'] });
const files = {
  old: directory.write('old.json', dumpOf([old], [leafOf(old), old])),
  rotating: directory.write('rotating.json', dumpOf([old, fresh], [leafOf(fresh), fresh])),
  fresh: directory.write('fresh.json', dumpOf([fresh], [leafOf(fresh), fresh])),
  bare: directory.write('bare.json', dumpOf([old], [])),
  none: directory.write('none.json', dumpOf([], [])),
};
const snapshot = `${directory.path}/mesh`;
directory.write('mesh/proxies/ns/one/config_dump.json', dumpOf([old], [leafOf(old)]));
directory.write('mesh/proxies/ns/two/config_dump.json', dumpOf([fresh], [leafOf(fresh)]));

test('two proxies of the sample trust each other', async () => {
  const run = await runCommand(RootcaCompare, [
    'deploy/productpage-v1.bookinfo',
    'deploy/details-v1.bookinfo',
    '--sample',
  ]);
  expect(run).toMatchObject({ exitCode: 0 });
  expect(run.stdout).toMatch(/same\n\n.*\n.*\n.* can trust each other\.\n$/);
});

test('a root that only one has', async () => {
  const run = await runCommand(RootcaCompare, [files.old, files.fresh]);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('different');
  expect(run.stdout).toContain('no root of theirs issued');
  expect(run.stdout).toContain('cannot trust each other');
});

test('a shared root is not enough in the middle of a rotation', async () => {
  const run = await runCommand(RootcaCompare, ['-f', files.old, '-f', files.rotating, '-o', 'json']);
  expect(run.exitCode).toBe(1);
  const report = JSON.parse(run.stdout);
  expect(report.pairs.map((pair: any) => pair.same)).toEqual([true, false]);
  expect(report.checks.map((check: any) => check.trusted)).toEqual([true, false]);
});

test('without a certificate of its own the roots decide', async () => {
  expect(await runCommand(RootcaCompare, [files.bare, files.old])).toMatchObject({ exitCode: 0 });
  expect(await runCommand(RootcaCompare, [files.bare, files.fresh])).toMatchObject({ exitCode: 1 });
});

test('targets of one snapshot, of two, and of a file', async () => {
  expect((await runCommand(RootcaCompare, ['one.ns', 'two.ns', '--snapshot', snapshot])).exitCode).toBe(1);
  expect((await runCommand(RootcaCompare, [`${snapshot}#one.ns`, `${snapshot}#one.ns`])).exitCode).toBe(0);
  expect((await runCommand(RootcaCompare, [files.fresh, 'two.ns', '--snapshot', snapshot])).exitCode).toBe(0);
  expect((await runCommand(RootcaCompare, ['one.ns', 'two.ns'], { env: { MCTL_SNAPSHOT: snapshot } })).exitCode).toBe(
    1,
  );
});

test.each<[what: string, args: readonly string[], status: number, says: RegExp]>([
  ['one side', [files.old], 64, /requires two proxies/],
  ['three sides', [files.old, files.old, '-f', files.old], 64, /requires two proxies/],
  ['a snapshot of two without a name', [snapshot, files.old], 64, /has 2 proxies\nName one behind it: .*#one\.ns/],
  ['no such file', ['./nowhere.json', files.old], 69, /nowhere/],
  ['no such proxy', [`${snapshot}#three.ns`, files.old], 69, /three/],
  ['no root', [files.none, files.old], 65, /no root certificate/],
  ['another format', [files.old, files.old, '-o', 'tree'], 64, /not supported/],
])('%s', async (_what, args, status, says) => {
  const run = await runCommand(RootcaCompare, args);
  expect(run.exitCode).toBe(status);
  expect(run.stderr).toMatch(says);
  expect(run.stdout).toBe('');
});

test('saved dumps are judged when they were taken, not today', async () => {
  const day = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2026-01-02T00:00:00Z') };
  const leaf = issue({ subject: 'leaf', issuer: old, uris: ['spiffe://cluster.local/ns/a/sa/b'], ...day });
  const taken = (name: string, at: string): string => {
    const dump = JSON.parse(dumpOf([old], [leaf, old]));
    for (const secret of dump.configs[0].dynamic_active_secrets) secret.last_updated = at;
    return directory.write(name, JSON.stringify(dump));
  };
  const [then, later] = [taken('then.json', '2026-01-01T12:00:00Z'), taken('later.json', '2026-01-03T12:00:00Z')];
  expect((await runCommand(RootcaCompare, [then, then])).exitCode).toBe(0);
  expect((await runCommand(RootcaCompare, [then, later])).exitCode).toBe(1);
});
