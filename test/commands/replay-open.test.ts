/** What a line of an access log does not hold is open: a line agrees where some value of it explains the line. */
import ReplayCommand from '../../src/commands/replay';
import { runCommand } from '../helpers/run-command';
import { smallDump } from '../helpers/small-dump';
import { temporaryDirectory } from '../helpers/temporary-directory';

const FILTER = 'type.googleapis.com/envoy.extensions.filters.http';
const files = temporaryDirectory();

afterAll(() => {
  files.remove();
});

const dump = smallDump({
  clusters: ['a', 'b', 'c'],
  manager: {
    strip_any_host_port: true,
    local_reply_config: {
      mappers: [
        {
          filter: { header_filter: { header: { name: ':scheme', string_match: { exact: 'https' } } } },
          status_code: 404,
        },
      ],
    },
  },
  filters: [
    {
      name: 'fault',
      typed_config: {
        '@type': `${FILTER}.fault.v3.HTTPFault`,
        abort: { http_status: 418, percentage: { numerator: 100 } },
        headers: [
          { name: 'x-fault', string_match: { exact: 'yes' } },
          { name: 'x-keep', invert_match: true, present_match: true },
        ],
      },
    },
    {
      name: 'basic',
      typed_config: { '@type': `${FILTER}.basic_auth.v3.BasicAuth`, users: { inline_string: 'u:{SHA}secret' } },
    },
  ],
  virtualHosts: [
    {
      name: 'h',
      domains: ['x.example.com', '*.wide.example.com'],
      routes: [
        { name: 'regex', match: { safe_regex: { regex: '/items/[0-9]+' } }, route: { cluster: 'a' } },
        { name: 'named', match: { prefix: '/named', grpc: {} }, route: { cluster_header: 'x-cluster' } },
        {
          name: 'weighted',
          match: { prefix: '/w' },
          route: {
            weighted_clusters: {
              clusters: [
                { name: 'b', weight: 1, host_rewrite_literal: 'rewritten.example.com' },
                { name: 'c', weight: 0 },
              ],
            },
          },
        },
        { name: 'rest', match: { prefix: '/' }, route: { cluster: 'c' } },
      ],
    },
  ],
});

interface Logged {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly flags?: string;
  readonly details?: string;
  readonly authority?: string;
  readonly cluster?: string;
  readonly route?: string;
}

function line(logged: Logged): string {
  const { method = 'GET', path = '/', status = 200, flags = '-', details = 'via_upstream' } = logged;
  const { authority = 'x.example.com', cluster = '-', route = '-' } = logged;
  return `[2026-08-01T10:00:00.000Z] "${method} ${path} HTTP/1.1" ${status} ${flags} ${details} - "-" 0 1 2 1 "-" "curl/8" "id" "${authority}" "-" ${cluster} - 10.0.0.1:8080 10.1.1.1:999 - ${route}`;
}

test.each<[string, Logged, string]>([
  ['credentials that the dump does not show', { cluster: 'c', route: 'rest' }, 'the right credentials'],
  [
    'a fault by headers',
    { status: 418, flags: 'FI', details: 'fault_filter_abort', cluster: 'c', route: 'rest' },
    'x-fault: yes',
  ],
  [
    'a path that the client hid behind x-envoy-original-path',
    { path: '/shown', cluster: 'a', route: 'regex' },
    'the right credentials and the path /items/1 and x-envoy-original-path: /shown',
  ],
  [
    'a cluster that a header names, of a gRPC route',
    { path: '/named/x', cluster: 'b', route: 'named' },
    'the right credentials and content-type: application/grpc, x-cluster: b',
  ],
  [
    'an authority that one of the weighted clusters rewrites',
    { path: '/w', authority: 'rewritten.example.com', cluster: 'b', route: 'weighted' },
    'the right credentials and the authority x.example.com, which Envoy changed',
  ],
  [
    'an answer that is changed by the scheme',
    { status: 404, details: 'no_credential_for_basic_auth', route: 'rest', cluster: 'c' },
    'x-forwarded-proto: https',
  ],
])('%s', async (_what, logged, needs) => {
  const dumped = files.write('dump.json', JSON.stringify(dump));
  const log = files.write('log', `${line(logged)}\n`);
  const run = await runCommand(ReplayCommand, [log, '-f', dumped, '-o', 'json']);
  const { groups } = JSON.parse(run.stdout) as { groups: readonly { kind: string; needs: string | null }[] };
  expect(groups).toMatchObject([{ kind: 'agree', needs }]);
});

test('what nothing explains differs', async () => {
  const dumped = files.write('dump.json', JSON.stringify(dump));
  const log = files.write(
    'log',
    `${line({ status: 418, flags: 'FI', details: 'fault_filter_abort', cluster: 'b', route: 'none' })}\n`,
  );
  const run = await runCommand(ReplayCommand, [log, '-f', dumped, '-o', 'json']);
  expect(JSON.parse(run.stdout)).toMatchObject({ agree: 0, differ: 1 });
  expect(run.exitCode).toBe(1);
});

test('a path by which a matcher tree chooses, and all that an answer implies, at once', async () => {
  const manyHeaders = Array.from({ length: 60 }, (_, index) => ({
    name: `h${index}`,
    match: {
      prefix: '/',
      headers: [{ name: `x-${index}`, string_match: { exact: 'v' } }],
      query_parameters: [{ name: 'q' }],
    },
    route: { cluster: 'a' },
  }));
  const route = { name: 'tree', match: { prefix: '/' }, route: { cluster: 'b' } };
  const action = {
    name: 'routes',
    typed_config: { '@type': 'type.googleapis.com/envoy.config.route.v3.RouteList', routes: [route] },
  };
  const input = {
    name: 'path',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
      header_name: ':path',
    },
  };
  const tree = { matcher_tree: { input, prefix_match_map: { map: { '/reviews': { action } } } } };
  const other = smallDump({
    clusters: ['a', 'b'],
    filters: [{ name: 'buffer', typed_config: { '@type': `${FILTER}.buffer.v3.Buffer`, max_request_bytes: 1000 } }],
    virtualHosts: [
      { name: 'many', domains: ['x.example.com'], routes: manyHeaders },
      { name: 'tree', domains: ['tree.example.com'], matcher: tree },
    ],
  });
  const dumped = files.write('dump.json', JSON.stringify(other));
  const log = files.write(
    'log',
    [
      line({ path: '/a', authority: 'tree.example.com', cluster: 'b', route: 'tree' }),
      line({ method: 'POST', path: '/a', details: 'request_payload_too_large' }),
    ].join('\n'),
  );
  const run = await runCommand(ReplayCommand, [log, '-f', dumped, '-o', 'json']);
  const needs = JSON.parse(run.stdout).groups.map(({ kind, needs: one }: Record<string, unknown>) => [kind, one]);
  expect(needs).toContainEqual(['agree', 'the path /reviews and x-envoy-original-path: /a']);
  expect(needs).toContainEqual(['agree', 'content-type: application/grpc, content-length: 1000000000000']);
});

describe('X-Forwarded-For', () => {
  const external = smallDump({
    clusters: ['a'],
    manager: {
      use_remote_address: true,
      internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
    },
    virtualHosts: [
      {
        name: 'h',
        domains: ['*'],
        require_tls: 'EXTERNAL_ONLY',
        routes: [{ name: 'rest', match: { prefix: '/' }, route: { cluster: 'a' } }],
      },
    ],
  });
  const forwarded = (logged: Logged, header: string): string =>
    line(logged).replace('"-" "curl/8"', `"${header}" "curl/8"`);

  // As an Envoy wrote it: with use_remote_address the caller stands behind what the client sent.
  test.each<[string, string, string | null]>([
    [
      'of a client that sent addresses makes the request external',
      forwarded({ status: 301, details: 'direct_response' }, '1.2.3.4, 10.9.9.9,10.1.1.1'),
      null,
    ],
    [
      'that holds the caller alone is of Envoy, and the request is internal',
      forwarded({ cluster: 'a', route: 'rest' }, '10.1.1.1'),
      null,
    ],
    [
      'that holds the caller alone may be of the client, too',
      forwarded({ status: 301, details: 'direct_response' }, '10.1.1.1'),
      'x-forwarded-for: 10.1.1.1 of the client',
    ],
  ])('%s', async (_what, logged, needs) => {
    const dumped = files.write('dump.json', JSON.stringify(external));
    const run = await runCommand(ReplayCommand, [files.write('log', `${logged}\n`), '-f', dumped, '-o', 'json']);
    expect(JSON.parse(run.stdout).groups).toMatchObject([{ kind: 'agree', needs }]);
  });

  test('whose caller was taken from it has the caller behind it, too', async () => {
    const manager = { use_remote_address: true, xff_num_trusted_hops: 1 };
    const route = { name: 'rest', match: { prefix: '/' }, route: { cluster: 'a' } };
    const rbac = {
      name: 'rbac',
      typed_config: {
        '@type': `${FILTER}.rbac.v3.RBAC`,
        rules: {
          policies: {
            one: {
              permissions: [{ any: true }],
              principals: [{ remote_ip: { address_prefix: '9.9.9.9', prefix_len: 32 } }],
            },
          },
        },
      },
    };
    const hops = smallDump({
      clusters: ['a'],
      manager,
      filters: [rbac],
      virtualHosts: [{ name: 'h', domains: ['*'], routes: [route] }],
    });
    const dumped = files.write('dump.json', JSON.stringify(hops));
    const logged = forwarded({ cluster: 'a', route: 'rest' }, '9.9.9.9,10.1.1.1').replace('10.1.1.1:999', '9.9.9.9:0');
    const run = await runCommand(ReplayCommand, [files.write('log', `${logged}\n`), '-f', dumped, '-o', 'json']);
    expect(JSON.parse(run.stdout).groups).toMatchObject([
      { kind: 'agree', needs: 'x-forwarded-for: 9.9.9.9 of the client' },
    ]);
  });
});

describe('a client that left', () => {
  const gone: Logged = { status: 0, flags: 'DC', details: 'downstream_remote_disconnect' };

  test.each<[string, string, Logged]>([
    ['before any answer contradicts nothing', 'agree', gone],
    ['behind a route that the request does not come to', 'differ', { ...gone, route: 'regex' }],
    ['behind a cluster that the request does not come to', 'differ', { ...gone, cluster: 'a' }],
    ['with an answer', 'differ', { ...gone, status: 418 }],
    ['while its body was awaited, which is another end', 'differ', { ...gone, details: 'response_timeout' }],
  ])('%s', async (_what, kind, logged) => {
    const other = smallDump({
      clusters: ['a'],
      virtualHosts: [
        {
          name: 'h',
          domains: ['x.example.com'],
          routes: [{ name: 'own', match: { prefix: '/' }, direct_response: { status: 403 } }],
        },
      ],
    });
    const dumped = files.write('dump.json', JSON.stringify(other));
    const run = await runCommand(ReplayCommand, [
      files.write('log', `${line(logged)}\n`),
      ...['-f', dumped, '-o', 'json'],
    ]);
    expect(JSON.parse(run.stdout).groups).toMatchObject([{ kind }]);
  });
});

test('lines of which no request can be made are unknown, and the others are judged all the same', async () => {
  const named = smallDump({
    nodeType: 'sidecar',
    clusters: ['a'],
    virtualHosts: [
      {
        name: 'h',
        domains: ['x.example.com'],
        routes: [{ name: 'named', match: { prefix: '/' }, route: { cluster_header: ':authority' } }],
      },
    ],
  });
  const dumped = files.write('dump.json', JSON.stringify(named));
  const ofEnvoy = (authority: string): string =>
    `[2026-08-01T10:00:00.000Z] "GET / HTTP/1.1" 200 - 0 1 2 - "-" "curl/8" "id" "${authority}" "10.9.9.9:80"`;
  const lines = [ofEnvoy('nobody.knows'), ofEnvoy(''), line({ cluster: 'a', route: 'named' }), line({ status: 404 })];
  const run = await runCommand(ReplayCommand, [files.write('log', lines.join('\n')), ...['-f', dumped, '-o', 'json']]);
  expect(JSON.parse(run.stdout)).toMatchObject({ lines: 4, leftOut: 0 });
  expect(JSON.parse(run.stdout).groups).toContainEqual(
    expect.objectContaining({ kind: 'unknown', needs: expect.stringContaining('nobody.knows') }),
  );
});

describe('what the walk leaves open', () => {
  const route = { name: 'own', match: { path: '/own' }, route: { cluster: 'a' } };
  const rbac = {
    name: 'rbac',
    typed_config: {
      '@type': `${FILTER}.rbac.v3.RBAC`,
      rules: {
        policies: {
          one: {
            permissions: [{ any: true }],
            principals: [{ direct_remote_ip: { address_prefix: '10.244.0.9', prefix_len: 16 } }],
          },
        },
      },
    },
  };
  const buffer = { name: 'buffer', typed_config: { '@type': `${FILTER}.buffer.v3.Buffer`, max_request_bytes: 1000 } };
  const judged = async (filter: object, listener: object, logged: string): Promise<unknown> => {
    const whole = smallDump({
      clusters: ['a'],
      filters: [{ ...filter }],
      virtualHosts: [{ name: 'h', domains: ['*'], routes: [route] }],
    });
    const text = JSON.stringify(whole).replace(
      '"filter_chains":',
      `"listener_filters":${JSON.stringify([listener])},$&`,
    );
    const run = await runCommand(ReplayCommand, [
      files.write('log', `${logged}\n`),
      ...['-f', files.write('dump.json', text), '-o', 'json'],
    ]);
    return JSON.parse(run.stdout).groups.map(({ kind, needs }: Record<string, unknown>) => [kind, needs]);
  };
  const tls = { name: 'envoy.filters.listener.tls_inspector' };
  const proxyProtocol = {
    name: 'proxy',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
      allow_requests_without_proxy_protocol: true,
    },
  };
  const second = { ...proxyProtocol, typed_config: { ...proxyProtocol.typed_config, disallowed_versions: ['V1'] } };
  const missed = line({ path: '/x', status: 404, flags: 'NR', details: 'route_not_found' });
  const denied = line({ path: '/x', status: 403, details: 'rbac_access_denied_matched_policy[none]' });
  const forwarded = (text: string): string =>
    text.replace('"-" "curl/8"', '"9.9.9.9" "curl/8"').replace('10.1.1.1:999', '9.9.9.9:0');
  const streamed = (text: string): string => text.replace('GET', 'POST').replace('HTTP/1.1', 'HTTP/2');

  test.each<[string, object, object, string, readonly [string, string | null]]>([
    [
      'the caller behind X-Forwarded-For, who was let through',
      rbac,
      tls,
      forwarded(missed),
      ['agree', 'a caller in 10.244.0.9/16'],
    ],
    [
      'the caller behind X-Forwarded-For, who was denied',
      rbac,
      tls,
      forwarded(denied),
      ['agree', 'a caller in none of the ranges that are asked for'],
    ],
    [
      'the caller behind a PROXY protocol header',
      rbac,
      proxyProtocol,
      missed,
      ['agree', 'a PROXY protocol header of 10.1.1.1 and a caller in 10.244.0.9/16'],
    ],
    [
      'the caller behind a header of the one version that is taken',
      rbac,
      second,
      missed,
      ['agree', 'a PROXY protocol header of 10.1.1.1 and a caller in 10.244.0.9/16'],
    ],
    ['a caller who called directly is no other', rbac, tls, missed, ['differ', null]],
    ['a body that passed a buffer', buffer, tls, streamed(missed), ['agree', 'a body that is not too long']],
    [
      'a body that was too long for a buffer',
      buffer,
      tls,
      streamed(line({ path: '/x', status: 413, details: 'request_payload_too_large' })),
      ['agree', 'a body that is too long'],
    ],
    [
      'which no body explains',
      buffer,
      tls,
      streamed(line({ path: '/x', status: 418, details: 'fault_filter_abort', flags: 'FI' })),
      ['unknown', 'depends on the size of the request'],
    ],
  ])('%s', async (_what, filter, listener, logged, told) => {
    expect(await judged(filter, listener, logged)).toEqual([told]);
  });
});
