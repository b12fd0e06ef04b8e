/** explain and replay as commands, against the sample. */
import { gzipSync } from 'node:zlib';
import ExplainCommand from '../../src/commands/explain';
import ReplayCommand from '../../src/commands/replay';
import { runCommand } from '../helpers/run-command';
import { type TemporaryDirectory, temporaryDirectory } from '../helpers/temporary-directory';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const SAMPLE = ['--sample', '--proxy', PRODUCTPAGE];

function line(
  subset: string,
  pod: string,
  more: { path?: string; status?: string; flags?: string; route?: string } = {},
): string {
  const { path = '/reviews/0', status = '200', flags = '-', route = '-' } = more;
  return (
    `[2026-08-01T10:00:00.000Z] "GET ${path} HTTP/1.1" ${status} ${flags} via_upstream - "-" 0 379 12 11 "-" "curl/8" ` +
    `"4d5f6b3e-1" "reviews:9080" "${pod}" outbound|9080|${subset}|reviews.bookinfo.svc.cluster.local ` +
    `10.244.0.5:41234 10.96.10.3:9080 10.244.0.5:51234 - ${route}`
  );
}

const V2 = line('v2', '10.244.0.13:9080');
const V3 = line('v3', '10.244.0.14:9080');

const ZTUNNEL =
  '2026-08-01T10:00:00.000000Z\tinfo\taccess\tconnection complete\tsrc.addr=10.244.0.5:41234 src.workload="web" ' +
  'src.namespace="shop" src.identity="spiffe://cluster.local/ns/shop/sa/web" dst.addr=10.244.0.13:15008 ' +
  'dst.hbone_addr=10.244.0.13:9080 dst.service="reviews.shop.svc.cluster.local" direction="outbound" bytes_sent=84 ' +
  'bytes_recv=379 duration="5ms"';
const ZTUNNEL_JSON =
  '{"level":"info","time":"2026-08-01T10:00:00.000000Z","scope":"access","message":"connection complete",' +
  '"src.addr":"10.244.0.5:41234","dst.addr":"10.244.0.13:15008","direction":"outbound","duration":"5ms"}';

let files: TemporaryDirectory;
beforeAll(() => {
  files = temporaryDirectory();
});

describe('explain', () => {
  it('tells a term, and the nearest for none', async () => {
    const flag = await runCommand(ExplainCommand, ['UH']);
    expect(flag).toMatchObject({ exitCode: 0, stderr: '' });
    expect(flag.stdout).toContain('No healthy upstream');
    const none = await runCommand(ExplainCommand, ['no-rout']);
    expect(none.exitCode).toBe(64);
    expect(none.stderr).toContain('no-route');
    expect((await runCommand(ExplainCommand, ['a text that is not a line'])).exitCode).toBe(64);
    expect((await runCommand(ExplainCommand, [])).exitCode).toBe(64);
  });

  it('names the fields of a line without a source', async () => {
    const run = await runCommand(ExplainCommand, [V2, '-o', 'json']);
    expect(run.exitCode).toBe(0);
    const told = JSON.parse(run.stdout);
    expect(told.format).toBe("Istio's default format");
    expect(told.comparison).toBeNull();
    expect(told.fields).toContainEqual({ field: 'status', value: '200', meaning: null });
  });

  it('agrees with a line to v2 if the request was of luffy, which the line does not hold', async () => {
    const run = await runCommand(ExplainCommand, [V2, ...SAMPLE]);
    expect(run.stdout).toContain('if it had end-user: luffy');
    expect(run.stdout).toMatch(/^Next: mctl pc trace .*-H 'end-user: luffy' .* --sample$/m);
    expect(run.exitCode).toBe(0);
  });

  it('holds a line against the pod that its prefix names', async () => {
    const pod = 'productpage-v1-6b746f74dc-9stvs';
    for (const prefix of [`[pod/${pod}/istio-proxy] `, `${pod} istio-proxy `]) {
      const run = await runCommand(ExplainCommand, [`${prefix}${V3}`, '--sample', '-o', 'json']);
      expect(JSON.parse(run.stdout)).toMatchObject({ comparison: { kind: 'agree' } });
      expect(JSON.parse(run.stdout).command).toContain(`${pod}.bookinfo`);
    }
    const unknown = await runCommand(ExplainCommand, [`[pod/nobody/istio-proxy] ${V3}`, '--sample']);
    expect([unknown.exitCode, unknown.stdout]).toEqual([64, '']);
    expect(unknown.stderr).toContain('the pod nobody');
    expect((await runCommand(ExplainCommand, [V3, '--sample'])).exitCode).toBe(64);
  });

  it.each([ZTUNNEL, ZTUNNEL_JSON])("says of a line of ztunnel's that it is one", async (text) => {
    const run = await runCommand(ExplainCommand, [text]);
    expect([run.exitCode, run.stdout]).toEqual([64, '']);
    expect(run.stderr).toContain("ztunnel's access log");
  });

  it('says where prediction and line part', async () => {
    const run = await runCommand(ExplainCommand, [line('v1', '10.244.0.12:9080'), ...SAMPLE]);
    expect(run.stdout).toMatch(/part at the cluster/);
    expect(run.exitCode).toBe(1);
  });

  it('makes no line of a hostile one', async () => {
    const hostile = V2.replace('/reviews/0', '/\u001b[2J\u2028x');
    const run = await runCommand(ExplainCommand, [hostile]);
    expect(run.stdout).not.toMatch(/[\u001b\u2028]/);
  });
});

describe('replay', () => {
  it('takes the proxy from the pod that stern, kail or Loki name, where several could be meant', async () => {
    const pod = 'productpage-v1-6b746f74dc-9stvs';
    const log = [
      `${pod} istio-proxy ${V3}`,
      `bookinfo/${pod}[istio-proxy]: ${V3}`,
      `2026-08-01T10:00:00Z {namespace="bookinfo", pod="${pod}"} ${V3}`,
    ];
    const path = files.write('collected.log', log.join('\n'));
    const run = await runCommand(ReplayCommand, [path, '--sample', '-o', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ lines: 3, agree: 3, groups: [{ proxy: `${pod}.bookinfo` }] });
  });

  it('counts what a proxy writes beside its access log as unknown, and asks who wrote an access log line that does not say it', async () => {
    const pod = 'productpage-v1-6b746f74dc-9stvs';
    const other = `[pod/${pod}/istio-proxy] 2026-08-01T10:00:00.000000Z\tinfo\tads\tXDS: a push`;
    const log = [other, 'rubbish', `[pod/${pod}/istio-proxy] ${V3}`];
    const run = await runCommand(ReplayCommand, [files.write('agent.log', log.join('\n')), '--sample', '-o', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ lines: 3, agree: 1, unknown: 2 });
    const bare = await runCommand(ReplayCommand, [files.write('bare.log', `rubbish\n${V3}`), '--sample']);
    expect([bare.exitCode, bare.stdout]).toEqual([64, '']);
  });

  it('says of a line of HTTP with the address of the redirect what it cannot know', async () => {
    const at = ['--sample', '--proxy', 'productpage-v1-6b746f74dc-9stvs.bookinfo', '-o', 'json'];
    const path = files.write('redirect.log', V3.replace(/ [\d.]+:\d+ ([\d.]+:\d+ \S+ \S+)$/, ' 127.0.0.1:15001 $1'));
    const run = await runCommand(ReplayCommand, [path, ...at]);
    const needs = expect.stringContaining('the port that iptables redirects to');
    expect(JSON.parse(run.stdout)).toMatchObject({ lines: 1, unknown: 1, groups: [{ needs }] });
  });

  it('takes the part of an archive that is asked for, by time, method and URL', async () => {
    const entry = (at: string, path: string): object => ({
      startedDateTime: at,
      request: { method: 'GET', url: `http://reviews:9080${path}`, headers: [] },
      response: { status: 200 },
    });
    const entries = [
      entry('2026-08-01T10:00:00.000Z', '/a'),
      entry('2026-08-01T14:00:00.000+02:00', '/b'),
      entry('2026-08-01T13:00:00Z', '/c'),
      entry('', '/b'),
    ];
    // A byte order mark stands in front, as editors of Windows write it.
    const path = files.write('part.har', `\ufeff${JSON.stringify({ log: { pages: [], entries } })}`);
    const count = async (...flags: readonly string[]): Promise<unknown> => {
      const proxy = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
      const run = await runCommand(ReplayCommand, [path, '--sample', '--proxy', proxy, '-o', 'json', ...flags]);
      return (JSON.parse(run.stdout) as { readonly lines: number }).lines;
    };
    expect(await count()).toBe(4);
    expect(await count('--since', '2026-08-01T12:00:00Z')).toBe(3);
    expect(await count('--grep', '/b')).toBe(2);
    expect(await count('--every', '2')).toBe(2);
    const wrong = await runCommand(ReplayCommand, [path, '--sample', '--since', 'noon']);
    expect([wrong.exitCode, wrong.stdout]).toEqual([64, '']);
  });

  it('counts each line once, whatever it is', async () => {
    const time = '2026-08-01T10:00:00.000000001Z';
    const [begin, end] = [V3.slice(0, 100), V3.slice(100)];
    const log = [
      `\ufeff${V3}`,
      `${time} stdout P ${begin}`,
      `${time} stderr F another stream`,
      `${time} stdout P ${end.slice(0, 20)}`,
      `${time} stdout F ${end.slice(20)}`,
      ZTUNNEL,
      ZTUNNEL_JSON,
      '',
      JSON.stringify({
        method: 'GET',
        path: '/reviews/0',
        extra: { nested: [1] },
        response_code: 200,
        authority: 'reviews:9080',
      }),
      V3.slice(0, 60),
    ];
    const members = Buffer.concat([
      gzipSync(log.slice(0, 4).join('\r\n')),
      gzipSync(`\r\n${log.slice(4).join('\r\n')}`),
    ]);
    const run = await runCommand(ReplayCommand, [files.write('mixed.log.gz', members), ...SAMPLE, '-o', 'json']);
    const result = JSON.parse(run.stdout);
    const counts = result.groups.map(({ kind, needs, count }: Record<string, unknown>) => [kind, needs, count]);
    expect(counts).toHaveLength(4);
    expect(counts).toContainEqual(['unknown', expect.stringContaining("of ztunnel's"), 2]);
    expect(counts).toContainEqual(['unknown', expect.stringMatching(/a format that the line has \(--format\)$/), 1]);
    expect(counts).toContainEqual(['unknown', expect.stringContaining('may be cut'), 1]);
    expect(counts).toContainEqual(['agree', null, 3]);
    expect(result).toMatchObject({ lines: 7, differ: 0, leftOut: 0 });
  });

  it('groups lines by what differs, compressed logs and prefixes too', async () => {
    const log = [
      V3,
      V3,
      V2,
      `[pod/productpage-v1-6b746f74dc-9stvs/istio-proxy] ${V3}`,
      line('v1', '10.1.1.1:9080'),
      'rubbish',
      '',
    ];
    const path = files.write('access.log.gz', gzipSync(log.join('\n')));
    const run = await runCommand(ReplayCommand, [path, ...SAMPLE, '-o', 'json']);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({ lines: 6, agree: 4, differ: 1, unknown: 1 });
    expect(result.groups).toContainEqual(
      expect.objectContaining({ kind: 'agree', count: 1, needs: 'end-user: luffy', proxy: PRODUCTPAGE }),
    );
    expect(result.groups[0]).toMatchObject({ kind: 'differ', stage: 'cluster' });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('6 lines: 4 agree, 1 differ, 1 unknown.');
  });

  it('counts what broke behind the routing as agreeing', async () => {
    const path = files.write('broken.log', line('v3', '10.244.0.14:9080', { status: '503', flags: 'UF,URX' }));
    expect((await runCommand(ReplayCommand, [path, ...SAMPLE])).exitCode).toBe(0);
  });

  it('differs where a log says that no route was found and the configuration has one', async () => {
    const text = line('v3', '-', { status: '404', flags: 'NR' }).replace(/outbound\|9080\|v3\S+/, '-');
    const run = await runCommand(ReplayCommand, [files.write('nr.log', text), ...SAMPLE, '-o', 'junit']);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain('<failure');
  });

  it('reads an HTTP Archive', async () => {
    const har = {
      log: {
        entries: [
          {
            request: {
              method: 'GET',
              url: 'http://reviews:9080/reviews/0',
              httpVersion: 'HTTP/1.1',
              headers: [{ name: 'Host', value: 'reviews:9080' }],
            },
            response: { status: 200, headers: [] },
          },
          { request: { method: 'GET', url: 'data:text/plain,x' }, response: {} },
          { request: { method: 'GET', url: 'ws://reviews:9080/live' }, response: { status: 101 } },
          {
            request: { method: 'GET', url: 'http://reviews:9080/' },
            response: { status: 0, _error: 'net::ERR_ABORTED' },
          },
          {
            request: { method: 'GET', url: 'http://h/', headers: [{ name: 'a b', value: 'c' }] },
            response: { status: 200 },
          },
        ],
      },
    };
    const run = await runCommand(ReplayCommand, [files.write('a.har', JSON.stringify(har)), ...SAMPLE, '-o', 'json']);
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({ lines: 4, differ: 0, agree: 2, unknown: 2, leftOut: 1 });
    expect(run.stderr).toContain('1 left out');
    expect((await runCommand(ReplayCommand, [files.write('b.har', '{}'), ...SAMPLE])).exitCode).toBe(65);
  });

  it('refuses an archive of so many objects that they would not fit in memory', async () => {
    const bomb = `{"log":{"entries":[${'{},'.repeat(9_000_000)}{}]}}`;
    const run = await runCommand(ReplayCommand, [files.write('bomb.har', bomb), ...SAMPLE]);
    expect([run.exitCode, run.stdout]).toEqual([65, '']);
    expect(run.stderr).toContain('--max-input');
  });

  it('filters lines', async () => {
    const later = V3.replace('10:00:00', '12:00:00');
    const path = files.write('some.log', [V3, later, V2].join('\n'));
    const count = async (...argv: readonly string[]): Promise<number> =>
      JSON.parse((await runCommand(ReplayCommand, [path, ...SAMPLE, '-o', 'json', ...argv])).stdout).lines;
    expect(await count('--since', '2026-08-01T11:00:00Z')).toBe(1);
    expect(await count('--grep', '|v2|')).toBe(1);
    expect(await count('--every', '2')).toBe(2);
    const wrong = await runCommand(ReplayCommand, [path, '--sample', '--since', 'noon']);
    expect([wrong.exitCode, wrong.stdout]).toEqual([64, '']);
    expect((await runCommand(ReplayCommand, [...SAMPLE])).exitCode).toBe(64);
    expect((await runCommand(ReplayCommand, ['/no/such/file', ...SAMPLE])).exitCode).toBe(69);
  });
});
