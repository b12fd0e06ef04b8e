/** Dumps of Envoy's v2 API: what speaks of requests refuses them with one sentence, and makes no table of a part. */
import CheckCommand from '../../src/commands/check';
import DiffCommand from '../../src/commands/diff';
import LintCommand from '../../src/commands/lint';
import TraceCommand from '../../src/commands/proxy-config/trace';
import ReachCommand from '../../src/commands/reach';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ADMIN = 'type.googleapis.com/envoy.admin.v2alpha.';
const manager = { stat_prefix: 'x', route_config: { name: 'r', virtual_hosts: [] } };
const listener = {
  name: '0.0.0.0_80',
  address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
  filter_chains: [{ filters: [{ name: 'envoy.http_connection_manager', config: manager }] }],
};

function dump(type: 'sidecar' | 'router'): string {
  const node = { id: `${type}~10.0.0.1~a.b~b.svc.cluster.local` };
  return JSON.stringify({
    configs: [
      { '@type': `${ADMIN}BootstrapConfigDump`, bootstrap: { node } },
      { '@type': `${ADMIN}ClustersConfigDump` },
      { '@type': `${ADMIN}ListenersConfigDump`, dynamic_active_listeners: [{ listener }] },
      { '@type': `${ADMIN}RoutesConfigDump` },
    ],
  });
}

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

describe.each(['sidecar', 'router'] as const)('a dump of the v2 API of a %s', (type) => {
  const file = directory.write(`${type}.json`, dump(type));
  it.each([
    ['reach', ReachCommand, ['-f', file]],
    ['diff --behavior', DiffCommand, [file, file, '--behavior']],
    ['lint', LintCommand, ['-f', file]],
    ['check --generate', CheckCommand, ['--generate', '-f', file]],
    ['trace', TraceCommand, ['http://x:80/', '--original-dst', '10.0.0.1:80', '-f', file]],
  ] as const)('is refused by %s', async (_name, command, argv) => {
    const { exitCode, stderr, stdout } = await runCommand(command, argv);
    expect([exitCode, stdout]).toEqual([65, '']);
    expect(stderr).toContain("is of Envoy's v2 API");
  });
});
