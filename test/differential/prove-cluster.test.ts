/** `--prove` at a gateway of a cluster: through the tests' API server to a real Envoy. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Trace } from '../../src/lib/trace/model';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { type Answering, answering, frontEnvoy } from '../helpers/front-envoy';
import { freePort, ListeningEnvoy } from './rig/listening-envoy';
import { describeWithEnvoy, missingEnvoy } from './rig/requirements';

describeWithEnvoy(
  'a gateway of a cluster',
  () => {
    const directory = temporaryDirectory();
    const access = join(directory.path, 'access.log');
    const state = join(directory.path, 'state');
    let upstreams: readonly Answering[];
    let envoy: ListeningEnvoy;
    let api: KubeApi;
    let port: number;
    let quiet: Record<string, string>;
    let env: Record<string, string>;

    beforeAll(async () => {
      upstreams = [await answering(), await answering()];
      port = await freePort();
      const ports = upstreams.map((one) => one.port);
      envoy = await ListeningEnvoy.start(directory.path, 'front', frontEnvoy(port, ports, access));
      quiet = await envoy.levels();
      api = await KubeApi.start();
      api.addNamespace('shop');
      api.addPod({ name: 'front', namespace: 'shop', containers: ['istio-proxy'] });
      const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
      api.setBackend(
        { name: 'front', namespace: 'shop' },
        {
          port: Number(new URL(envoy.admin).port),
          otherPorts: { [port]: port },
          logs: { 'istio-proxy': () => `${read(envoy.log)}\n${read(access)}` },
        },
      );
      env = { KUBECONFIG: directory.write('kubeconfig', api.kubeconfig()), XDG_STATE_HOME: state };
    }, 60_000);

    afterAll(async () => {
      await api.close();
      await envoy.stop();
      for (const { server } of upstreams) server.close();
      directory.remove();
    });

    async function isAsBefore(): Promise<void> {
      expect(await envoy.levels()).toEqual(quiet);
      const journal = join(state, 'mctl/log-levels');
      expect(existsSync(journal) ? readdirSync(journal) : []).toEqual([]);
    }

    async function prove(path: string, ...more: readonly string[]): Promise<CliRun> {
      const to = [`http://shop:${port}${path}`, ...more];
      return await runCli(['pc', 'trace', 'front.shop', ...to, '--prove', '-o', 'json'], { env });
    }

    it('is sent to through a port-forward, by mctl', async () => {
      const run = await prove('/reviews', '-H', 'end-user: luffy');
      if (run.stdout === '') throw new Error(run.stderr);
      const { proof } = JSON.parse(run.stdout) as Trace;
      const by = `mctl, from here, through a port-forward to port ${port} of front.shop`;
      expect(proof).toMatchObject({ sent: 1, by, status: 200, agrees: true });
      const seen = (proof?.steps ?? []).map(({ stage, name, seen }) => [stage, name, seen]);
      expect(seen).toContainEqual(['cluster', 'backend-1', true]);
      expect(run.status).toBe(0);
      await isAsBefore();
    }, 60_000);

    it('its checks are proved, too', async () => {
      const request = `request: { url: 'http://shop:${port}/teapot' }, expect: { status: 418 }`;
      const file = directory.write('checks.yaml', `proxy: front.shop\nchecks: [{ name: tea, ${request} }]\n`);
      const run = await runCli(['check', file, '--context', 'test', '--prove'], { env });
      expect(run.stdout).toMatch(/✓ tea\n +✔ Sent once by mctl, from here, through a port-forward/);
      expect(run.status).toBe(0);
      await isAsBefore();
    }, 60_000);

    it('a container that should send is refused', async () => {
      const run = await prove('/reviews', '--prove-container', 'web');
      expect(run.status).toBe(64);
      expect(run.stderr).toMatch(/to a gateway, and to Envoys named by address, mctl sends/);
      await isAsBefore();
    });

    it('a port-forward that is lost before the answer is no wrong prediction, and levels are put back over a new one', async () => {
      const { server } = upstreams[0]!;
      const plain = server.listeners('request')[0] as (a: IncomingMessage, b: ServerResponse) => void;
      server.removeAllListeners('request');
      server.once('request', (request, response) => {
        api.breakConnections();
        plain(request, response);
        server.on('request', plain);
      });
      const run = await prove('/reviews');
      expect(run).toMatchObject({ status: 69, stdout: '' });
      expect(run.stderr).toMatch(
        /The request was sent, and the port-forward to front\.shop was lost before an answer came/,
      );
      await isAsBefore();
    }, 60_000);

    it('where the cluster stays away the levels are put back by the next run', async () => {
      const { server } = upstreams[0]!;
      const plain = server.listeners('request')[0] as (a: IncomingMessage, b: ServerResponse) => void;
      server.removeAllListeners('request');
      server.once('request', (request, response) => {
        api.instead = (_request, answer) => void answer.writeHead(503).end();
        api.deny = () => true;
        api.breakConnections();
        plain(request, response);
        server.on('request', plain);
      });
      const run = await prove('/reviews');
      api.instead = null;
      api.deny = () => false;
      expect(run.status).toBe(69);
      expect(run.stderr).toMatch(/its log levels could not be put back[^]*mctl pc log front\.shop/);
      expect(await envoy.levels()).toMatchObject({ http: 'debug' });
      const next = await prove('/teapot');
      expect(next.stderr).toMatch(
        /^The log levels that a run of \S+ raised at front\.shop before it was killed are back\./,
      );
      await isAsBefore();
    }, 60_000);
  },
  missingEnvoy(),
);
