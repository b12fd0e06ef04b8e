/** How requests meet proxies whose node id is not Istio's. */
import { ConfigDump } from '../../../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import { roleOf } from '../../../../src/lib/trace/listener/role';
import { listenerOf } from '../../../helpers/hop';
import { sectionOf } from '../../../helpers/filters';

function role(id: string, ...ports: readonly number[]): string {
  const address = (port_value: number): object => ({ socket_address: { address: '0.0.0.0', port_value } });
  const listeners = ports.map((port) => ({ listener: listenerOf([], { name: String(port), address: address(port) }) }));
  const bootstrap = { ...sectionOf('BootstrapConfigDump', 'none', []), fields: { bootstrap: { node: { id } } } };
  const sections = [bootstrap, sectionOf('ListenersConfigDump', 'static_listeners', listeners)];
  return roleOf(new ProxyConfig(new ConfigDump({ kind: 'config_dump', label: 'test', sections }), null, null));
}

test.each<[string, string, readonly number[], string]>([
  ["Istio's word counts", 'router~10.0.0.1~a.b~b.svc', [15001], 'router'],
  ["Istio's sidecar without a port of its own", 'sidecar~10.0.0.1~a.b~b.svc', [8080], 'sidecar'],
  ['a gateway of another product', 'envoy-default-eg-5c8f', [10080], 'router'],
  ["Consul's sidecar, which rules redirect to 15001", 'frontend-sidecar-proxy', [15001], 'sidecar'],
  ['a sidecar that only calls come to', 'a', [15006, 8080], 'sidecar'],
  ['a proxy without listeners', 'a', [], 'sidecar'],
])('%s', (_name, id, ports, wanted) => {
  expect(role(id, ...ports)).toBe(wanted);
});
