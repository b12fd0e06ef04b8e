/** The library's mesh, as built: views, checks, comparisons, and a cluster of the tests' own. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type * as Library from '../../src/index';
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs';
const directory = temporaryDirectory();
const text = (kind: string): string => corpusFiles()[`bookinfo/${PRODUCTPAGE}.${kind}.json`] ?? '';
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the built package, as who requires it gets it
const { openCluster, openFiles, openSample } = require(join(ROOT, 'dist/index.js')) as typeof Library;

afterAll(() => {
  directory.remove();
});

test('a proxy of the sample: its name, a trace, a view, and what lint says', async () => {
  const mesh = await openSample();
  expect(await mesh.proxies()).toHaveLength(5);
  const proxy = await mesh.proxy('deploy/productpage-v1.bookinfo');
  expect(proxy.name).toBe(`${PRODUCTPAGE}.bookinfo`);
  expect((await proxy.trace({ url: 'http://reviews:9080/' })).verdict).toBe('delivered');
  const { header, rows, json, names, count, notes } = proxy.view('cluster', { fqdn: 'reviews', subset: 'v2' });
  expect(header[0]).toBe('SERVICE FQDN');
  expect([rows.length, (json as readonly object[]).length, count, notes]).toEqual([1, 1, 1, []]);
  expect(names).toEqual(['cluster/outbound|9080|v2|reviews.bookinfo.svc.cluster.local']);
  const printed = execFileSync(
    process.execPath,
    [join(ROOT, 'bin/run.js'), 'pc', 'listener', proxy.name ?? '', '--sample', '-o', 'json'],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(JSON.stringify(proxy.view('listener').json))).toEqual(JSON.parse(printed));
  expect(JSON.stringify(proxy.view('secret').json)).not.toContain('PRIVATE KEY');
  expect(proxy.view('listener', { port: 4 }).notes[0]).toMatch(/^No listeners left of \d+/);
  expect(proxy.lint().map(({ rule }) => rule)).toContain('subset-without-endpoints');
  await mesh.close();
});

test('two sources of one proxy are compared, whatever they are called', async () => {
  const [before, after] = ['', 'x'].map((more) =>
    directory.write(`dump${more}.json`, text('config_dump').replaceAll('15001', more === '' ? '15001' : '15011')),
  );
  const [a, b] = [await openFiles(before ?? ''), await openFiles(after ?? '')];
  expect((await a.diff(a)).proxies).toEqual([]);
  const { compared, proxies } = await a.diff(b, ['listener']);
  expect(compared).toBe(1);
  expect(proxies[0]?.views.map(({ view }) => view)).toEqual(['listener']);
  await Promise.all([a.close(), b.close()]);
});

test('a cluster is opened, and its proxy asked', async () => {
  const api = await KubeApi.start();
  const envoy = await CannedEnvoy.start({ configDump: text('config_dump'), clusters: text('clusters'), old: false });
  api.addPod({ name: PRODUCTPAGE, namespace: 'bookinfo', labels: { app: 'productpage' } }, { port: envoy.port });
  const mesh = await openCluster({
    kubeconfig: directory.write('kubeconfig', api.kubeconfig()),
    namespace: 'bookinfo',
  });
  try {
    const proxy = await mesh.proxy(PRODUCTPAGE);
    expect(proxy.view('listener', { port: 15001 }).rows.length).toBeGreaterThan(0);
  } finally {
    await mesh.close();
    await envoy.close();
    await api.close();
  }
});

test('hints are in the words of who calls', async () => {
  const opened = openCluster({ kubeconfig: directory.write('empty', '{}') });
  await expect(opened).rejects.toMatchObject({ exitCode: 69, hint: expect.stringContaining('openSnapshot') as string });
  await expect(openCluster({ kubeconfig: '/nowhere' })).rejects.not.toMatchObject({
    hint: expect.stringContaining('--') as string,
  });
});
