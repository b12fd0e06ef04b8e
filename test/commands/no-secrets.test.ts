/** Secrets at every place of a dump, and those that the person gives: no command prints one, in any format. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import CaptureCommand from '../../src/commands/capture';
import CheckCommand from '../../src/commands/check';
import DiffCommand from '../../src/commands/diff';
import ExplainCommand from '../../src/commands/explain';
import LintCommand from '../../src/commands/lint';
import ReplayCommand from '../../src/commands/replay';
import ProxyStatusCommand from '../../src/commands/proxy-status';
import AllCommand from '../../src/commands/proxy-config/all';
import BootstrapCommand from '../../src/commands/proxy-config/bootstrap';
import ClusterCommand from '../../src/commands/proxy-config/cluster';
import EcdsCommand from '../../src/commands/proxy-config/ecds';
import EdsCommand from '../../src/commands/proxy-config/eds';
import EndpointCommand from '../../src/commands/proxy-config/endpoint';
import ListenerCommand from '../../src/commands/proxy-config/listener';
import RouteCommand from '../../src/commands/proxy-config/route';
import SecretCommand from '../../src/commands/proxy-config/secret';
import TraceCommand from '../../src/commands/proxy-config/trace';
import { TRACE_FORMATS } from '../../src/lib/explain/render-trace';
import { adminServer } from '../helpers/admin-server';
import { runCommand } from '../helpers/run-command';
import { runLine } from '../helpers/run-line';
import { secretDump } from '../helpers/secret-dump';
import { temporaryDirectory } from '../helpers/temporary-directory';

const SECRET = 'SekRet123456789z';
const GIVEN = 'Given123456789given';
const directory = temporaryDirectory();
const dump = directory.write('dump.json', JSON.stringify(secretDump(SECRET)));
const other = directory.write('other.json', JSON.stringify(secretDump('SekOld123456789z')));
const env = { DEBUG: '*', TOK: GIVEN, API_TOKEN: 'Variable123456789', GITHUB_ACTIONS: 'true' };

const texts = [SECRET, 'SekOld123456789z', GIVEN, 'Variable123456789', '123456789'];
const forms = texts.flatMap((text) => [text, ...[0, 1, 2].map((shift) => inBase64(text, shift))]);

/** The part of a text's base64 that hangs on nothing around it. */
function inBase64(text: string, shift: number): string {
  return Buffer.from(' '.repeat(shift) + text)
    .toString('base64')
    .slice(shift === 0 ? 0 : 4, -4);
}

function expectNone(text: string): void {
  expect(forms.filter((form) => text.includes(form))).toEqual([]);
}

async function output(command: Parameters<typeof runCommand>[0], argv: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runCommand(command, argv, { env });
  expect([0, 1]).toContain(exitCode);
  return stdout + stderr;
}

const VIEWS = { ListenerCommand, RouteCommand, ClusterCommand, SecretCommand, EcdsCommand, EdsCommand };
const FORMATS = ['short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath=$..*'];

test.each(
  Object.entries(VIEWS).flatMap(([name, command]) => FORMATS.map((format) => [name, format, command] as const)),
)('%s -o %s', async (_name, format, command) => {
  expectNone((await runCommand(command, ['-f', dump, '-o', format], { env })).stdout);
});

test.each(['short', 'json', 'yaml', 'jsonpath=$..*'])('all and bootstrap -o %s', async (format) => {
  const whole = await output(AllCommand, ['-f', dump, '-o', format]);
  expectNone(whole);
  expectNone(await output(BootstrapCommand, ['-f', dump, '-o', format]));
  if (format === 'json') expect(whole).toContain('kept-modulus'.slice(0, 5));
});

test.each(['short', 'wide', 'json', 'yaml'])('lint, proxy-status and diff -o %s', async (format) => {
  expectNone(await output(LintCommand, ['-f', dump, '-o', format]));
  expectNone(await output(ProxyStatusCommand, ['-f', dump, '-o', format]));
  expectNone(await output(DiffCommand, [dump, other, '-o', format]));
});

const request = (path: string): readonly string[] => [
  `http://user:${GIVEN}@x.y${path}`,
  '--original-dst',
  '10.0.0.1:80',
  '-H',
  `authorization: Bearer ${GIVEN}`,
  '-H',
  `cookie: sid=${GIVEN}`,
  '--claim',
  `sub=${GIVEN}`,
  '--explain',
];
const PATHS = ['/s', '/r0', '/r1', '/r2', '/r3', '/r9', '/c', `/none?token=${GIVEN}`];

test.each(TRACE_FORMATS)('trace -o %s', async (format) => {
  for (const path of PATHS) expectNone(await output(TraceCommand, [...request(path), '-f', dump, '-o', format]));
});

test('a curl command', async () => {
  const curl = ['--', 'curl', '-u', `user:${GIVEN}`, '-H', `x-api-key: ${GIVEN}`, 'http://x.y/s'];
  for (const format of ['tree', 'json', 'html']) {
    const argv = ['--original-dst', '10.0.0.1:80', '-f', dump, '-o', format, ...curl];
    expectNone(await output(TraceCommand, argv));
  }
  const file = directory.write(
    'curl.yaml',
    `checks: [{request: {curl: "curl -u user:${GIVEN} http://x.y/s", originalDst: '10.0.0.1:80'}}]`,
  );
  for (const format of ['pretty', 'json', 'junit']) {
    expectNone(await output(CheckCommand, [file, '-f', dump, '-o', format]));
  }
});

test('a line of an access log', async () => {
  const line = `[2026-01-01T00:00:00.000Z] "GET /r0?token=${GIVEN} HTTP/1.1" 200 - via_upstream - "-" 0 5 1 1 "-" "curl" "id" "x.y" "10.1.0.1:80" c0 10.1.0.9:1 10.0.0.1:80 10.1.0.9:2 - -`;
  const file = directory.write('access.log', `${line}\n`);
  for (const format of ['text', 'json', 'yaml']) {
    expectNone(await output(ExplainCommand, [line, '-f', dump, '-o', format]));
  }
  for (const format of ['short', 'table', 'wide', 'json', 'junit']) {
    expectNone(await output(ReplayCommand, [file, '-f', dump, '-o', format]));
  }
});

test('what is matched is the secret itself', async () => {
  const argv = ['http://x.y/s?api_key=' + SECRET, '--original-dst', '10.0.0.1:80', '-f', dump, '-o', 'json'];
  const met = await output(TraceCommand, [...argv, '-H', `authorization: Bearer ${SECRET}`]);
  expectNone(met);
  expect(met).toContain('"name": "only-with-a-secret"');
  const missed = await output(TraceCommand, [...argv, '-H', `authorization: Bearer ${GIVEN}`]);
  expect(missed).not.toMatch(/"route": \{\s*"name": "only-with-a-secret"/);
});

const CHECKS = `checks:
  - request: {url: 'http://x.y/s', originalDst: '10.0.0.1:80', headers: {authorization: 'Bearer \${TOK}'}}
    expect: {verdict: denied, location: 'https://x/?q=\${API_TOKEN}'}
  - forAll: {where: ['header:authorization=Bearer \${TOK}', 'path=/s'], maxClasses: 40}
    expect: {status: 418}
  - forAll: {request: {headers: {x-api-key: '\${API_TOKEN}'}}, maxClasses: 40}
    expect: {status: 418}
  - view: listener
    expect: {jsonpath: {'$..inlineString': 'x', '$..users.inlineString': 'x'}}
`;

test.each(['pretty', 'tap', 'junit', 'json', 'yaml'])('check -o %s', async (format) => {
  const file = directory.write('checks.yaml', CHECKS);
  const report = join(directory.path, 'report');
  const argv = [file, '-f', dump, '-o', format, '--report', `${format}=${report}`, '--coverage'];
  expectNone(await output(CheckCommand, argv));
  expectNone(readFileSync(report, 'utf8'));
  expectNone(await output(DiffCommand, [dump, other, '--requests', file, '-o', 'json']));
});

test('check --generate leaves out what only a secret meets', async () => {
  const text = await output(CheckCommand, ['--generate', '-f', dump]);
  expectNone(text);
  expect(text).toContain('only a request with a secret meets it');
});

test.each([[[]], [['--redact']], [['--show-secrets']]])('capture %p', async (flags) => {
  const target = join(directory.path, `mesh${flags.join('')}`);
  expectNone(await output(CaptureCommand, [target, '-f', dump, ...flags]));
  for (const file of filesIn(target)) {
    expectNone(readFileSync(file, 'utf8'));
  }
});

function filesIn(path: string): readonly string[] {
  return readdirSync(path).flatMap((name) => {
    const one = join(path, name);
    return statSync(one).isDirectory() ? filesIn(one) : [one];
  });
}

const ztunnel = directory.write(
  'ztunnel.json',
  JSON.stringify({
    workloads: [
      { uid: 'c//Pod/ns/p', name: 'p', namespace: 'ns', workloadIps: ['10.1.0.1'], node: `https://u:${SECRET}@h` },
      { uid: 'c//Pod/ns/q', name: `Bearer ${SECRET}`, namespace: 'ns', workloadIps: ['10.1.0.2'], protocol: 'HBONE' },
    ],
    services: [{ name: 's', namespace: 'ns', hostname: `https://x/?token=${SECRET}`, vips: ['10.2.0.1'], ports: {} }],
    policies: [{ name: `password="${SECRET}"`, namespace: 'ns', scope: 'Namespace', action: 'Deny', rules: [] }],
    certificates: [{ identity: `spiffe://u:${SECRET}@t/ns/x`, state: 'Available', certChain: [], rootCerts: [] }],
    workloadState: {},
    config: {
      caAddress: `https://u:${SECRET}@istiod`,
      authToken: SECRET,
      caHeaders: { authorization: SECRET },
      proxyMetadata: { ANYTHING: SECRET },
    },
  }),
);

test.each(['workload', 'service', 'policy', 'certificate', 'connections', 'all'])('zc %s', async (view) => {
  const formats = view === 'all' ? ['short', 'json', 'yaml', 'jsonpath=$..*'] : FORMATS;
  for (const format of formats) {
    const { stdout, stderr, exitCode } = await runLine(['zc', view, '-f', ztunnel, '-o', format], { env });
    expect(exitCode).toBe(0);
    expectNone(stdout + stderr);
  }
});

test('a running Envoy: statistics and log levels', async () => {
  const clusters = {
    cluster_statuses: [{ name: `https://u:${SECRET}@h`, host_statuses: [{ hostname: `x?token=${SECRET}` }] }],
  };
  const admin = await adminServer((_method, path) => {
    if (path.startsWith('/stats?format=json'))
      return JSON.stringify({ stats: [{ name: `https://u:${SECRET}@h.rq`, value: 1 }] });
    if (path.startsWith('/stats')) return `cluster.https://u:${SECRET}@h.rq: 1\n`;
    if (path.startsWith('/clusters?format=json')) return JSON.stringify(clusters);
    if (path.startsWith('/clusters')) return `https://u:${SECRET}@h::added_via_api::true\n`;
    return path.startsWith('/logging')
      ? `active loggers:\n  Bearer_https://u:${SECRET}@h: info\n  jwt: warning\n  api-token: ${SECRET}\n`
      : null;
  });
  try {
    for (const argv of [
      ...['short', 'json', 'yaml', 'prom', 'jsonpath=$..*'].map((format) => ['pc', 'stats', '-o', format]),
      ...['short', 'json', 'yaml'].map((format) => ['pc', 'stats', '--type', 'cluster', '-o', format]),
      ...['short', 'wide', 'json', 'yaml', 'jsonpath=$..*'].map((format) => ['pc', 'log', '-o', format]),
      ['zc', 'log'],
    ]) {
      const { stdout, stderr } = await runLine([...argv, '--admin', admin.url], { env });
      expect([argv, forms.filter((form) => (stdout + stderr).includes(form))]).toEqual([argv, []]);
      if (argv.includes('log')) expect(stdout).toMatch(/jwt.*warning|warning/);
    }
  } finally {
    await admin.close();
  }
});

test.each(['short', 'wide', 'json', 'yaml'])('rootca-compare -o %s', async (format) => {
  const { stdout, stderr } = await runLine(['pc', 'rootca-compare', dump, other, '-o', format], { env });
  expectNone(stdout + stderr);
});

test.each(['short', 'json', 'yaml'])('diff --behavior -o %s', async (format) => {
  for (const where of [`header:authorization=Bearer ${GIVEN}`, `path=/s?token=${GIVEN}`]) {
    const argv = ['diff', dump, other, '--behavior', '--max-classes', '40', '-o', format];
    const one = await runLine([...argv, '--where', where], { env });
    expectNone(one.stdout + one.stderr);
    const all = await runLine(argv, { env });
    expectNone(all.stdout + all.stderr);
  }
});

test.each(['table', 'short', 'wide', 'json', 'yaml'])('reach -o %s', async (format) => {
  for (const where of [`header:authorization=Bearer ${GIVEN}`, `path=/s?token=${GIVEN}`, `header:x-api-key=${GIVEN}`]) {
    const argv = ['reach', 'p.ns', '-f', dump, '--max-classes', '40', '-o', format];
    const one = await runLine([...argv, '--where', where], { env });
    expectNone(one.stdout + one.stderr);
    const all = await runLine(argv, { env });
    expectNone(all.stdout + all.stderr);
  }
});

/** What a person gives with a request, in each way that there is. */
const GIVEN_REQUESTS: readonly (readonly string[])[] = [
  ['-H', `cookie: sid=${GIVEN}; a=${GIVEN}`, 'http://x.y/s'],
  ['-b', `sid=${GIVEN}`, 'http://x.y/s'],
  ['-H', `Authorization: Basic ${Buffer.from(`u:${GIVEN}`).toString('base64')}`, 'http://x.y/s'],
  ['-u', `user:${GIVEN}`, 'http://x.y/s'],
  ['--oauth2-bearer', GIVEN, 'http://x.y/s'],
  ['-H', `Proxy-Authorization: Bearer ${GIVEN}`, 'http://x.y/s'],
  [`http://user:${GIVEN}@x.y/none`],
  [`http://x.y/none?token=${GIVEN}&api_key=${GIVEN}&key=${GIVEN}&access_token=${GIVEN}`],
  ['-G', '-d', `token=${GIVEN}`, '--data-urlencode', `key=${GIVEN}`, 'http://x.y/none'],
  ['-d', `password=${GIVEN}`, '-e', `http://u:${GIVEN}@z/?token=${GIVEN}`, 'http://x.y/s'],
];

test.each(GIVEN_REQUESTS)('curl %j %j', async (...curl) => {
  for (const format of TRACE_FORMATS) {
    const argv = [
      'pc',
      'trace',
      '--original-dst',
      '10.0.0.1:80',
      '-v',
      '-f',
      dump,
      '-o',
      format,
      '--',
      'curl',
      ...curl,
    ];
    const { stdout, stderr } = await runLine(argv, { env });
    expectNone(stdout + stderr);
    const wrong = await runLine([...argv, '--no-such-option', GIVEN.slice(0, 3)], { env });
    expectNone(wrong.stdout + wrong.stderr);
  }
});

test('an archive and lines of JSON', async () => {
  const headers = [
    { name: 'cookie', value: `sid=${GIVEN}` },
    { name: 'authorization', value: `Bearer ${GIVEN}` },
    { name: 'x-api-key', value: GIVEN },
  ];
  const entry = (url: string): object => ({
    request: { method: 'GET', url, httpVersion: 'HTTP/1.1', headers, queryString: [{ name: 'token', value: GIVEN }] },
    response: { status: 503, headers: [{ name: 'location', value: `http://u:${GIVEN}@x/?key=${GIVEN}` }] },
  });
  const urls = [`http://user:${GIVEN}@10.0.0.1/r0`, `http://10.0.0.1/none?token=${GIVEN}&key=${GIVEN}`];
  const har = directory.write('x.har', JSON.stringify({ log: { entries: urls.map(entry) } }));
  const line = JSON.stringify({
    ...{
      start_time: '2026-01-01T00:00:00.000Z',
      method: 'GET',
      path: `/r0?key=${GIVEN}&token=${GIVEN}`,
      protocol: 'HTTP/1.1',
    },
    ...{ response_code: 200, response_flags: '-', authority: 'x.y', user_agent: `Bearer ${GIVEN}` },
    ...{ downstream_local_address: '10.0.0.1:80', authorization: GIVEN, cookie: `sid=${GIVEN}` },
  });
  const log = directory.write('json.log', `${line}\n`);
  for (const format of ['short', 'table', 'wide', 'json', 'yaml', 'junit']) {
    for (const file of [har, log]) {
      const { stdout, stderr } = await runLine(['replay', file, '-f', dump, '-o', format], { env });
      expect([format, file.slice(-8), forms.filter((form) => (stdout + stderr).includes(form))]).toEqual([
        format,
        file.slice(-8),
        [],
      ]);
    }
  }
  for (const format of ['text', 'json', 'yaml']) {
    const { stdout, stderr } = await runLine(['explain', line, '-f', dump, '-o', format], { env });
    expectNone(stdout + stderr);
  }
});

test('--show-secrets prints them', async () => {
  expect(await output(RouteCommand, ['-f', dump, '-o', 'json', '--show-secrets'])).toContain(SECRET);
  expect(await output(TraceCommand, [...request('/s'), '-f', dump, '--show-secrets'])).toContain(GIVEN);
  expectNone(await output(RouteCommand, ['-f', dump, '-o', 'json', '--show-secrets=false']));
});

test('a clusters document', async () => {
  const clusters = directory.write(
    'clusters.json',
    JSON.stringify({ cluster_statuses: [{ name: `https://u:${SECRET}@h`, host_statuses: [] }] }),
  );
  for (const format of FORMATS) {
    expectNone((await runCommand(EndpointCommand, ['-f', clusters, '-o', format], { env })).stdout);
  }
});
