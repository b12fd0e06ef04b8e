/** `mctl diff A B --behavior` over the sample's productpage, as it is and with another route for luffy. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
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

/** The ambient sample, with texts of its waypoint's dump replaced. */
function ambientWith(name: string, from: string, to: string): string {
  const path = join(directory.path, name);
  cpSync('sample/ambient', path, { recursive: true });
  const file = join(path, 'proxies/bookinfo/waypoint-64b5d-xyz/config_dump.json.gz');
  const dump = gunzipSync(readFileSync(file)).toString('utf8');
  expect(dump).toContain(from);
  writeFileSync(file, gzipSync(dump.replaceAll(from, to)));
  return path;
}

it('compares waypoints by what comes to them in tunnels, and names the pods that have no Envoy', async () => {
  const changed = ambientWith('changed', 'luffy', 'zoro');
  const run = await runCommand(DiffCommand, ['sample:ambient', changed, '--behavior', '-o', 'json']);
  const { behavior } = JSON.parse(run.stdout);
  expect(run.exitCode).toBe(1);
  expect(behavior.classes.map(({ where }: any) => [where.address, where['header:end-user']])).toEqual([
    [['10.96.10.3'], ['luffy']],
    [['10.96.10.3'], ['zoro']],
  ]);
  expect(behavior.classes[0].witness).toMatchObject({
    originalDst: '10.96.10.3:9080',
    sourcePrincipal: 'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-productpage',
  });
  const names = behavior.notCompared.map(({ name }: any) => name);
  expect(names).toContain('sleep-7656cf8794-lxcmx.default');
  expect(behavior).toMatchObject({ compared: 1, complete: false });
  expect(behavior.unsplit).toEqual([expect.stringContaining(`what ${names.join(', ')} send`)]);
  const told = await runCommand(DiffCommand, ['sample:ambient', changed, '--behavior']);
  expect(told.stderr).toContain('Not proven of all: these are not decided: what mongo-x.bookinfo');
});

it('compares one waypoint with another, whole', async () => {
  const waypoint = '#waypoint-64b5d-xyz.bookinfo';
  const run = await runCommand(DiffCommand, [`sample:ambient${waypoint}`, `sample:ambient${waypoint}`, '--behavior']);
  expect(run).toMatchObject({ exitCode: 0, stdout: '' });
  expect(run.stderr).toContain('Every request that was asked about ends alike on both sides.');
});

it('says why a pair is none: a gateway and a sidecar take other requests', async () => {
  const gateway = directory.write('gateway.json', DUMP.replaceAll('sidecar~', 'router~'));
  const run = await runCommand(DiffCommand, [before, gateway, '--behavior']);
  expect(run.exitCode).toBe(64);
  expect(run.stderr).toContain('it is a sidecar on one side and a gateway on the other');
});
