/** Which cluster and as whom: kubeconfigs, credentials, proxies, impersonation, the cluster from within. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { dirname, join } from 'node:path';
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type CliOptions, type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
let api: KubeApi;
let plain: KubeApi;
let envoy: CannedEnvoy;

beforeAll(async () => {
  envoy = await CannedEnvoy.start({ configDump: dump });
  api = await KubeApi.start();
  plain = await KubeApi.start({ tls: false });
  for (const one of [api, plain]) one.addPod({ name: 'web', namespace: 'shop' }, { port: envoy.port });
});

beforeEach(() => {
  api.requests.length = 0;
});

afterAll(async () => {
  for (const one of [envoy, api, plain]) await one.close();
  directory.remove();
});

let count = 0;
const file = (text: string): string => directory.write(`kubeconfig-${count++}`, text);

async function reads(argv: readonly string[], options: CliOptions = {}, target = 'web.shop'): Promise<CliRun> {
  const run = await runCli(['pc', 'listener', target, '--port', '15001', '-o', 'name', ...argv], options);
  expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
  return run;
}

const authorizations = (): readonly unknown[] => [...new Set(api.requests.map(({ headers }) => headers.authorization))];
const withUser = (user: object): string => file(api.kubeconfig({ user }));

describe('the kubeconfig', () => {
  it('is ~/.kube/config where nothing else is said', async () => {
    const config = directory.write('home/.kube/config', api.kubeconfig());
    await reads([], { env: { HOME: join(dirname(config), '..') } });
  });

  it('is the files of KUBECONFIG together, the first of each name counting, and missing ones left out', async () => {
    const parts = JSON.parse(api.kubeconfig()) as Record<string, unknown>;
    const wrong = [{ name: 'test', cluster: { server: 'https://127.0.0.1:1' } }];
    const one = file(JSON.stringify({ clusters: parts['clusters'], 'current-context': 'test' }));
    const two = file(JSON.stringify({ ...parts, clusters: wrong, 'current-context': 'other' }));
    await reads([], { env: { KUBECONFIG: `/nowhere/config:${one}:${two}` } });
  });

  it('gives the namespace of its context, unless -n gives another', async () => {
    const config = file(api.kubeconfig({ context: { namespace: 'shop' } }));
    await reads(['-c', config], {}, 'web');
    const run = await runCli(['pc', 'listener', 'web', '-n', 'elsewhere', '-c', config]);
    expect(run.stderr).toMatch(/namespace "elsewhere" not found/);
  });

  it('may be given before the command, and name a context', async () => {
    const text = api.kubeconfig().replace('"current-context":"test"', '"current-context":"gone"');
    const run = await runCli([
      '--kubeconfig',
      file(text),
      '--context',
      'test',
      'pc',
      'listener',
      'web.shop',
      '-o',
      'name',
    ]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });

  it('may give a plain http address', async () => {
    await reads(['-c', file(plain.kubeconfig())]);
  });

  it('may give a path before the API, as gateways to clusters do', async () => {
    const run = await runCli([
      'pc',
      'listener',
      'web.shop',
      '-c',
      file(api.kubeconfig({ cluster: { server: `${api.url}/k8s/c-1` } })),
    ]);
    expect(run).toMatchObject({ status: 69 });
    const pod = '/k8s/c-1/api/v1/namespaces/shop/pods/web';
    expect(api.requests.slice(0, 2).map(({ url }) => url)).toEqual([`${pod}/portforward?ports=15000`, pod]);
  });
});

describe('credentials', () => {
  it('are a token, in the kubeconfig or in a file beside it, whose last newline does not count', async () => {
    directory.write('token', `${api.token}\n`);
    await reads(['-c', withUser({ tokenFile: 'token' })]);
    await reads(['-c', withUser({ token: 'an-old-one', tokenFile: 'token' })]);
    expect(authorizations()).toEqual([`Bearer ${api.token}`]);
  });

  it('are a client certificate', async () => {
    const { certificate, key } = api.clientCertificate('jane');
    directory.write('jane.crt', certificate);
    const user = { 'client-certificate': 'jane.crt', 'client-key-data': Buffer.from(key).toString('base64') };
    await reads(['-c', withUser(user)]);
    expect(new Set(api.requests.map(({ user: seen }) => seen))).toEqual(new Set(['jane']));
  });

  it('are what a plug-in says, which is told of the cluster', async () => {
    const told = join(directory.path, 'told');
    const credential = { kind: 'ExecCredential', status: { token: api.token } };
    directory.write(
      'plugin.js',
      `require('fs').writeFileSync(process.argv[2], process.env.KUBERNETES_EXEC_INFO);
      console.log(${JSON.stringify(JSON.stringify(credential))});`,
    );
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [join(directory.path, 'plugin.js'), told],
      provideClusterInfo: true,
    };
    await reads(['-c', withUser({ exec })]);
    const { readFileSync } = await import('node:fs');
    expect(JSON.parse(readFileSync(told, 'utf8'))).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: { interactive: false, cluster: { server: api.url } },
    });
  });

  it('are those of another, where --as says so', async () => {
    await reads(['-c', file(api.kubeconfig()), '--as', 'jane', '--as-uid', '7', '--as-group', 'a', '--as-group', 'b']);
    const [first] = api.requests;
    expect(first?.user).toBe('jane');
    for (const { headers } of api.requests) {
      expect(headers).toMatchObject({
        'impersonate-user': 'jane',
        'impersonate-uid': '7',
        'impersonate-group': 'a, b',
      });
    }
  });
});

describe('a proxy', () => {
  let proxy: Server;
  const tunnels: string[] = [];

  beforeAll(async () => {
    proxy = createServer();
    proxy.on('connect', (request, socket) => {
      tunnels.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(() => {
    tunnels.length = 0;
  });

  afterAll(() => {
    proxy.closeAllConnections();
    proxy.close();
  });

  const address = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  it('of the kubeconfig is gone through', async () => {
    await reads(['-c', file(api.kubeconfig({ cluster: { 'proxy-url': address() } }))]);
    expect(new Set(tunnels)).toEqual(new Set([new URL(api.url).host]));
  });

  it('of the environment is not, for what is on this machine', async () => {
    await reads(['-c', file(api.kubeconfig())], { env: { HTTPS_PROXY: address() } });
    expect(tunnels).toEqual([]);
  });
});
