/** What an API server, a pod, an Envoy or a kubeconfig says makes no line that a terminal or a runner obeys, on either stream. */
import { corpusFiles } from '../../helpers/corpora';
import { hostileGroups, expectNothingObeyed } from '../../helpers/hostile-pieces';
import { CannedEnvoy } from '../../helpers/kube-api/canned-envoy';
import { KubeApi } from '../../helpers/kube-api/kube-api';
import { podObject, statusObject } from '../../helpers/kube-api/objects';
import { runCli } from '../../helpers/run-cli';
import { temporaryDirectory } from '../../helpers/temporary-directory';

const directory = temporaryDirectory();
const POD = 'web-6b746f74dc-9stvs';
const TARGET = `${POD}.shop`;
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
let api: KubeApi;
let envoy: CannedEnvoy;
let stranger: CannedEnvoy;
/** What the stranger answers. */
let strange: { readonly status: number; readonly type: string; readonly text: string };
let count = 0;

beforeAll(async () => {
  api = await KubeApi.start();
  envoy = await CannedEnvoy.start({ configDump: dump });
  stranger = await CannedEnvoy.start({
    configDump: dump,
    instead: (_request, response) =>
      response.writeHead(strange.status, { 'content-type': strange.type }).end(strange.text),
  });
});

beforeEach(() => {
  api.instead = null;
  api.front = null;
  for (const kind of ['pods', 'namespaces', 'services', 'nodes']) api.removeAll('/api/v1', kind);
  api.removeAll('/apis/apps/v1', 'deployments');
  api.addPod({ name: POD, namespace: 'shop', labels: { app: 'web' } }, { port: envoy.port });
});

afterAll(async () => {
  await envoy.close();
  await stranger.close();
  await api.close();
  directory.remove();
});

const LISTENER = ['pc', 'listener', TARGET];
const file = (text: string): string => directory.write(`file-${count++}`, text);

/** Something hostile, and the command lines that meet it; what is asked of is the server of the tests unless a kubeconfig is given. */
interface Met {
  readonly kubeconfig?: string;
  readonly lines?: readonly (readonly string[])[];
}

const answer = (status: number, type: string, text: string): Met => {
  api.instead = (_request, response) => response.writeHead(status, { 'content-type': type }).end(text);
  return {};
};
const withUser = (user: object): Met => ({ kubeconfig: api.kubeconfig({ user }) });
const exec = (more: object): Met =>
  withUser({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
      command: process.execPath,
      ...more,
    },
  });
const backend = (more: Parameters<KubeApi['setBackend']>[1]): Met => {
  api.setBackend({ name: POD, namespace: 'shop' }, more);
  return {};
};
const answeredStrangely = (status: number, type: string, text: string): Met => {
  strange = { status, type, text };
  return { ...backend({ port: stranger.port }), lines: [LISTENER, ['pc', 'stats', TARGET], ['pc', 'log', TARGET]] };
};
const renamed = (from: string, to: string): Met => ({
  kubeconfig: api.kubeconfig().replaceAll(JSON.stringify(from), () => JSON.stringify(to)),
  lines: [LISTENER, ['proxy-status', '--context', 'other']],
});
const pod = (more: object): Met => {
  const object = podObject({ name: 'other', namespace: 'shop' });
  api.add('/api/v1', 'pods', { ...object, ...more });
  return { lines: [LISTENER, ['pc', 'listener', 'othr.shop'], ['proxy-status'], ['lint']] };
};

const PLACES: Readonly<Record<string, (text: string) => Met>> = {
  'a status of 403': (text) => answer(403, 'application/json', JSON.stringify(statusObject(403, 'Forbidden', text))),
  'a reason of 500': (text) => answer(500, 'application/json', JSON.stringify(statusObject(500, text, text))),
  'a status of 404': (text) => answer(404, 'application/json', JSON.stringify(statusObject(404, 'NotFound', text))),
  'a page of 503': (text) => answer(503, 'text/html', `<title>${text}</title>${text}`),
  'a text of 401': (text) => answer(401, 'text/plain', text),
  'a list that is none': (text) => answer(200, 'application/json', text),
  'a list of another kind': (text) =>
    answer(200, 'application/json', JSON.stringify({ kind: text, items: { [text]: text } })),
  'a page before the server': (text) => {
    api.front = { status: 502, type: 'text/plain', text };
    return {};
  },
  'a pod': (text) => pod({ metadata: { name: text, namespace: 'shop', labels: { app: text } } }),
  'its namespace': (text) => pod({ metadata: { name: 'other', namespace: text } }),
  'its containers': (text) =>
    pod({ spec: { nodeName: 'node-1', containers: [{ name: text }] }, metadata: { name: POD, namespace: 'shop' } }),
  'its state': (text) => {
    const waiting = { waiting: { reason: text, message: text } };
    api.removeAll('/api/v1', 'pods');
    const { spec } = podObject({ name: POD, namespace: 'shop' });
    const containerStatuses = [{ name: 'istio-proxy', state: waiting }];
    const metadata = { name: POD, namespace: 'shop' };
    api.add('/api/v1', 'pods', { metadata, spec, status: { phase: 'Pending', reason: text, containerStatuses } });
    return {};
  },
  'why it is nowhere': (text) => {
    api.removeAll('/api/v1', 'pods');
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: text, message: text }];
    const { metadata, spec } = podObject({ name: POD, namespace: 'shop' });
    api.add('/api/v1', 'pods', { metadata, spec, status: { phase: 'Pending', conditions } });
    return {};
  },
  'an error of a port-forward': (text) =>
    backend({ port: envoy.port, fault: { kind: 'dial-fails', status: 500, message: text } }),
  'an error of Envoy': (text) => answeredStrangely(503, 'text/plain', text),
  'an answer of Envoy': (text) => answeredStrangely(200, 'application/json', text),
  'a page of Envoy': (text) => answeredStrangely(404, 'text/html', `<html>${text}`),
  'a context': (text) => renamed('test', text),
  'a user': (text) => ({ kubeconfig: api.kubeconfig({ context: { user: text } }) }),
  'a cluster': (text) => ({ kubeconfig: api.kubeconfig({ context: { cluster: text } }) }),
  'a namespace': (text) => ({
    kubeconfig: api.kubeconfig({ context: { namespace: text } }),
    lines: [['pc', 'listener', 'x'], ['ps']],
  }),
  'a server': (text) => ({ kubeconfig: api.kubeconfig({ cluster: { server: `https://127.0.0.1:1/${text}` } }) }),
  'a host': (text) => ({ kubeconfig: api.kubeconfig({ cluster: { server: text } }) }),
  'a proxy': (text) => ({ kubeconfig: api.kubeconfig({ cluster: { 'proxy-url': text } }) }),
  'an authority': (text) => ({ kubeconfig: api.kubeconfig({ cluster: { 'certificate-authority-data': text } }) }),
  'a file of an authority': (text) => ({
    kubeconfig: api.kubeconfig({ cluster: { 'certificate-authority': text, 'certificate-authority-data': undefined } }),
  }),
  'a file of a token': (text) => withUser({ tokenFile: text }),
  'a token': (text) => withUser({ token: text }),
  'a certificate': (text) => withUser({ 'client-certificate-data': text, 'client-key-data': text }),
  'a provider': (text) => withUser({ 'auth-provider': { name: text, config: { [text]: text } } }),
  'a plug-in': (text) => exec({ command: text, installHint: text }),
  'what a plug-in says': (text) => exec({ args: ['-e', `console.error(${JSON.stringify(text)}); process.exit(3)`] }),
  'what a plug-in answers': (text) => exec({ args: ['-e', `console.log(${JSON.stringify(text)})`] }),
  'a kubeconfig that is none': (text) => ({ kubeconfig: text }),
  'a kubeconfig of another kind': (text) => ({
    kubeconfig: JSON.stringify({ kind: text, [text]: text, contexts: text }),
  }),
  'a file that is not there': (text) => ({
    lines: [
      ['pc', 'listener', '-f', text.replaceAll('\0', '')],
      ['lint', '--snapshot', text.replaceAll('\0', '')],
    ],
  }),
  'what is asked for': (text) => {
    const given = text.replaceAll('\0', '');
    return {
      lines: [
        ['pc', 'listener', given],
        ['pc', 'listener', `${given}.shop`],
        ['ps', '-n', given],
        [...LISTENER, '--context', given],
        ['pc', 'listener', `deploy/${given}`],
        ['pc', 'trace', TARGET, given],
        ['check', given],
        [given],
        ['pc', given],
        [...LISTENER, `--${given}`],
        [...LISTENER, '-o', given],
        [...LISTENER, '-o', `jsonpath=${given}`],
        ['explain', given],
        ['capture', given],
      ],
    };
  },
};

const GROUPS = hostileGroups();

test.each(Object.entries(PLACES))('%s', async (_place, place) => {
  for (const text of GROUPS) {
    const { kubeconfig = api.kubeconfig(), lines = [LISTENER] } = place(text);
    for (const argv of lines) {
      const env = { KUBECONFIG: file(kubeconfig), GITHUB_ACTIONS: 'true' };
      const run = await runCli(argv, { env });
      expect([argv, [0, 1, 64, 65, 69].includes(run.status ?? -1) ? 'ends' : run]).toEqual([argv, 'ends']);
      // Envoy's statistics and levels are lines that it wrote, tabs included.
      if (argv[1] === 'stats' || argv[1] === 'log')
        expectNothingObeyed(run.stdout.replace(/\t|^(?:Error|mctl): /gm, ''), argv);
      else expectNothingObeyed(run.stdout, argv);
      expectNothingObeyed(run.stderr, argv);
    }
  }
});
