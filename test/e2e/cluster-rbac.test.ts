/** The roles that the documentation gives are enough, and no more than that. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { type Access, KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const directory = temporaryDirectory();
const fileOf = (kind: string): string => corpusFiles()[`bookinfo/productpage-v1-6b746f74dc-9stvs.${kind}.json`] ?? '';
let api: KubeApi;
let envoy: CannedEnvoy;
let kubeconfig: string;

/** The rules of the Role in a page of the documentation. */
function rulesOf(page: string): readonly Rule[] {
  const text = readFileSync(join(__dirname, '../..', page), 'utf8');
  const role = [...text.matchAll(/```yaml\n([^`]*)```/g)]
    .map(([, block = '']) => block)
    .find((one) => one.includes('kind: Role'));
  return (parse(role ?? '') as { rules: readonly Rule[] }).rules;
}

function allow(rules: readonly Rule[]): void {
  const inNamespace = ({ group, resource, verb }: Access): boolean =>
    rules.some(
      (rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
    );
  api.deny = (access) => access.namespace !== 'bookinfo' || !inNamespace(access);
}

beforeAll(async () => {
  api = await KubeApi.start();
  envoy = await CannedEnvoy.start({ configDump: fileOf('config_dump'), clusters: fileOf('clusters') });
  api.addPod({ name: 'web-1', namespace: 'bookinfo', labels: { app: 'web' }, ip: '10.244.0.10' }, { port: envoy.port });
  const named = (spec: object): object => ({ metadata: { name: 'web', namespace: 'bookinfo' }, spec });
  api.add('/apis/apps/v1', 'deployments', named({ selector: { matchLabels: { app: 'web' } } }));
  api.add('/api/v1', 'services', named({ selector: { app: 'web' } }));
  kubeconfig = directory.write('kubeconfig', api.kubeconfig());
});

afterAll(async () => {
  await envoy.close();
  await api.close();
  directory.remove();
});

async function mctl(...argv: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', ...argv], { env: { KUBECONFIG: kubeconfig } });
}

describe.each(['README.md', 'docs/live-clusters.md'])('the Role of %s', (page) => {
  beforeAll(() => {
    allow(rulesOf(page));
  });

  test.each([['web-1.bookinfo'], ['deploy/web.bookinfo'], ['svc/web.bookinfo'], ['-l', 'app=web', '-n', 'bookinfo']])(
    'reads %s',
    async (...target) => {
      const run = await mctl('listener', '-o', 'name', '--port', '15001', ...target);
      expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
    },
  );

  test('names pods', async () => {
    const run = await mctl('endpoint', 'web-1.bookinfo', '-o', 'wide');
    expect(run.stdout).toMatch(/ web-1\.bookinfo(?: |$)/m);
    expect(run.stderr).toBe('Only the pods of namespace bookinfo may be read: those of others are not known.\n');
  });

  test('traces', async () => {
    const run = await mctl('trace', 'web-1.bookinfo', 'http://details:9080/', '-o', 'json');
    expect(run.stderr).not.toMatch(/Error/);
    expect(JSON.parse(run.stdout)).toMatchObject({ hops: [{ proxy: 'web-1.bookinfo' }] });
  });

  test('does not exec', async () => {
    expect(await mctl('listener', 'web-1.bookinfo', '--via', 'exec')).toMatchObject({ status: 69, stdout: '' });
  });
});

test('a pod that is named in full needs its port-forward alone', async () => {
  allow(rulesOf('docs/live-clusters.md').filter(({ resources }) => resources.includes('pods/portforward')));
  expect(await mctl('listener', 'web-1.bookinfo')).toMatchObject({ status: 0, stderr: '' });
});
