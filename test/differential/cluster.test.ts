/** The built program against a real Envoy behind the tests' API server: what it sends, and what is left in it. */
import { join } from 'node:path';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { PlainEnvoy } from './rig/plain-envoy';
import { describeWithEnvoy, missingEnvoy } from './rig/requirements';

const SERVICES = 300;

function bootstrap(): object {
  const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`;
  const clusters = Array.from({ length: SERVICES }, (_, index) => {
    const name = `outbound|80||service-${index}.shop.svc.cluster.local`;
    const address = { socket_address: { address: '10.0.0.1', port_value: 80 } };
    const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
    return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints } };
  });
  const proxy = {
    '@type': type('filters.network.tcp_proxy.v3.TcpProxy'),
    stat_prefix: 'x',
    cluster: clusters[0]?.name,
  };
  return {
    node: { id: 'sidecar~10.0.0.9~web.shop~shop.svc.cluster.local', cluster: 'web' },
    static_resources: {
      clusters,
      listeners: [
        {
          name: 'virtualOutbound',
          address: { socket_address: { address: '127.0.0.1', port_value: 0 } },
          filter_chains: [{ filters: [{ name: 'envoy.filters.network.tcp_proxy', typed_config: proxy }] }],
        },
      ],
    },
  };
}

describeWithEnvoy(
  'a real Envoy in a pod',
  () => {
    const directory = temporaryDirectory();
    let envoy: PlainEnvoy;
    let api: KubeApi;
    let kubeconfig: string;

    beforeAll(async () => {
      envoy = await PlainEnvoy.start(directory.path, bootstrap());
      api = await KubeApi.start();
      api.addPod({ name: 'web', namespace: 'shop' }, { port: join(directory.path, 'admin.sock') });
      kubeconfig = directory.write('kubeconfig', api.kubeconfig());
    }, 70_000);

    afterAll(async () => {
      await api.close();
      await envoy.stop();
      directory.remove();
    });

    async function mctl(...argv: readonly string[]): Promise<CliRun> {
      return await runCli(['pc', ...argv, 'web.shop'], { env: { KUBECONFIG: kubeconfig } });
    }

    /** Connections to the admin interface now; the one that asks is among them. */
    async function connections(): Promise<number> {
      const text = await envoy.admin('/stats?filter=listener.admin.downstream_cx_active');
      return Number(/^listener\.admin\.downstream_cx_active: (\d+)$/m.exec(text)?.[1]);
    }

    async function idle(): Promise<number> {
      const end = Date.now() + 3000;
      let now = await connections();
      while (now > 1 && Date.now() < end) now = await connections();
      return now;
    }

    it.each(['port-forward', 'exec'])('sends what is asked for by %s, and keeps no connection', async (via) => {
      const run = await mctl('cluster', '-o', 'name', '--via', via);
      expect(run).toMatchObject({ status: 0, stderr: '', listening: [] });
      expect(run.stdout.trim().split('\n')).toHaveLength(SERVICES);
      expect(await idle()).toBe(1);
    });

    it('narrows by name, so that less comes', async () => {
      const bytesOf = (text: string): number => Number(/ \/config_dump\S*: 200, (\d+) bytes/.exec(text)?.[1]);
      const all = await mctl('cluster', '-o', 'name', '--show-requests');
      const one = await mctl('cluster', '-o', 'name', '--show-requests', '--fqdn', 'service-7.shop.svc.cluster.local');
      expect(one.stdout).toBe('cluster/outbound|80||service-7.shop.svc.cluster.local\n');
      expect(bytesOf(one.stderr)).toBeLessThan(bytesOf(all.stderr) / 100);
    });

    it.each(['port-forward', 'exec'])('changes a log level and reads statistics by %s', async (via) => {
      const log = await mctl('log', '--level', 'admin:debug', '--via', via);
      expect(log).toMatchObject({ status: 0, listening: [] });
      expect(log.stdout).toMatch(/admin: debug/);
      await mctl('log', '--level', 'admin:warning', '--via', via);
      expect(await mctl('stats', '--via', via)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/cluster_manager\.active_clusters: 300/),
      });
      expect(await idle()).toBe(1);
    });

    it('answers every view', async () => {
      expect(await mctl('listener', '-o', 'name')).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n' });
      expect((await mctl('endpoint')).stdout.trim().split('\n')).toHaveLength(SERVICES + 1);
      expect(await mctl('bootstrap')).toMatchObject({ status: 0 });
      expect(await idle()).toBe(1);
    });
  },
  missingEnvoy(),
);
