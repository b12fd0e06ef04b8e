/** What the built program says when a cluster, a pod or an Envoy fails it: the message, the stream and the exit status. */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { corpusFiles } from '../helpers/corpora';
import type { Backend, Fault } from '../helpers/kube-api/backend';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const POD = 'web-6b746f74dc-9stvs';
const TARGET = `${POD}.shop`;
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';

let api: KubeApi;
let envoy: CannedEnvoy;
let silent: Server;
const strangers: CannedEnvoy[] = [];

beforeAll(async () => {
  api = await KubeApi.start();
  envoy = await CannedEnvoy.start({ configDump: dump });
  // Accepts connections and says nothing.
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  api.addPod({ name: POD, namespace: 'shop', labels: { app: 'web' } }, { port: envoy.port });
  api.addPod({ name: 'waiting', namespace: 'shop', phase: 'Pending', ...unscheduled('0/3 nodes are available') });
  api.addPod({ name: 'pulling', namespace: 'shop', phase: 'Pending', ...waits('app', 'ImagePullBackOff') });
  api.addPod({ name: 'done', namespace: 'shop', phase: 'Succeeded' });
  api.addPod({ name: 'evicted', namespace: 'shop', phase: 'Failed', status: { reason: 'Evicted' } });
  api.addPod({ name: 'plain', namespace: 'shop', containers: ['app', 'db'] });
  api.addPod({ name: 'crashing', namespace: 'shop', ...waits('istio-proxy', 'CrashLoopBackOff') });
  api.add('/api/v1', 'nodes', {
    metadata: { name: 'node-1' },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  });
  api.add('/api/v1', 'services', { metadata: { name: 'outside', namespace: 'shop' }, spec: { type: 'ExternalName' } });
  api.add('/apis/apps/v1', 'deployments', {
    metadata: { name: 'idle', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'idle' } } },
  });
});

function unscheduled(message: string): object {
  return { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] } };
}

function waits(name: string, reason: string): object {
  return { status: { containerStatuses: [{ name, state: { waiting: { reason } } }] } };
}

beforeEach(() => {
  api.deny = () => false;
  api.instead = null;
  api.front = null;
  api.setBackend({ name: POD, namespace: 'shop' }, { port: envoy.port });
});

afterAll(async () => {
  for (const one of [envoy, ...strangers]) await one.close();
  await api.close();
  silent.close();
  directory.remove();
});

let count = 0;
const kubeconfig = (text = api.kubeconfig()): string => directory.write(`kubeconfig-${count++}`, text);
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const at = (server: string, more: object = {}): string => api.kubeconfig({ cluster: { server, ...more } });

async function listener(...more: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', 'listener', ...more], { env: { KUBECONFIG: kubeconfig() } });
}

/** Nothing on stdout, the status, and a message with what to do next; no stack. */
function expectFailure(run: CliRun, status: number, message: RegExp, next: RegExp): void {
  expect({ status: run.status, stdout: run.stdout, listening: run.listening }).toEqual({
    status,
    stdout: '',
    listening: [],
  });
  const [error = '', ...rest] = run.stderr.trimEnd().split('\n');
  expect(error).toMatch(/^Error: /);
  expect(error).toMatch(message);
  expect(rest.join('\n')).toMatch(next);
  expect(run.stderr).not.toMatch(/\n\s+at /);
}

describe('the kubeconfig', () => {
  test('there is none', async () => {
    const run = await runCli(['pc', 'listener', TARGET], { env: { KUBECONFIG: '/nowhere/a:/nowhere/b' } });
    expectFailure(
      run,
      69,
      /no cluster to ask: \/nowhere\/a does not exist, \/nowhere\/b does not exist/,
      /--kubeconfig.*-f/,
    );
    const home = await runCli(['pc', 'listener', TARGET]);
    expectFailure(home, 69, /no cluster to ask: \S+\/\.kube\/config does not exist/, /--kubeconfig/);
  });

  test('the one named does not exist', async () => {
    const run = await runCli(['pc', 'listener', TARGET, '--kubeconfig', '/nowhere/config']);
    expectFailure(run, 69, /open \/nowhere\/config: no such file/, /--kubeconfig/);
  });

  test('it is not a kubeconfig', async () => {
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig('users: [{"token": "secret-token"')]);
    expectFailure(run, 65, /kubeconfig-\d+ is not a kubeconfig: /, /kubectl config view/);
    expect(run.stderr).not.toContain('secret-token');
  });

  test('it lacks the context', async () => {
    const run = await listener(TARGET, '--context', 'tset');
    expectFailure(run, 69, /context "tset" does not exist in /, /Did you mean test\?/);
  });

  test('it has no current context', async () => {
    const text = api.kubeconfig().replace('"current-context":"test"', '"current-context":""');
    const run = await runCli(['pc', 'listener', TARGET], { env: { KUBECONFIG: kubeconfig(text) } });
    expectFailure(run, 69, /no context is chosen/, /--context.*test/);
  });

  test('the context names a cluster or user that it lacks', async () => {
    const cluster = await runCli([
      'pc',
      'listener',
      TARGET,
      '-c',
      kubeconfig(api.kubeconfig({ context: { cluster: 'x' } })),
    ]);
    expectFailure(cluster, 69, /context "test" names the cluster "x", which/, /--context/);
    const user = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(api.kubeconfig({ context: { user: 'y' } }))]);
    expectFailure(user, 69, /context "test" names the user "y", which/, /--context/);
  });

  test('a file that it names is not there', async () => {
    const text = api.kubeconfig({ user: { tokenFile: '/nowhere/token' } });
    expectFailure(
      await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(text)]),
      69,
      /open \/nowhere\/token: no such file/,
      /kubeconfig/,
    );
  });

  test('a credential plug-in is missing or fails', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'no-such-plugin',
      installHint: 'Install it.',
    };
    const missing = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(api.kubeconfig({ user: { exec } }))]);
    expectFailure(missing, 69, /user "tester": the credential plug-in no-such-plugin failed: .*ENOENT/, /Install it\./);
    const fails = { apiVersion: exec.apiVersion, command: 'sh', args: ['-c', 'echo session expired >&2; exit 1'] };
    const failed = await runCli([
      'pc',
      'listener',
      TARGET,
      '-c',
      kubeconfig(api.kubeconfig({ user: { exec: fails } })),
    ]);
    expectFailure(failed, 69, /plug-in sh failed: session expired/, /Log in again/);
  });

  test.each([
    ['prints no JSON', 'echo hello', /plug-in sh failed: what it printed is not JSON, and so not an ExecCredential/],
    ['prints nothing', 'true', /plug-in sh failed: it printed nothing/],
    ['prints something else', `echo '{"kind":"Pod"}'`, /plug-in sh failed: what it printed is not an ExecCredential/],
    ['gives nothing', `echo '{"kind":"ExecCredential","status":{}}'`, /neither a token nor a certificate/],
    ['gives half', `echo '{"kind":"ExecCredential","status":{"clientKeyData":"a"}}'`, /a certificate or a key alone/],
    [
      'gives no text',
      `echo '{"kind":"ExecCredential","status":{"token":1}}'`,
      /the token of its ExecCredential is not text/,
    ],
    ['fails without a word', 'exit 3', /plug-in sh failed: it ended with status 3/],
    ['is ended', 'kill -9 $$', /plug-in sh failed: it was ended by SIGKILL/],
    // It has no standard input where that is no terminal: a question is answered with nothing, and does not wait for ever.
    ['asks', 'printf Password: >&2; read word || exit 1', /plug-in sh failed: Password:/],
  ])('a credential plug-in %s', async (_what, script, says) => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] };
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(api.kubeconfig({ user: { exec } }))]);
    expectFailure(run, 69, says, /Log in again/);
  });

  test('a credential plug-in that must ask on a terminal has none', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'true', interactiveMode: 'Always' };
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(api.kubeconfig({ user: { exec } }))]);
    expectFailure(run, 69, /it asks on a terminal \(interactiveMode Always\), and standard input is none/, /Log in/);
  });

  test('a group cannot be impersonated without a user', async () => {
    expectFailure(await listener(TARGET, '--as-group', 'admins'), 64, /--as-group need --as/, /^/);
  });
});

describe('the API server', () => {
  test('refuses the connection', async () => {
    const text = at('https://127.0.0.1:1');
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(text)]);
    expectFailure(
      run,
      69,
      /cannot reach the API server 127\.0\.0\.1:1 of context "test": .*ECONNREFUSED/,
      /kubectl --context test/,
    );
  });

  test('has no address', async () => {
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(at('https://no-such-host.invalid'))]);
    expectFailure(run, 69, /cannot reach the API server no-such-host\.invalid.*(ENOTFOUND|EAI_AGAIN)/, /VPN/);
  });

  test.each([
    [
      'is signed by an authority that is not known',
      undefined,
      { 'certificate-authority-data': undefined },
      /self-signed|verify/,
      /certificate-authority/,
    ],
    ['has expired', 'expired', {}, /expired/, /expired/],
    ['is for another name', 'other-name', {}, /kubernetes\.example/, /tls-server-name/],
  ] as const)('its certificate %s', async (_what, certificate, cluster, message, next) => {
    const other = await KubeApi.start(certificate === undefined ? {} : { certificate });
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(other.kubeconfig({ cluster }))]);
    await other.close();
    expectFailure(run, 69, /TLS with the API server 127\.0\.0\.1:\d+ failed/, next);
    expect(run.stderr).toMatch(message);
  });

  test('does not speak TLS', async () => {
    const plain = await KubeApi.start({ tls: false });
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(at(plain.url.replace('http:', 'https:')))]);
    await plain.close();
    expectFailure(run, 69, /TLS with the API server 127\.0\.0\.1:\d+ failed/, /does not speak TLS/);
  });

  test('never answers', async () => {
    const text = api.kubeconfig({ cluster: { server: `http://127.0.0.1:${portOf(silent)}` } });
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(text), '--timeout', '300ms']);
    expectFailure(run, 69, /no byte came from the API server 127\.0\.0\.1:\d+ for 0\.3 s/, /--timeout/);
  });

  test('does not know the user', async () => {
    const text = api.kubeconfig({ user: { token: 'another' } });
    const run = await runCli(['pc', 'listener', TARGET, '-c', kubeconfig(text)]);
    expectFailure(run, 69, /401 Unauthorized to user "tester" of context "test"/, /Log in again/);
  });

  test('is a page that asks to log in', async () => {
    api.front = { status: 200, type: 'text/html', text: '<html>log in</html>' };
    expectFailure(await listener(TARGET), 65, /something that is not JSON/, /log in/);
  });

  test('is unwell', async () => {
    api.front = { status: 503, type: 'text/plain', text: 'upstream connect error\n' };
    expectFailure(await listener(TARGET), 69, /says 503: upstream connect error/, /Try again/);
  });
});

describe('a proxy on the way', () => {
  const through = async (proxy: string, server = 'https://cluster.example:6443'): Promise<CliRun> =>
    await runCli([
      ...['pc', 'listener', TARGET, '--timeout', '300ms'],
      ...['-c', kubeconfig(at(server, { 'proxy-url': proxy }))],
    ]);

  test.each(['https://cluster.example:6443', 'http://cluster.example:6443'])(
    'never answers CONNECT, to %s',
    async (server) => {
      const run = await through(`http://user:hunter2@127.0.0.1:${portOf(silent)}`, server);
      expectFailure(
        run,
        69,
        /the proxy http:\/\/127\.0\.0\.1:\d+ \(proxy-url of the kubeconfig\) made no/,
        /--timeout/,
      );
      expect(run.stderr).not.toContain('hunter2');
    },
  );

  test.each(['https', 'socks5h'])('never answers, and is of %s', async (scheme) => {
    const run = await through(`${scheme}://localhost:${portOf(silent)}`);
    expectFailure(run, 69, new RegExp(`the proxy ${scheme}://localhost:\\d+ .* for 0\\.3 s`), /--timeout/);
  });

  test.each(['http', 'socks5'])('refuses the connection, and is of %s', async (scheme) => {
    const run = await through(`${scheme}://127.0.0.1:1`, 'https://127.0.0.1:6443');
    expectFailure(
      run,
      69,
      /cannot reach the API server \S+:6443 through the proxy \S+:1 \(proxy-url of the kubeconfig\): .*ECONNREFUSED/,
      /Is the proxy up/,
    );
  });

  test('is of the environment, and there is no such host', async () => {
    const env = {
      KUBECONFIG: kubeconfig(at('https://cluster.example:6443')),
      HTTPS_PROXY: 'http://no-such.invalid:3128',
    };
    const run = await runCli(['pc', 'listener', TARGET], { env });
    expectFailure(run, 69, /the proxy \S+:3128 \(HTTPS_PROXY of the environment\): .*no-such\.invalid/, /NO_PROXY/);
  });

  test.each([
    [407, /asks for a user and a password/],
    [403, /does not allow a connection to cluster\.example:6443/],
    [502, /itself cannot reach cluster\.example:6443/],
  ])('answers CONNECT with %d', async (status, next) => {
    const proxy = createHttpServer();
    proxy.on('connect', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const run = await through(`http://127.0.0.1:${portOf(proxy)}`);
    proxy.close();
    expectFailure(run, 69, new RegExp(`through the proxy .*: it answered CONNECT with ${status}`), next);
  });

  test('is of no kind that is known', async () => {
    expectFailure(await through('ftp://127.0.0.1:1'), 65, /is not an http, https or socks5 address/, /http:\/\/HOST/);
  });

  test('lets through to an API server that says nothing', async () => {
    const proxy = createHttpServer();
    proxy.on('connect', (_request, socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const run = await through(`http://127.0.0.1:${portOf(proxy)}`);
    proxy.closeAllConnections();
    proxy.close();
    expectFailure(run, 69, /no byte came from the API server cluster\.example:6443 for 0\.3 s/, /--timeout/);
  });
});

describe('RBAC', () => {
  const denies =
    (verb: string, resource: string) =>
    (access: Access): boolean =>
      access.verb === verb && access.resource === resource;

  test.each(['get', 'create'])('lacks %s on pods/portforward', async (verb) => {
    // Without `get` alone it goes over SPDY: see cluster-spdy.test.ts.
    api.deny = (access) => ['create', verb].some((one) => denies(one, 'pods/portforward')(access));
    const run = await listener(TARGET);
    expectFailure(
      run,
      69,
      new RegExp(`403 Forbidden: .*User "tester" cannot ${verb} resource "pods/portforward"`),
      /--via exec/,
    );
    expect(run.stderr).toMatch(
      new RegExp(`The verb "${verb}" on pods/portforward is missing\\..* both get and create`),
    );
  });

  test('lacks create on pods/exec', async () => {
    api.deny = denies('create', 'pods/exec');
    const run = await listener(TARGET, '--via', 'exec');
    expectFailure(run, 69, /cannot create resource "pods\/exec"/, /"create" on pods\/exec is missing/);
  });

  test('lacks list on pods, for a selector', async () => {
    api.deny = denies('list', 'pods');
    expectFailure(await listener('-l', 'app=web', '-n', 'shop'), 69, /cannot list resource "pods"/, /can-i/);
  });
});

describe('a name', () => {
  test('of a pod that there is not', async () => {
    expectFailure(
      await listener('webb.shop'),
      69,
      /pod "webb" not found in namespace "shop"/,
      /Did you mean web-6b746f74dc-9stvs\.shop\?/,
    );
  });

  test('of a pod that there is not, where pods may not be read', async () => {
    api.deny = ({ resource }) => resource === 'pods' || resource === 'namespaces';
    expectFailure(await listener('no-such.shop'), 69, /pod "no-such" not found in namespace "shop"/, /"get" on pods/);
  });

  test('of a workload that there is not, where pods may not be read', async () => {
    api.deny = ({ resource, verb }) => resource === 'pods' && verb === 'get';
    const run = await listener('deploy/no-such.shop');
    expectFailure(run, 69, /deployment "no-such" not found in namespace "shop"/, /./);
  });

  test('of a pod in another namespace', async () => {
    expectFailure(
      await listener(POD),
      69,
      /pod "web-6b746f74dc-9stvs" not found in namespace "default"|namespace "default" not found/,
      /./,
    );
    api.addNamespace('default');
    expectFailure(
      await listener(POD),
      69,
      /not found in namespace "default"/,
      /Did you mean web-6b746f74dc-9stvs\.shop\?/,
    );
  });

  test('of a namespace that there is not', async () => {
    expectFailure(
      await listener(`${POD}.shp`),
      69,
      /namespace "shp" not found in context "test"/,
      /Did you mean shop\?/,
    );
  });

  test('of a workload that there is not, or that has no pods', async () => {
    expectFailure(
      await listener('deploy/idel.shop'),
      69,
      /deployment "idel" not found in namespace "shop"/,
      /Did you mean idle\?/,
    );
    expectFailure(
      await listener('deploy/idle.shop'),
      69,
      /deployment "idle" in namespace "shop" has no pods/,
      /app=idle/,
    );
    expectFailure(await listener('svc/outside.shop'), 69, /service "outside" has no selector/, /Name a pod/);
    expectFailure(await listener('-l', 'app=none', '-n', 'shop'), 69, /no pods found with selector app=none/, /-n/);
  });

  test('that is no selector', async () => {
    expectFailure(await listener('-l', '=x', '-n', 'shop'), 64, /unable to parse the selector/, /label=value/);
  });
});

describe('a pod', () => {
  test.each([
    ['waiting', /pod waiting\.shop is pending \(phase Pending\): not scheduled: 0\/3 nodes/, /describe pod/],
    ['pulling', /pod pulling\.shop is pending .*: app is waiting: ImagePullBackOff/, /describe pod/],
    ['done', /pod done\.shop has completed \(phase Succeeded\)/, /Name a pod that runs/],
    ['evicted', /pod evicted\.shop has failed \(phase Failed\): Evicted/, /Name a pod that runs/],
    [
      'plain',
      /pod plain\.shop has no istio-proxy container \(its containers: app, db\), and nothing listens on its port 15000/,
      /injection/,
    ],
    ['crashing', /pod crashing\.shop: nothing listens on its port 15000/, /istio-proxy is waiting: CrashLoopBackOff/],
  ])('%s', async (pod, message, next) => {
    expectFailure(await listener(`${pod}.shop`), 69, message, next);
  });

  test('whose admin port is another', async () => {
    const run = await listener(TARGET, '--proxy-admin-port', '15099');
    expectFailure(
      run,
      69,
      /nothing listens on its port 15099$/,
      /--proxy-admin-port.*The runtime says: .*connection refused/,
    );
  });

  test('without a proxy, by exec', async () => {
    expectFailure(
      await listener('plain.shop', '--via', 'exec'),
      69,
      /no istio-proxy container \(its containers: app, db\)/,
      /injection/,
    );
  });

  test('in which pilot-agent reaches no Envoy, or is not there', async () => {
    const run = await listener(TARGET, '--via', 'exec', '--proxy-admin-port', '15020');
    expectFailure(run, 69, /ended with status 1: .*connection refused/, /kubectl exec/);
  });
});

describe('the way to Envoy', () => {
  const through = (fault: Fault): void => {
    const backend: Backend = { port: envoy.port, fault };
    api.setBackend({ name: POD, namespace: 'shop' }, backend);
  };

  test('is not there: the node is dead', async () => {
    const message = 'error dialing backend: dial tcp 10.0.0.7:10250: connect: no route to host';
    through({ kind: 'dial-fails', status: 500, message });
    expectFailure(await listener(TARGET), 69, /says 500: error dialing backend: .*no route to host/, /get nodes/);
  });

  test('is never answered', async () => {
    through({ kind: 'dial-hangs' });
    expectFailure(
      await listener(TARGET, '--timeout', '400ms'),
      69,
      /no byte came from the API server .* for 0\.4 s/,
      /--timeout/,
    );
  });

  test('breaks when the node dies in the middle (close 1006)', async () => {
    through({ kind: 'dies', after: 9000 });
    expectFailure(
      await listener(TARGET),
      69,
      /pod web-\S+ \/config_dump\S+: lost after \d{4} bytes: .*close 1006/,
      /get nodes/,
    );
  });

  test.each<[string, (pod: object) => unknown, RegExp]>([
    ['the pod was deleted', () => null, /The pod is gone: it was deleted meanwhile\./],
    ['the pod ends', () => ({ metadata: { name: POD, deletionTimestamp: 'now' } }), /The pod is being deleted\./],
    ['the pod was evicted', () => ({ status: { phase: 'Failed', reason: 'Evicted' } }), /The pod has failed.*Evicted/],
    [
      'the node is not ready',
      (pod) => ({ ...pod, spec: { nodeName: 'node-7' } }),
      /Its node node-7 is not ready: Kubelet/,
    ],
    ['nothing is known to be gone', (pod) => pod, /get nodes/],
  ])('breaks, and then is looked at: %s', async (_what, after, next) => {
    through({ kind: 'dies', after: 9000 });
    let looks = 0;
    const conditions = [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }];
    api.instead = (request, response) => {
      const isNode = request.url?.includes('/nodes/') === true;
      const pod = { metadata: { name: POD, namespace: 'shop' }, status: { phase: 'Running' } };
      const body = isNode ? { status: { conditions } } : looks++ === 0 ? pod : after(pod);
      response.writeHead(body === null ? 404 : 200).end(JSON.stringify(body ?? {}));
    };
    expectFailure(await listener(TARGET), 69, /lost after \d{4} bytes/, next);
  });

  test('breaks with the API server', async () => {
    through({ kind: 'dies', after: 9000 });
    let looks = 0;
    api.instead = (request, response) => {
      if (looks++ > 0) request.socket.destroy();
      else response.end(JSON.stringify({ metadata: { name: POD }, status: { phase: 'Running' } }));
    };
    expectFailure(
      await listener(TARGET),
      69,
      /lost after \d{4} bytes/,
      /The API server \S+ does not answer any more\./,
    );
  });

  test.each([
    ['dies', /lost after \d{4} bytes/],
    ['ends', /lost after \d{4} bytes/],
  ] as const)('%s, and then the API server says nothing: --timeout is not waited for again', async (kind, message) => {
    through({ kind, after: 9000 });
    api.instead = () => undefined;
    expectFailure(await listener(TARGET, '--timeout', '10m'), 69, message, /did not say within 1 s what of it is gone/);
  });

  test('breaks when Envoy resets in the middle (error channel, close 1000)', async () => {
    through({ kind: 'reset', after: 9000 });
    expectFailure(await listener(TARGET), 69, /lost after \d{4} bytes: .*connection reset by peer/, /restarts/);
  });

  test('ends in the middle without a word (close 1000)', async () => {
    through({ kind: 'ends', after: 9000 });
    expectFailure(await listener(TARGET), 69, /lost after \d{4} bytes/, /Try again/);
  });

  test('ends before the answer', async () => {
    through({ kind: 'ends', after: 0 });
    expectFailure(await listener(TARGET), 69, /cannot ask pod web-\S+ \/config_dump/, /admin interface/);
  });

  test('goes silent in the middle', async () => {
    through({ kind: 'silence', after: 9000 });
    expectFailure(await listener(TARGET, '--timeout', '400ms'), 69, /no byte came for 0\.4 s/, /--timeout/);
  });

  test('goes silent, and so does the API server: the second way of auto does not wait as long again', async () => {
    through({ kind: 'silence', after: 0 });
    api.setBackend({ name: POD, namespace: 'shop' }, { port: envoy.port, fault: { kind: 'dial-hangs' } });
    const run = await listener(TARGET, '--timeout', '800ms', '--via', 'auto');
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(/by exec: .* for 0\.8 s\n/);
    expect(run.stderr).toMatch(/\/exec: no byte came from the API server \S+ for 0\.2 s/);
  });

  test('is slow, but not silent', async () => {
    through({ kind: 'slow', milliseconds: 300 });
    const run = await listener(TARGET, '--timeout', '2s', '-o', 'name', '--port', '15001');
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
  });

  test('breaks in the middle of a command', async () => {
    through({ kind: 'dies', after: 0 });
    const run = await listener(TARGET, '--via', 'exec');
    expectFailure(run, 69, /connection broke before pilot-agent request GET \S+ had ended \(close 1006\)/, /./);
  });
});

describe('what answers on the admin port', () => {
  async function stranger(status: number, type: string, text: string): Promise<void> {
    const other = await CannedEnvoy.start({
      configDump: dump,
      instead: (_request, response) => response.writeHead(status, { 'content-type': type }).end(text),
    });
    strangers.push(other);
    api.setBackend({ name: POD, namespace: 'shop' }, { port: other.port });
    api.setBackend({ name: 'plain', namespace: 'shop' }, { port: other.port });
  }

  test('knows no config_dump', async () => {
    await stranger(404, 'text/plain', 'no such page\n');
    expectFailure(
      await listener(TARGET),
      69,
      /pod web-\S+ \/config_dump: 404 Not Found: no such page/,
      /--proxy-admin-port/,
    );
    expectFailure(
      await listener('plain.shop'),
      69,
      /no istio-proxy container \(its containers: app, db\).*404/,
      /injection/,
    );
  });

  test('is a web page', async () => {
    await stranger(200, 'text/html', '<html>hello</html>');
    expectFailure(await listener(TARGET), 65, /answered with a web page/, /--proxy-admin-port/);
  });

  test('is not a dump', async () => {
    await stranger(200, 'application/json', '{"hello": "world"}');
    expectFailure(await listener(TARGET), 65, /pod web-\S+ \/config_dump/, /./);
  });

  test('is unwell', async () => {
    await stranger(503, 'text/plain', 'not ready');
    expectFailure(await listener(TARGET), 69, /503 Service Unavailable: not ready/, /./);
  });
});
