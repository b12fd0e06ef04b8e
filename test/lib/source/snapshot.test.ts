import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError, UnavailableError, UsageError } from '../../../src/lib/errors';
import { proxyName } from '../../../src/lib/proxy-id';
import { jsonOf } from '../../../src/lib/source/body';
import { openSample } from '../../../src/lib/source/sample';
import { openSnapshot } from '../../../src/lib/source/snapshot';
import { NO_LISTS } from '../../../src/lib/source/source';
import { type TemporaryDirectory, temporaryDirectory } from '../../helpers/temporary-directory';

let directory: TemporaryDirectory;
let notes: string[];
beforeEach(() => {
  directory = temporaryDirectory();
  notes = [];
});
afterEach(() => {
  directory.remove();
});

const options = (changes: { namespace?: string; selector?: string } = {}) => ({
  namespace: null,
  selector: null,
  note: (line: string) => void notes.push(line),
  ...changes,
});
const open = (changes = {}) => openSnapshot(directory.path, options(changes));
const proxy = (namespace: string, pod: string) =>
  directory.write(`proxies/${namespace}/${pod}/config_dump.json`, '{"configs":[]}');
const list = (name: string, items: unknown[]) =>
  directory.write(`kubernetes/${name}.json`, JSON.stringify({ kind: 'List', items }));
const pod = (name: string, namespace: string, labels = {}, more = {}) => ({
  metadata: { name, namespace, labels, ...more },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

describe('openSnapshot', () => {
  it('takes a config_dump and nothing else', async () => {
    proxy('bookinfo', 'reviews-v1');
    const mesh = await open();
    expect(await mesh.proxies()).toEqual([{ name: 'reviews-v1', namespace: 'bookinfo' }]);
    const only = await mesh.open(undefined);
    expect(only.id).toEqual({ name: 'reviews-v1', namespace: 'bookinfo' });
    expect(await jsonOf((await only.configDump({ sections: [] }))!)).toEqual({ configs: [] });
    expect([await only.clusters(), await only.serverInfo(), await only.iptables()]).toEqual([null, null, null]);
    expect(await mesh.kubernetes()).toEqual(NO_LISTS);
  });

  it('reads every file plain or gzipped', async () => {
    directory.write('snapshot.json.gz', gzipSync('{"version": 1}'));
    directory.write('proxies/a/b/config_dump.json.gz', gzipSync('{"configs":[]}'));
    directory.write('proxies/a/b/iptables.txt.gz', gzipSync('*nat\n'));
    directory.write('kubernetes/pods.json.gz', gzipSync('{"items":[]}'));
    const mesh = await open();
    expect(await (await mesh.open('b.a')).iptables()).toBe('*nat\n');
    expect((await mesh.kubernetes()).pods).toEqual([]);
  });

  it.each([
    ['no directory', () => join(directory.path, 'none'), UnavailableError],
    ['a file', () => directory.write('file', ''), InputError],
    ['no proxies', () => directory.path, InputError],
  ])('refuses %s', async (_name, path, error) => {
    await expect(openSnapshot(path(), options())).rejects.toThrow(error);
  });

  it('refuses a version from the future, and a list that is none', async () => {
    proxy('a', 'b');
    directory.write('snapshot.json', '{"version": 2}');
    await expect(open()).rejects.toThrow(InputError);
    directory.write('snapshot.json', '{}');
    directory.write('kubernetes/pods.json', '{"kind": "Pod"}');
    await expect((await open()).kubernetes()).rejects.toThrow('is not a Kubernetes List');
  });

  it('finds a pod by every spelling, names with dots included', async () => {
    for (const name of ['web', 'my.web', 'web.a']) proxy('shop', name);
    proxy('default', 'web');
    const named = async (target: string, changes = {}) => proxyName((await (await open(changes)).open(target)).id!);
    expect(await named('web.shop')).toBe('web.shop');
    expect(await named('shop/web')).toBe('web.shop');
    expect(await named('pod/web.shop')).toBe('web.shop');
    expect(await named('my.web.shop')).toBe('my.web.shop');
    expect(await named('my.web')).toBe('my.web.shop');
    expect(await named('web')).toBe('web.default');
    expect(await named('web', { namespace: 'shop' })).toBe('web.shop');
    expect(await named('web.shop', { namespace: 'default' })).toBe('web.shop');
  });

  it('finds the pods of workloads and Services by owners and labels', async () => {
    for (const name of ['reviews-v1-aaaaaaaa-11111', 'reviews-v1-aaaaaaaa-22222', 'db-0', 'odd']) proxy('shop', name);
    const owner = (kind: string, name: string) => ({ ownerReferences: [{ kind, name }] });
    list('pods', [
      pod('reviews-v1-aaaaaaaa-11111', 'shop', { app: 'reviews' }, owner('ReplicaSet', 'reviews-v1-aaaaaaaa')),
      pod('reviews-v1-aaaaaaaa-22222', 'shop', { app: 'reviews' }, owner('ReplicaSet', 'reviews-v1-aaaaaaaa')),
      pod('db-0', 'shop', { app: 'db' }, owner('StatefulSet', 'db')),
      pod('odd', 'shop', { 'gateway.networking.k8s.io/gateway-name': 'gw' }),
    ]);
    list('services', [
      { metadata: { name: 'reviews', namespace: 'shop' }, spec: { selector: { app: 'reviews' } } },
      { metadata: { name: 'headless', namespace: 'shop' }, spec: {} },
    ]);
    const all = async (target: string) => (await (await open()).openAll(target)).map(({ id }) => id?.name);
    const both = ['reviews-v1-aaaaaaaa-11111', 'reviews-v1-aaaaaaaa-22222'];
    expect(await all('deploy/reviews-v1.shop')).toEqual(both);
    expect(await all('rs/reviews-v1-aaaaaaaa.shop')).toEqual(both);
    expect(await all('reviews-v1.shop')).toEqual(both);
    expect(await all('db')).toEqual(['db-0']);
    expect(await all('svc/reviews')).toEqual(both);
    expect(await all('sts/db')).toEqual(['db-0']);
    expect(await all('gateway/gw.shop')).toEqual(['odd']);
    for (const none of ['deploy/reviews', 'svc/headless.shop', 'svc/none.shop', 'job/db']) {
      await expect(all(none)).rejects.toThrow(UnavailableError);
    }
  });

  it('finds them by name where there are no lists', async () => {
    for (const name of ['reviews-v1-7f99cc4496-abcde', 'reviews-v2-hand', 'db-0']) proxy('shop', name);
    const all = async (target: string) => (await (await open()).openAll(target)).map(({ id }) => id?.name);
    expect(await all('deploy/reviews-v1')).toEqual(['reviews-v1-7f99cc4496-abcde']);
    expect(await all('deploy/reviews-v2.shop')).toEqual(['reviews-v2-hand']);
    expect(await all('sts/db')).toEqual(['db-0']);
    expect(await all('reviews-v1.shop')).toEqual(['reviews-v1-7f99cc4496-abcde']);
    expect(await all('svc/reviews')).toHaveLength(2);
    await expect(all('deploy/reviews')).rejects.toThrow(UnavailableError);
  });

  it('takes the pod that kubectl would, and says so', async () => {
    const names = ['web-1', 'web-2', 'web-3'];
    for (const name of names) proxy('shop', name);
    list('services', [{ metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' } } }]);
    const [pending, unready, ready] = names.map((name) => pod(name, 'shop', { app: 'web' }));
    list('pods', [
      { ...pending, status: { phase: 'Pending' } },
      { ...unready, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] } },
      ready,
    ]);
    expect((await (await open()).open('svc/web')).id?.name).toBe('web-3');
    expect(notes).toEqual(['Took web-3.shop of 3 pods of svc/web; --all-replicas takes all.']);
  });

  it('selects by labels', async () => {
    for (const name of ['a', 'b']) proxy('shop', name);
    await expect((await open({ selector: 'app=x' })).openAll(undefined)).rejects.toThrow('no list of pods');
    list('pods', [pod('a', 'shop', { app: 'x' }), pod('b', 'shop', { app: 'y' }), pod('c', 'shop', { app: 'x' })]);
    const all = await (await open({ selector: 'app in (x)' })).openAll(undefined);
    expect(all.map(({ id }) => id?.name)).toEqual(['a']);
    await expect((await open({ selector: 'app=z' })).openAll(undefined)).rejects.toThrow(UnavailableError);
  });

  it('names the nearest on a miss, and tells a pod that was not captured', async () => {
    proxy('bookinfo', 'reviews-v2-7bf8c9648f-rzfp6');
    list('pods', [pod('ratings', 'bookinfo')]);
    const mesh = await open();
    await expect(mesh.open('reviews-v3.bookinfo')).rejects.toMatchObject({
      hint: 'Did you mean reviews-v2-7bf8c9648f-rzfp6.bookinfo?',
    });
    await expect(mesh.open('ratings.bookinfo')).rejects.toThrow('has no configuration of a proxy in it');
    await expect(mesh.open('../../etc')).rejects.toThrow(UnavailableError);
  });

  it('opens a proxy by its exact name, and null for another', async () => {
    proxy('shop', 'web');
    const mesh = await open();
    expect((await mesh.openProxy({ name: 'web', namespace: 'shop' }))?.id?.name).toBe('web');
    expect(await mesh.openProxy({ name: 'web', namespace: 'other' })).toBeNull();
  });

  it('asks for a name where there are several and none was given', async () => {
    proxy('shop', 'a');
    proxy('shop', 'b');
    await expect((await open()).open(undefined)).rejects.toThrow(UsageError);
    expect(await (await open({ namespace: 'shop' })).openAll(undefined)).toHaveLength(2);
  });
});

describe('openSample', () => {
  it('is the bookinfo mesh, whole', async () => {
    const mesh = await openSample(join(__dirname, '../../..'), options());
    expect((await mesh.proxies()).map(proxyName)).toEqual([
      'details-v1-79f774bdb9-6jl84.bookinfo',
      'productpage-v1-6b746f74dc-9stvs.bookinfo',
      'ratings-v1-b6994bb9-2jqmk.bookinfo',
      'reviews-v2-7bf8c9648f-rzfp6.bookinfo',
      'reviews-v3-84779c7bbc-57sqk.bookinfo',
    ]);
    for (const source of await mesh.openAll(undefined)) {
      expect(await jsonOf((await source.configDump({ sections: [] }))!)).toHaveProperty('configs');
      expect(await jsonOf((await source.clusters())!)).toHaveProperty('cluster_statuses');
      expect(await source.iptables()).toContain('-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001');
    }
    const { pods, services, endpointSlices, nodes } = await mesh.kubernetes();
    expect([pods?.length, services?.length, endpointSlices?.length, nodes?.length]).toEqual([7, 4, 4, 1]);
  });
});
