/** `check --prove` against an Envoy that can be reached as it is: needs an Envoy, and no privileges. */
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from 'tap-parser';
import type { Trace } from '../../src/lib/trace/model';
import { readJunit } from '../helpers/junit';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { expectAsBefore, type Front, startFront, stopFront, type WaitingRun, waitingRun } from './rig/front';
import { describeWithEnvoy, missingEnvoy } from './rig/requirements';

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly checks: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly failures: readonly { readonly key: string; readonly expected: unknown; readonly actual: unknown }[];
    readonly trace: Trace | null;
    readonly unsent?: string;
  }[];
}

describeWithEnvoy(
  'checks whose requests are sent',
  () => {
    const directory = temporaryDirectory();
    const state = join(directory.path, 'state');
    let front: Front;

    beforeAll(async () => {
      front = await startFront(directory.path);
    }, 60_000);

    afterAll(async () => {
      await stopFront(front);
      directory.remove();
    });

    afterEach(async () => {
      await expectAsBefore(front, state);
    });

    function request(path: string, more = ''): string {
      return `request: { url: 'http://127.0.0.1:${front.port}${path}', mode: gateway, headers: { Host: shop, ${more} } }`;
    }

    async function check(checks: string, ...words: readonly string[]): Promise<CliRun> {
      const file = directory.write('checks.yaml', checks);
      const logs = ['--prove-log', front.envoy.log, '--prove-log', front.access];
      const source = words.includes('-f') ? [] : ['--admin', front.envoy.admin];
      return await runCli(['check', file, ...source, ...logs, '--prove', ...words], {
        env: { XDG_STATE_HOME: state, GITHUB_STEP_SUMMARY: join(directory.path, 'summary.md') },
      });
    }

    function reportOf({ stdout, stderr }: CliRun): Report {
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as Report;
    }

    it('says first what it sends, and holds each step against what Envoy says', async () => {
      const run = await check(
        `checks:
  - { name: luffy, ${request('/reviews', 'end-user: luffy')}, expect: { cluster: backend-1 } }
  - { name: denied, ${request('/admin')}, expect: { verdict: denied, status: 403 } }
  - { name: listeners, view: listener, expect: { count: 1 } }
  - { name: supposed, request: { url: 'http://shop/', mode: gateway, sourceIp: 10.0.0.1 } }
`,
        '-o',
        'json',
      );
      const [all, first, second, sends] = run.stderr.split('\n');
      expect(all).toBe('Sends the requests of 2 of 4 checks for real:');
      expect(first).toBe(`  GET http://127.0.0.1:${front.port}/reviews (luffy)`);
      expect(second).toBe(`  GET http://127.0.0.1:${front.port}/admin (denied)`);
      expect(sends).toBe(`Sends GET http://127.0.0.1:${front.port}/reviews from here.`);
      const { checks, ...counts } = reportOf(run);
      expect(counts).toMatchObject({ passed: 4, failed: 0, unjudged: 0 });
      const [luffy, denied, listeners, supposed] = checks;
      expect(luffy?.trace?.proof).toMatchObject({ sent: 1, by: 'mctl', status: 200, agrees: true });
      const seen = (luffy?.trace?.proof?.steps ?? []).map(({ stage, name, seen }) => [stage, name, seen]);
      expect(seen).toContainEqual(['cluster', 'backend-1', true]);
      expect(seen).toContainEqual(['endpoint', `127.0.0.1:${front.upstreams[1]?.port ?? 0}`, true]);
      expect(denied?.trace?.proof).toMatchObject({ status: 403, agrees: true });
      expect(listeners).toMatchObject({ unsent: 'a view asks for no request', trace: null });
      expect(supposed?.unsent).toMatch(/--source-ip only supposes/);
      expect(supposed?.trace?.proof).toBeUndefined();
      expect(run.status).toBe(0);
    }, 60_000);

    it('a wrong prediction fails its check in every report', async () => {
      const dump = await (await fetch(`${front.envoy.admin}/config_dump?include_eds`)).text();
      const old = directory.write('old.json', dump.replaceAll('"exact": "luffy"', '"exact": "nami"'));
      const checks = `checks:
  - { name: luffy, ${request('/reviews', 'end-user: luffy')}, expect: { cluster: backend-0 } }
  - { name: zoro, ${request('/reviews', 'end-user: zoro')}, expect: { cluster: backend-0 } }
`;
      const files = ['tap', 'junit', 'json'].map((format) => ({ format, path: join(directory.path, `r.${format}`) }));
      const reports = files.flatMap(({ format, path }) => ['--report', `${format}=${path}`]);
      const run = await check(checks, '-f', old, '--prove-admin', front.envoy.admin, ...reports);
      expect(run.status).toBe(1);
      expect(run.stdout).toMatch(/✗ luffy/);
      expect(run.stdout).toMatch(/proof: expected cluster backend-0 at front\.shop/);
      expect(run.stdout).toMatch(/✘ 1 cluster backend-0: the router/);
      expect(run.stdout).toMatch(/✓ zoro\n +✔ Sent once by mctl: 200 came back; as predicted\./);
      expect(run.stdout).toMatch(/1 passed, 1 failed; proved: 1 as predicted, 1 otherwise\n$/);
      const [tap = '', junit = '', json = ''] = files.map(({ path }) => readFileSync(path, 'utf8'));
      const points = Parser.parse(tap).flatMap(([kind, point]) => (kind === 'assert' ? [point] : []));
      expect(points).toMatchObject([
        { ok: false, diag: { proof: expect.arrayContaining([expect.stringMatching(/^ {2}✘ 1 cluster backend-0/)]) } },
        { ok: true, diag: { proof: expect.arrayContaining([expect.stringMatching(/✔ 1 cluster backend-0/)]) } },
      ]);
      const [luffy, zoro] = readJunit(junit).testsuite[0]!.testcase;
      expect(JSON.stringify(luffy)).toMatch(/✘ 1 cluster backend-0/);
      expect(JSON.stringify(zoro)).toMatch(/✔ 1 cluster backend-0/);
      const { failed, checks: told } = JSON.parse(json) as Report;
      expect(failed).toBe(1);
      expect(told[0]?.failures).toMatchObject([{ key: 'proof', expected: 'cluster backend-0 at front.shop' }]);
      const summary = readFileSync(join(directory.path, 'summary.md'), 'utf8');
      expect(summary).toMatch(/1 passed, 1 failed; proved: 1 as predicted, 1 otherwise/);
      expect(summary).toMatch(/✅ zoro[^]*✔ 1 cluster backend-0/);
    }, 60_000);

    it('sends nothing at all where one of the methods changes things and --yes is not given', async () => {
      const came: string[] = [];
      for (const { server } of front.upstreams) server.on('request', ({ method = '' }) => came.push(method));
      const checks = `checks:
  - { name: read, ${request('/reviews')} }
  - { name: written, request: { curl: "curl -d a=b -H 'Host: shop' http://127.0.0.1:${front.port}/reviews", mode: gateway } }
`;
      const refused = await check(checks);
      expect(refused).toMatchObject({ status: 64, stdout: '' });
      expect(refused.stderr).toMatch(/--yes is not given[^]*POST of .*checks\.yaml:3 written/);
      expect(came).toEqual([]);
      const run = await check(checks, '--yes', '-o', 'json');
      expect(reportOf(run).checks.map(({ trace }) => trace?.proof?.agrees)).toEqual([true, true]);
      expect(came).toEqual(['GET', 'POST']);
    }, 60_000);

    it('nothing to send, and a mesh that is saved, are wrong usage', async () => {
      const view = 'checks: [{ name: v, view: listener }]';
      expect(await check(view)).toMatchObject({ status: 64, stdout: '' });
      const file = directory.write('sent.yaml', `checks: [{ name: r, ${request('/')} }]`);
      for (const source of [['--sample'], ['-f', directory.write('d.json', '{"configs":[]}')]]) {
        const run = await runCli(['check', file, ...source, '--prove'], { env: { XDG_STATE_HOME: state } });
        expect(run).toMatchObject({ status: 64, stdout: '' });
        expect(run.stderr).toMatch(/--prove needs a mesh that runs/);
      }
      const without = await runCli(['check', file, '--admin', front.envoy.admin, '--yes'], {});
      expect(without.status).toBe(64);
      expect(without.stderr).toMatch(/--yes needs --prove/);
    });

    /** Two checks, of which the first waits for its answer. */
    async function waiting(): Promise<WaitingRun> {
      const file = directory.write(
        'slow.yaml',
        `checks: [{ name: slow, ${request('/slow')} }, { name: next, ${request('/teapot')} }]`,
      );
      const logs = ['--prove-log', front.envoy.log, '--prove-log', front.access];
      return await waitingRun(front, ['check', file, '--admin', front.envoy.admin, ...logs, '--prove'], state);
    }

    it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
      '%s puts the levels back',
      async (signal) => {
        const { run, release } = await waiting();
        run.kill(signal);
        expect(await once(run, 'exit')).toEqual([130, null]);
        release();
        await expectAsBefore(front, state);
      },
      60_000,
    );

    it.each([
      ['pc log', () => ['pc', 'log', '--admin', front.envoy.admin]],
      [
        'check --prove',
        () => [
          'check',
          directory.write('next.yaml', `checks: [{ name: tea, ${request('/teapot')} }]`),
          '--admin',
          front.envoy.admin,
          '--prove',
        ],
      ],
    ])(
      'after kill -9 the next %s puts them back',
      async (_what, next) => {
        const { run, release } = await waiting();
        run.kill('SIGKILL');
        await once(run, 'exit');
        release();
        expect(await front.envoy.levels()).toMatchObject({ http: 'debug' });
        const { stderr } = await runCli(next(), { env: { XDG_STATE_HOME: state } });
        expect(stderr).toMatch(/The log levels that a run of \S+ raised at .* before it was killed are back\./);
        await expectAsBefore(front, state);
      },
      60_000,
    );

    it('without --prove nothing is sent', async () => {
      const file = directory.write('quiet.yaml', `checks: [{ name: r, ${request('/reviews')} }]`);
      let came = 0;
      for (const { server } of front.upstreams) server.on('request', () => (came += 1));
      const run = await runCli(['check', file, '--admin', front.envoy.admin], { env: { XDG_STATE_HOME: state } });
      expect(run).toMatchObject({ status: 0, stderr: '' });
      expect(came).toBe(0);
    });

    it('where Envoy does not answer any more it says what puts them back', async () => {
      const { run, release } = await waiting();
      let said = '';
      run.stderr?.on('data', (text: Buffer) => (said += text.toString()));
      await front.envoy.stop();
      release();
      await once(run, 'exit');
      expect(said).toMatch(/mctl pc log --admin http:\/\/127\.0\.0\.1:\d+ --level http:warning,router:warning/);
      expect(readdirSync(join(state, 'mctl/log-levels'))).toHaveLength(1);
      await stopFront(front);
      rmSync(state, { recursive: true });
      front = await startFront(directory.path);
    }, 60_000);
  },
  missingEnvoy(),
);
