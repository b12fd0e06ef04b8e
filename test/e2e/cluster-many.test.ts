/** What the built program does with many pods of a cluster at once, and with an API server that has too much to do. */
import { existsSync } from 'node:fs';
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { smallDump } from '../helpers/small-dump';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
const PODS = 12;

let api: KubeApi;
let envoy: CannedEnvoy;

beforeAll(async () => {
  api = await KubeApi.start();
  envoy = await CannedEnvoy.start({ configDump: dump });
  for (let index = 0; index < PODS; index += 1) {
    api.addPod({ name: `web-${index}`, namespace: 'shop', labels: { app: 'web' } }, { port: envoy.port });
  }
});

beforeEach(() => {
  for (let index = 0; index < PODS; index += 1) {
    api.setBackend({ name: `web-${index}`, namespace: 'shop' }, { port: envoy.port });
  }
  api.mostOpen = 0;
  api.requests.length = 0;
  api.busy = { left: 0, retryAfter: null };
});

afterAll(async () => {
  await envoy.close();
  await api.close();
  directory.remove();
});

async function mctl(...argv: readonly string[]): Promise<CliRun> {
  return await runCli([...argv, '-n', 'shop'], {
    env: { KUBECONFIG: directory.write('kubeconfig', api.kubeconfig()) },
  });
}

const listener = ['pc', 'listener', '--port', '15001', '-o', 'name'];

describe('connections to pods', () => {
  it.each([
    ['proxy-status', ['ps']],
    ['a view', [...listener, '-l', 'app=web']],
    ['statistics', ['pc', 'log', '-l', 'app=web']],
    ['lint', ['lint', '--all-replicas']],
    ['a capture', ['capture', `${directory.path}/mesh`]],
  ])('of %s are no more than --concurrency', async (_name, argv) => {
    const run = await mctl(...argv, '--concurrency', '3');
    expect([run.status, run.stderr]).not.toEqual([69, expect.anything()]);
    expect(api.mostOpen).toBeGreaterThan(0);
    expect(api.mostOpen).toBeLessThanOrEqual(3);
  });

  it('are one after the other where there is one place', async () => {
    const run = await mctl(...listener, '-l', 'app=web', '--concurrency', '1');
    expect(run.status).toBe(0);
    expect(run.stdout.match(/^web-\d+\.shop:$/gm)).toHaveLength(PODS);
    expect(api.mostOpen).toBe(1);
  });

  it('must be at least one', async () => {
    expect(await mctl(...listener, 'web-1', '--concurrency', '0')).toMatchObject({ status: 64, stdout: '' });
  });
});

describe('failures', () => {
  it('of one cause are one message with a count', async () => {
    for (let index = 1; index < PODS; index += 1) {
      api.setBackend({ name: `web-${index}`, namespace: 'shop' }, { port: null });
    }
    for (const argv of [['ps'], [...listener, '-l', 'app=web']]) {
      const run = await mctl(...argv);
      expect(run.status).toBe(69);
      expect(run.stderr.match(/^Error: .*/gm)).toHaveLength(1);
      expect(run.stderr).toMatch(
        /^Error: pod web-1\d?\.shop: nothing listens on its port 15000\nThe same of 10 more: .* and 5 others\.\n.*The runtime says: /m,
      );
    }
  });
});

describe('half of the pods that may not be forwarded to', () => {
  beforeEach(() => {
    api.deny = (access) =>
      JSON.stringify(access).includes('portforward') && /web-[02468]"/.test(JSON.stringify(access));
  });
  afterEach(() => {
    api.deny = () => false;
  });

  it('lose no finding of the others', async () => {
    const { status, stdout, stderr } = await mctl('lint', '--all-replicas', '-o', 'name');
    expect(status).toBe(69);
    const named = new Set(stdout.split('\n').map((line) => line.split(' ')[0]));
    expect([...named].filter((name) => name !== '').sort()).toEqual(
      ['web-1', 'web-10', 'web-11', 'web-3', 'web-5', 'web-7', 'web-9'].map((name) => `${name}.shop`),
    );
    expect(stderr.match(/403 Forbidden/g)).toHaveLength(1);
    expect(stderr).toContain('The same of 4 more: web-2.shop, web-4.shop, web-6.shop, web-8.shop.');
  });

  it('are one message of a capture', async () => {
    const { status, stderr } = await mctl('capture', `${directory.path}/half`);
    expect(status).toBe(69);
    expect(stderr).toContain('Saved 7 of 12 proxies');
    expect(stderr.match(/403 Forbidden/g)).toHaveLength(1);
    expect(stderr).toContain('    The same of 4 more: web-2.shop, web-4.shop, web-6.shop, web-8.shop.\n');
  });
});

it('proxy-status shows the proxies that answered where nobody says which ztunnels there are', async () => {
  api.deny = ({ resource, namespace }) => {
    // Of the pods with ztunnel's label there are none; what says by which they are known is silent.
    if (resource === 'pods' && namespace === 'istio-system') api.instead = () => undefined;
    return false;
  };
  const run = await runCli(['ps', '--timeout', '1500ms'], {
    env: { KUBECONFIG: directory.write('kubeconfig', api.kubeconfig()) },
  });
  [api.deny, api.instead] = [() => false, null];
  expect(run.status).toBe(69);
  expect(run.stderr).toMatch(/^Error: GET .*ztunnel.*: no byte came from the API server/m);
  expect(run.stdout).toMatch(/^web-0\.shop /m);
});

it('a capture says nothing of its progress where no terminal is', async () => {
  const run = await mctl('capture', `${directory.path}/quiet`);
  expect(run.status).toBe(0);
  expect(run.stderr.split('\n')[0]).toBe(`Saved ${PODS} of ${PODS} proxies in ${directory.path}/quiet.`);
});

describe('an API server with too much to do', () => {
  it.each(['1', '0', null])('is asked again after its Retry-After of %s', async (retryAfter) => {
    api.busy = { left: 2, retryAfter };
    const run = await mctl(...listener, 'web-1');
    expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
  });

  it('is asked again for a connection to a pod', async () => {
    api.deny = ({ resource }) => {
      // The pod is read; what comes next is busy.
      if (resource === 'pods') api.busy = { left: 1, retryAfter: '0' };
      return false;
    };
    const run = await mctl('pc', 'bootstrap', 'web-1', '-o', 'json');
    api.deny = () => false;
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(api.requests).toHaveLength(3);
  });

  it.each([listener, ['pc', 'bootstrap']])('is not waited for longer than --timeout by %s %s', async (...command) => {
    api.busy = { left: 99, retryAfter: '60' };
    const run = await mctl(...command, 'web-1');
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(/^Error: GET \S+: 429 Too Many Requests, again and again: Too many requests/);
    expect(run.stderr).toMatch(/--concurrency/);
    expect(api.requests).toHaveLength(1);
  });

  it('is asked ten times', async () => {
    api.busy = { left: 99, retryAfter: '0' };
    expect(await mctl(...listener, 'web-1')).toMatchObject({ status: 69, stdout: '' });
    expect(api.requests).toHaveLength(10);
  });
});

it('a capture of 500 pods of every namespace saves each, over no more connections than are allowed', async () => {
  const many = await KubeApi.start();
  const small = await CannedEnvoy.start({ configDump: JSON.stringify(smallDump({ virtualHosts: [] })) });
  try {
    for (let index = 0; index < 500; index += 1) {
      many.addPod({ name: `web-${index}`, namespace: `ns-${index % 20}` }, { port: small.port });
    }
    const out = `${directory.path}/every`;
    const run = await runCli(['capture', out, '-A'], {
      env: { KUBECONFIG: directory.write('kubeconfig-many', many.kubeconfig()) },
    });
    expect(run.stderr).toMatch(/^Saved 500 of 500 proxies/m);
    expect(run.status).toBe(0);
    expect(many.mostOpen).toBeLessThanOrEqual(8);
    for (let index = 0; index < 500; index += 1) {
      expect(existsSync(`${out}/proxies/ns-${index % 20}/web-${index}/config_dump.json`)).toBe(true);
    }
  } finally {
    await small.close();
    await many.close();
  }
});
