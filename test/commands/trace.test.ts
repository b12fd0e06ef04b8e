/** pc trace as a command: its arguments, exit status, expectations and output formats. */
import TraceCommand from '../../src/commands/proxy-config/trace';
import { corpusFiles } from '../helpers/corpora';
import { type Run, runCommand } from '../helpers/run-command';
import { smallDump } from '../helpers/small-dump';
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary-directory';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const URL = 'http://reviews:9080/reviews/0';

async function sample(...argv: readonly string[]): Promise<Run> {
  return await runCommand(TraceCommand, [PRODUCTPAGE, ...argv, '--sample']);
}

async function traced(...argv: readonly string[]): Promise<any> {
  const run = await sample(...argv, '-o', 'json');
  return JSON.parse(run.stdout) as unknown;
}

describe("README's first trace", () => {
  it('takes luffy to v2 with a timeout of 1 s, across both sidecars', async () => {
    const run = await sample(URL, '-H', 'end-user: luffy');
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('outbound|9080|v2|reviews.bookinfo.svc.cluster.local');
    expect(run.stdout).toMatch(/timeout +1s/);
    expect(run.stdout).toMatch(/2 +inbound at reviews-v2-7bf8c9648f-rzfp6\.bookinfo/);
  });

  it('takes any other user to v3', async () => {
    const trace = await traced(URL, '-H', 'end-user: nami');
    expect(trace.verdict).toBe('delivered');
    expect(trace.hops[0].clusters[0].name).toBe('outbound|9080|v3|reviews.bookinfo.svc.cluster.local');
    expect(trace.hops[1].proxy).toMatch(/^reviews-v3-/);
  });
});

describe('a curl command behind two dashes', () => {
  it('is the request, with the headers that curl adds', async () => {
    const run = await runCommand(TraceCommand, [
      ...[PRODUCTPAGE, '--sample', '-o', 'json', '--', 'curl', '-sS', '-H', 'end-user: luffy'],
      'http://reviews:9080/reviews/./0',
    ]);
    expect(run.exitCode).toBe(0);
    const trace = JSON.parse(run.stdout);
    expect(trace.hops[0].clusters[0].name).toBe('outbound|9080|v2|reviews.bookinfo.svc.cluster.local');
    expect(trace.request.path).toBe('/reviews/0');
    expect(trace.request.headers.map(([name]: [string]) => name)).toEqual(['user-agent', 'accept', 'end-user']);
  });

  it('may be one word in quotes', async () => {
    const command = "curl -sS \\\n -H 'end-user: luffy' http://reviews:9080/reviews/0";
    const run = await runCommand(TraceCommand, [PRODUCTPAGE, '--sample', '-o', 'json', '--', command]);
    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout).request.headers).toContainEqual(['end-user', 'luffy']);
  });

  it('looks up the host of --connect-to and keeps the authority of the URL', async () => {
    const argv = ['curl', '--connect-to', 'shop.example:80:reviews:9080', 'http://shop.example/'];
    const trace = JSON.parse(
      (await runCommand(TraceCommand, [PRODUCTPAGE, '--sample', '-o', 'json', '--', ...argv])).stdout,
    );
    expect(trace.request.authority).toBe('shop.example');
    expect(trace.request.destination.port).toBe(9080);
  });

  it.each([
    [['--', 'curl', '--socks5', 'p:1', URL], '--socks5 cannot be traced'],
    [['--', `curl ${URL} | jq .`], 'only a shell can run'],
    [[`curl ${URL}`], 'stands behind two dashes'],
    [['curl', URL], 'stands behind two dashes'],
    [['curl', '-sS', URL], 'stands behind two dashes'],
    [['-H', 'a: b', '--', 'curl', URL], '--header is given beside a curl command'],
    [[URL, '--', 'curl', URL], 'names its own'],
    [['--', 'curl', '-d', '@/no/such/file', URL], 'cannot be read (ENOENT)'],
    [['--', 'curl', '-d', '@/dev/zero', URL], 'is not a file that can be read'],
  ])('%j is refused', async (argv, message) => {
    const run = await runCommand(TraceCommand, [PRODUCTPAGE, '--sample', ...argv]);
    expect(run.stderr).toContain(message);
    expect([64, 69]).toContain(run.exitCode);
  });
});

describe('the request', () => {
  it('has the headers given and no others, in order; Host is the authority, an empty one too', async () => {
    const trace = await traced(URL, '-X', 'PUT', '-H', 'X-A: 1', '-H', 'x-a:  2 ', '-H', 'x-e:', '-H', 'Host:');
    expect(trace.request).toMatchObject({
      method: 'PUT',
      authority: '',
      path: '/reviews/0',
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
        ['x-e', ''],
      ],
      destination: { ip: '10.96.10.3', port: 9080 },
      source: { proxy: PRODUCTPAGE, ip: '10.244.0.10' },
    });
  });

  it('goes where --original-dst and --resolve say', async () => {
    const one = await traced(URL, '--original-dst', '10.96.10.2:9080');
    expect(one.request.destination).toEqual({ ip: '10.96.10.2', port: 9080 });
    const other = await traced('http://nowhere.test:9080/', '--resolve', 'nowhere.test:9080:10.96.10.2');
    expect(other.request.destination).toEqual({ ip: '10.96.10.2', port: 9080 });
    expect(other.hops[0].virtualHost.name).toBe('allow_any');
  });

  it('keeps path and query as they are written', async () => {
    const trace = await traced('http://reviews:9080/a/../b//c?x=%61&y#z');
    expect(trace.request.path).toBe('/a/../b//c?x=%61&y');
  });
});

describe('exit status', () => {
  it('is 0 for what is delivered and 1 for what fails', async () => {
    expect((await sample(URL)).exitCode).toBe(0);
    expect((await sample('http://reviews:9081/')).exitCode).toBe(1);
  });

  it('is 1 where a part of the requests fails, whose share is in the first line', async () => {
    const weighted = {
      clusters: [
        { name: 'c', weight: 60 },
        { name: 'gone', weight: 40 },
      ],
    };
    const route = { name: 'r', match: { prefix: '/' }, route: { weighted_clusters: weighted } };
    const dump = smallDump({ clusters: ['c'], virtualHosts: [{ name: 'all', domains: ['*'], routes: [route] }] });
    const directory = temporaryDirectory();
    const path = directory.write('dump.json', JSON.stringify(dump));
    const part = await runCommand(TraceCommand, ['http://x.test:8080/', '-f', path]);
    directory.remove();
    expect(part.exitCode).toBe(1);
    expect(part.stdout.replace(/\s+/g, ' ')).toMatch(/^✘ GET \S+ 60% is delivered to 10\.9\.9\.9; 40% fails/);
    expect(part.stdout).toContain(`-f ${path}`);
  });

  it('is 0 where a fault is injected into a part of them', async () => {
    const abort = { http_status: 418, percentage: { numerator: 30 } };
    const type = 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault';
    const fault = { name: 'envoy.filters.http.fault', typed_config: { '@type': type, abort } };
    const route = { match: { prefix: '/' }, route: { cluster: 'c' } };
    const virtualHosts = [{ name: 'all', domains: ['*'], routes: [route] }];
    const directory = temporaryDirectory();
    const dump = smallDump({ clusters: ['c'], filters: [fault], virtualHosts });
    const path = directory.write('dump.json', JSON.stringify(dump));
    const run = await runCommand(TraceCommand, ['http://x.test:8080/', '-f', path]);
    directory.remove();
    expect([run.exitCode, run.stdout.charAt(0)]).toEqual([0, '✔']);
    expect(run.stdout.replace(/\s+/g, ' ')).toContain('30% fails: the caller gets 418');
  });

  it('with expectations is theirs alone, and what is otherwise is shown', async () => {
    const met = await sample('http://reviews:9081/', '--expect', 'verdict=failed', '--expect', 'reason=no-next-hop');
    expect([met.exitCode, met.stderr]).toEqual([0, '']);
    const unmet = await sample(
      URL,
      '--expect',
      'verdict=denied',
      '--expect',
      'hops[1].direction=outbound',
      '--expect',
      'listener!=0.0.0.0_9080',
    );
    expect(unmet.exitCode).toBe(1);
    expect(unmet.stderr).toContain('verdict');
    expect(unmet.stderr).toContain('delivered');
    expect(unmet.stderr).toContain('hops[1].direction');
    expect(unmet.stderr).toContain('not.listener');
  });

  it.each([
    ['cluster=outbound|9080|v3|reviews.bookinfo.svc.cluster.local'],
    ['clusters=outbound|9080|v3|reviews.bookinfo.svc.cluster.local:100%'],
    ['pods=reviews-v3-84779c7bbc-57sqk'],
    ['policy='],
    ['hops[1].cluster=inbound|9080||'],
    ['status!=404'],
  ])('meets %s', async (expectation) => {
    const run = await sample(URL, '--expect', expectation);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
  });
});

describe('a mistake is found before anything is read', () => {
  it.each([
    [['ftp://reviews/']],
    [['http://reviews:0/']],
    [[URL, '--original-dst', 'reviews:9080']],
    [[URL, '--original-dst', '10.0.0.1']],
    [[URL, '--resolve', 'reviews:9080']],
    [[URL, '--mode', 'sideways']],
    [[URL, '--tls', 'maybe']],
    [[URL, '--uid', '-1']],
    [[URL, '--gid', 'root']],
    [[URL, '--source-ip', '10.0.0']],
    [[URL, '--sni', 'a.test']],
    [[URL, '--http1.0', '--http2']],
    [[URL, '--claim', 'sub']],
    [[URL, '-H', 'no colon']],
    [[URL, '-H', 'bad name: x']],
    [[URL, '--expect', 'verdct=delivered']],
    [[URL, '--expect', 'verdict']],
    [[URL, '--expect', 'clusters=a']],
    [[URL, '-o', 'wide']],
    [[]],
  ])('%j', async (argv) => {
    const run = await runCommand(TraceCommand, [...argv, '-f', '/nowhere/dump.json']);
    expect(run.exitCode).toBe(64);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^Error: /);
  });

  it('an unknown key names the nearest', async () => {
    const run = await sample(URL, '--expect', 'verdct=delivered');
    expect(run.stderr).toContain('Did you mean verdict?');
  });

  it('a host that nobody knows asks for --original-dst', async () => {
    const run = await sample('http://revews:9080/');
    expect(run.exitCode).toBe(64);
    expect(run.stderr).toContain('Did you mean reviews');
    expect(run.stderr).toContain('--original-dst IP:9080');
  });
});

describe('one proxy', () => {
  let directory: TemporaryDirectory;
  let dump: string;

  beforeAll(() => {
    directory = temporaryDirectory();
    const text = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
    dump = directory.write('dump.json', text);
  });

  afterAll(() => {
    directory.remove();
  });

  it('need not be named where a file is', async () => {
    const run = await runCommand(TraceCommand, [URL, '-f', dump, '-o', 'json']);
    const trace = JSON.parse(run.stdout);
    expect(run.exitCode).toBe(0);
    expect(trace.request.destination).toEqual({ ip: '10.96.10.3', port: 9080 });
    expect(trace.hops).toHaveLength(1);
    expect(trace.hops[0].steps[0].details).toContainEqual(['derived', expect.any(String)]);
  });

  it('must be where there are several', async () => {
    const run = await runCommand(TraceCommand, [URL, '--sample']);
    expect(run.exitCode).toBe(64);
    expect(run.stderr).toContain(PRODUCTPAGE);
  });
});

it.each([
  ['tree', /^✔ GET/],
  ['table', /reviews/],
  ['yaml', /^branches: \[\]/m],
  ['mermaid', /^flowchart/],
  ['dot', /^digraph/],
  ['html', /^<!doctype html>/i],
])('-o %s', async (format, pattern) => {
  const run = await sample(URL, '-o', format);
  expect([run.exitCode, run.stderr]).toEqual([0, '']);
  expect(run.stdout).toMatch(pattern);
});

test('a URL before its proxy says which order is right', async () => {
  const run = await runCommand(TraceCommand, [URL, 'productpage-v1.bookinfo', '--sample']);
  expect([run.exitCode, run.stderr]).toEqual([
    64,
    `Error: the URL comes before the proxy productpage-v1.bookinfo\nThe proxy comes first: mctl pc trace productpage-v1.bookinfo ${URL}\n`,
  ]);
});

test('a card of the picture leads to what is inside its step, so that the link opens it', async () => {
  const { stdout } = await sample(URL, '-o', 'html');
  const targets = [...stdout.matchAll(/<a href="#(s\d+-\d+)"/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(10);
  for (const id of targets) expect(stdout).toContain(`<div class="inside" id="${id}"`);
});

test('manifests name the line that a step came from', async () => {
  const directory = temporaryDirectory();
  directory.write(
    'routes.yaml',
    'kind: VirtualService\nmetadata: {name: reviews, namespace: bookinfo}\nspec:\n  http:\n    - match: [{headers: {end-user: {exact: luffy}}}]\n',
  );
  directory.write('chart.yaml', 'a: {{ .x }}\n  {{- if }}\n');
  const run = await sample(URL, '-H', 'end-user: luffy', '--manifests', directory.path);
  expect(run.stdout).toContain(`${directory.path}/routes.yaml:5 (spec.http[0].match[0])`);
  expect(run.stderr).toContain('chart.yaml is skipped: it is not plain YAML');
  expect((await sample(URL, '--manifests', '/no/such/directory')).exitCode).toBe(69);
});

test.each([
  'productpage-v1.bookinfo',
  'deploy/productpage-v1.bookinfo',
  'svc/productpage.bookinfo',
  'bookinfo/productpage-v1-6b746f74dc-9stvs',
])('the caller in ambient mode may be named %s', async (target) => {
  const run = async (caller: string) => await runCommand(TraceCommand, [caller, URL, '--sample=ambient', '-o', 'json']);
  expect(await run(target)).toEqual(await run('productpage-v1-6b746f74dc-9stvs.bookinfo'));
});
