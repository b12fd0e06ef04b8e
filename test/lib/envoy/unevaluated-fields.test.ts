/** Fields that may act on a request and are not evaluated are named where they are set. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MESSAGES } from '../../../src/lib/envoy/messages';
import { UNEVALUATED, unevaluatedFields } from '../../../src/lib/envoy/unevaluated-fields';
import {
  clusterOf,
  listenerOf,
  manager,
  proxyOf,
  routing,
  tcpProxy,
  typed,
  walkOf,
  type Walked,
} from '../../helpers/hop';

const fields = (message: string): ReadonlySet<string> =>
  new Set(
    ((MESSAGES as Readonly<Record<string, string>>)[message] ?? '')
      .trim()
      .split(/\s+/)
      .map((field) => field.slice(0, field.indexOf(':'))),
  );

test.each(Object.entries(UNEVALUATED))('no field of %s that is read is listed as one that is not', (message, names) => {
  expect(names.filter((name) => fields(message).has(name))).toEqual([]);
});

test.each<[string, object, string, readonly string[]]>([
  ['a message without any', { name: 'x' }, 'Listener', []],
  ['a field that is set', { headers_to_add: [{}] }, 'TunnelingConfig', ['headers_to_add']],
  ['an empty list', { headers_to_add: [] }, 'TunnelingConfig', []],
  ['a field that is off', { use_post: false }, 'TunnelingConfig', []],
  [
    'what is in a message of it',
    { common_tls_context: { custom_handshaker: { name: 'h' } } },
    'DownstreamTlsContext',
    ['common_tls_context.custom_handshaker'],
  ],
  [
    'what is in an extension of it',
    {
      transport_socket: {
        name: 'tls',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
          common_tls_context: { custom_handshaker: { name: 'h' } },
        },
      },
    },
    'Cluster',
    ['transport_socket.typed_config.common_tls_context.custom_handshaker'],
  ],
  ['what a step of its own tells', { filter_chains: [{ filters: [] }] }, 'Listener', []],
  ['a message that nobody knows', { a: 1 }, 'Nobody', []],
])('%s', (_name, value, message, wanted) => {
  expect(unevaluatedFields(value, message)).toEqual(wanted);
});

function named({ hop }: Walked): readonly string[] {
  return hop.steps.flatMap(({ stage, details }) =>
    details.filter(([label]) => label === 'not evaluated').map(([, text]) => `${stage}: ${text}`),
  );
}

it('the steps of a walk name them', () => {
  const http = manager({
    route_config: {
      name: 'rc',
      route_specifiers: [{ name: 'c' }],
      virtual_hosts: [
        {
          name: 'v',
          domains: ['*'],
          retry_policy_typed_config: { '@type': 'type.googleapis.com/x.Y' },
          routes: [{ match: { prefix: '/' }, route: { cluster: 'c', max_internal_redirects: 2 } }],
        },
      ],
    },
    forward_proto_config: { https_destination_ports: [443] },
  });
  const cluster = { circuit_breakers: { thresholds: [{ max_connection_pools: 3 }] } };
  const config = proxyOf({
    listeners: [listenerOf([http], { fcds_config: {} })],
    clusters: [clusterOf('c', [{ port: 80 }], cluster)],
  });
  expect(named(walkOf(config, 'http://h/'))).toEqual([
    'listener: fcds_config',
    'http-connection-manager: forward_proto_config',
    'route-configuration: route_specifiers',
    'virtual-host: retry_policy_typed_config',
    'route: route.max_internal_redirects',
    'cluster: circuit_breakers.thresholds.max_connection_pools',
  ]);
});

it('a tunnel of the TCP proxy, too', () => {
  const proxy = tcpProxy({ cluster: 'c', tunneling_config: { hostname: 'h:1', use_post: true } });
  const config = proxyOf({ listeners: [listenerOf([proxy])], clusters: [clusterOf('c', [{ port: 80 }])] });
  expect(named(walkOf(config, 'tcp://h:8080'))).toEqual(['network-filter: tunneling_config.use_post']);
});

it.each([
  [
    'where the certificate is verified',
    { trusted_ca: { inline_string: 'x' } },
    ['tls: auto_san_validation', 'tls: auto_sni_san_validation'],
  ],
  ['but not where it is not', undefined, []],
])('names that a certificate must have by the request are named %s', (_name, context, wanted) => {
  const common_tls_context = context === undefined ? {} : { validation_context: context };
  const cluster = {
    transport_socket: typed('tls', 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      auto_sni_san_validation: true,
      common_tls_context,
    }),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        upstream_http_protocol_options: { auto_sni: true, auto_san_validation: true },
      },
    },
  };
  const config = proxyOf({
    listeners: [listenerOf([routing([{ match: { prefix: '/' }, route: { cluster: 'c' } }])])],
    clusters: [clusterOf('c', [{ port: 80 }], cluster)],
  });
  expect(named(walkOf(config, 'http://h/'))).toEqual(wanted);
});

it('docs/trace-fidelity.md lists them', () => {
  const file = join(__dirname, '../../../docs/trace-fidelity.md');
  const page = readFileSync(file, 'utf8');
  const begin = '<!-- named: made by test/lib/envoy/unevaluated-fields.test.ts -->\n';
  const rows = Object.entries(UNEVALUATED).map(
    ([message, names]) => `- \`${message}\`: ${names.map((name) => `\`${name}\``).join(', ')}\n`,
  );
  const from = page.indexOf(begin);
  const wanted = `${page.slice(0, from)}${begin}\n${rows.join('')}\n${page.slice(page.indexOf('<!-- end of named -->'))}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, wanted);
  else expect(page).toBe(wanted);
});
