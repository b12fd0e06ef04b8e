/** `--prove` at a gateway of a cluster: through the tests' API server to a real Envoy. */
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Trace } from '../../src/lib/trace/model';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { expectAsBefore, type Front, startFront, stopFront } from './rig/front';
import { describeWithEnvoy, missingEnvoy } from './rig/requirements';

describeWithEnvoy(
  'a gateway of a cluster',
  () => {
    const directory = temporaryDirectory();
    const state = join(directory.path, 'state');
    let front: Front;
    let api: KubeApi;
    let env: Record<string, string>;

    beforeAll(async () => {
      front = await startFront(directory.path);
      api = await KubeApi.start();
      api.addNamespace('shop');
      api.addPod({ name: 'front', namespace: 'shop', containers: ['istio-proxy'] });
      const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
      api.setBackend(
        { name: 'front', namespace: 'shop' },
        {
          port: Number(new URL(front.envoy.admin).port),
          otherPorts: { [front.port]: front.port },
          logs: { 'istio-proxy': () => `${read(front.envoy.log)}\n${read(front.access)}` },
        },
      );
      env = { KUBECONFIG: directory.write('kubeconfig', api.kubeconfig()), XDG_STATE_HOME: state };
    }, 60_000);

    afterAll(async () => {
      await api.close();
      await stopFront(front);
      directory.remove();
    });

    async function isAsBefore(): Promise<void> {
      await expectAsBefore(front, state);
    }

    async function prove(path: string, ...more: readonly string[]): Promise<CliRun> {
      const to = [`http://shop:${front.port}${path}`, ...more];
      return await runCli(['pc', 'trace', 'front.shop', ...to, '--prove', '-o', 'json'], { env });
    }

    it('is sent to through a port-forward, by mctl', async () => {
      const run = await prove('/reviews', '-H', 'end-user: luffy');
      if (run.stdout === '') throw new Error(run.stderr);
      const { proof } = JSON.parse(run.stdout) as Trace;
      const by = `mctl, from here, through a port-forward to port ${front.port} of front.shop`;
      expect(proof).toMatchObject({ sent: 1, by, status: 200, agrees: true });
      const seen = (proof?.steps ?? []).map(({ stage, name, seen }) => [stage, name, seen]);
      expect(seen).toContainEqual(['cluster', 'backend-1', true]);
      expect(run.status).toBe(0);
      await isAsBefore();
    }, 60_000);

    it('its checks are proved, too', async () => {
      const request = `request: { url: 'http://shop:${front.port}/teapot' }, expect: { status: 418 }`;
      const file = directory.write('checks.yaml', `proxy: front.shop\nchecks: [{ name: tea, ${request} }]\n`);
      const run = await runCli(['check', file, '--context', 'test', '--prove'], { env });
      expect(run.stdout).toMatch(/✓ tea\n +✔ Sent once by mctl, from here, through a port-forward/);
      expect(run.status).toBe(0);
      await isAsBefore();
    }, 60_000);

    it.each([
      ['inbound', /this walk begins in front of its inbound port: what is sent there does not take this way/],
      [
        'waypoint',
        /this walk begins at a waypoint, from which nobody calls: what is sent there does not take this way/,
      ],
    ])('a walk that begins %s is refused with the reason and with what proves it', async (mode, why) => {
      const run = await prove('/reviews', '--mode', mode);
      expect(run).toMatchObject({ status: 64, stdout: '' });
      expect(run.stderr).toMatch(why);
      expect(run.stderr).toMatch(/mctl pc trace CALLER\.NAMESPACE URL --prove\. .*--prove-admin POD\.NAMESPACE=URL\./);
      await isAsBefore();
    });

    /** Breaks every connection to the API server when the next request comes to the application. */
    function loseNextConnection(): void {
      const { server } = front.upstreams[0]!;
      const plain = server.listeners('request')[0] as (a: IncomingMessage, b: ServerResponse) => void;
      server.removeAllListeners('request');
      server.once('request', (request, response) => {
        api.breakConnections();
        plain(request, response);
        server.on('request', plain);
      });
    }

    it('a port-forward that is lost during check --prove: the levels are put back over a new one', async () => {
      loseNextConnection();
      const checks = ['reviews', 'teapot'].map(
        (name) => `  - { name: ${name}, request: { url: 'http://shop:${front.port}/${name}' } }\n`,
      );
      const file = directory.write('lost.yaml', `proxy: front.shop\nchecks:\n${checks.join('')}`);
      const run = await runCli(['check', file, '--context', 'test', '--prove'], { env });
      expect(run.status).not.toBe(0);
      expect(`${run.stdout}${run.stderr}`).toMatch(/the port-forward to front\.shop was lost before an answer came/);
      await isAsBefore();
    }, 60_000);

    it('a container that should send is refused', async () => {
      const run = await prove('/reviews', '--prove-container', 'web');
      expect(run.status).toBe(64);
      expect(run.stderr).toMatch(/to a gateway, and to Envoys named by address, mctl sends/);
      await isAsBefore();
    });

    it('a port-forward that is lost before the answer is no wrong prediction, and levels are put back over a new one', async () => {
      loseNextConnection();
      const run = await prove('/reviews');
      expect(run).toMatchObject({ status: 69, stdout: '' });
      expect(run.stderr).toMatch(
        /The request was sent, and the port-forward to front\.shop was lost before an answer came/,
      );
      await isAsBefore();
    }, 60_000);

    it('where the cluster stays away the levels are put back by the next run', async () => {
      const { server } = front.upstreams[0]!;
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
      expect(await front.envoy.levels()).toMatchObject({ http: 'debug' });
      const next = await prove('/teapot');
      expect(next.stderr).toMatch(
        /^The log levels that a run of \S+ raised at front\.shop before it was killed are back\./,
      );
      await isAsBefore();
    }, 60_000);
  },
  missingEnvoy(),
);
