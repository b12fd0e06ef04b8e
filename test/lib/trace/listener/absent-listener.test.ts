/** Listeners that do not serve are the cause where one of them would have. */
import { ConfigDump } from '../../../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../../../src/lib/envoy/proxy-config';
import { InputError } from '../../../../src/lib/errors';
import { sectionOf } from '../../../helpers/filters';
import { listenerOf, tcpProxy, walkOf, type Walked } from '../../../helpers/hop';

const NO_CLUSTERS = sectionOf('ClustersConfigDump', 'static_clusters', []);

function met(list: string, entry: object, type = 'ListenersConfigDump'): Walked {
  const section = sectionOf(type, list, [entry]);
  return walkOf(
    new ProxyConfig(
      new ConfigDump({ kind: 'config_dump', label: 'test', sections: [section, NO_CLUSTERS] }),
      null,
      null,
    ),
    'http://h/',
  );
}

const listener = { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener', ...listenerOf([]) };

test.each<[string, object, string]>([
  [
    'with its configuration',
    { failed_configuration: listener, details: 'no such\n filter' },
    'was rejected: no such filter',
  ],
  ['by its name alone', { details: 'bad' }, 'was rejected: bad'],
])('a listener that was rejected, %s', (_name, error_state, because) => {
  const walked = met('dynamic_listeners', { name: '10.0.0.2_8080', error_state });
  expect(walked).toMatchObject({ verdict: 'failed', reason: 'no-listener' });
  expect(walked.step('listener')?.because).toContain(because);
  expect(walked.step('listener')?.config).toBe('/configs/0/dynamic_listeners/0/error_state');
});

test('a listener that is warming', () => {
  const walked = met('dynamic_listeners', { name: 'l', warming_state: { listener } });
  expect(walked.step('listener')?.because).toContain('the listener l of that address is warming');
});

test('of another port it is no cause', () => {
  const walked = met('dynamic_listeners', { name: '10.0.0.2_8081', error_state: { details: 'bad' } });
  expect(walked.step('listener')?.because).toBe('no listener is bound to 10.0.0.2:8080');
});

test("a listener of Envoy's v2 API is refused, not half evaluated", () => {
  const old = { '@type': 'type.googleapis.com/envoy.api.v2.Listener', ...listenerOf([tcpProxy({ cluster: 'c' })]) };
  expect(() => met('static_listeners', { listener: old })).toThrow(InputError);
  const { hop } = met('dynamic_active_listeners', { listener: listenerOf([tcpProxy({ cluster: 'c' })]) });
  expect(hop.listener?.name).toBe('l');
});
