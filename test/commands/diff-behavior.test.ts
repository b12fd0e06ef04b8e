/** `mctl diff A B --behavior` over the sample's productpage, as it is and with another route for luffy. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import DiffCommand from '../../src/commands/diff';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const DUMP = gunzipSync(
  readFileSync('sample/proxies/bookinfo/productpage-v1-6b746f74dc-9stvs/config_dump.json.gz'),
).toString('utf8');
const V2 = '"cluster":"outbound|9080|v2|reviews.bookinfo.svc.cluster.local"';
const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});
const before = directory.write('before.json', JSON.stringify(JSON.parse(DUMP)));
const after = directory.write('after.json', JSON.stringify(JSON.parse(DUMP)).replaceAll(V2, V2.replace('v2', 'v3')));

it('finds nothing between a configuration and itself', async () => {
  const run = await runCommand(DiffCommand, [before, before, '--behavior']);
  expect(run).toMatchObject({ exitCode: 0, stdout: '' });
  expect(run.stderr).toContain('none end otherwise. Every request that was asked about ends alike on both sides.');
});

it("finds that luffy's requests alone end otherwise", async () => {
  const run = await runCommand(DiffCommand, [before, after, '--behavior', '-o', 'json']);
  expect(run.exitCode).toBe(1);
  const { same, behavior } = JSON.parse(run.stdout);
  expect(same).toBe(false);
  expect(behavior).toMatchObject({ compared: 1, complete: true, unsplit: [], onlyA: [], onlyB: [] });
  expect(behavior.classes).toHaveLength(1);
  const [luffy] = behavior.classes;
  expect(luffy.where['header:end-user']).toEqual(['luffy']);
  expect(luffy.where.host[0]).toContain('reviews');
  expect(luffy.a.clusters[0].name).toContain('|v2|');
  expect(luffy.b.clusters[0].name).toContain('|v3|');
  expect(luffy.witness.headers).toEqual({ 'end-user': 'luffy' });
});

it('asks only about what --where says, and tells the rest in words', async () => {
  const others = await runCommand(DiffCommand, [before, after, '--behavior', '--where', '!header:end-user=luffy']);
  expect(others.exitCode).toBe(0);
  const run = await runCommand(DiffCommand, [before, after, '--behavior']);
  expect(run.stdout).toContain('header end-user: luffy\n  - delivered, outbound|9080|v2|');
  expect(run.stderr).toContain('1 ends otherwise. All other requests end alike on both sides.');
});

it('refuses --where without --behavior, and conditions that are none', async () => {
  expect((await runCommand(DiffCommand, [before, after, '--where', 'host=a'])).exitCode).toBe(64);
  expect((await runCommand(DiffCommand, [before, after, '--behavior', '--where', 'hots=a'])).exitCode).toBe(64);
});
