/** `pc trace --prove` against Envoys that can be reached as they are: needs an Envoy, and no privileges. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof, Trace } from '../../src/lib/trace/model';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { expectAsBefore, type Front, startFront, stopFront, type WaitingRun, waitingRun } from './rig/front';
import { describeWithEnvoy, missingEnvoy } from './rig/requirements';

describeWithEnvoy(
  'a request that is sent',
  () => {
    const directory = temporaryDirectory();
    const state = join(directory.path, 'state');
    const journal = join(state, 'mctl/log-levels');
    let front: Front;

    beforeAll(async () => {
      front = await startFront(directory.path);
    }, 60_000);

    afterAll(async () => {
      await stopFront(front);
      directory.remove();
    });

    function words(path: string, ...more: readonly string[]): readonly string[] {
      const logs = ['--prove-log', front.envoy.log, '--prove-log', front.access];
      const to = [`http://127.0.0.1:${front.port}${path}`, '-H', 'Host: shop'];
      return ['pc', 'trace', ...to, '--admin', front.envoy.admin, ...logs, '--mode', 'gateway', ...more];
    }

    async function mctl(path: string, ...more: readonly string[]): Promise<CliRun> {
      return await runCli(words(path, '--prove', '-o', 'json', ...more), { env: { XDG_STATE_HOME: state } });
    }

    function proofOf(run: CliRun): Proof {
      const { proof } = JSON.parse(run.stdout) as Trace;
      if (proof === undefined) throw new Error(run.stderr);
      return proof;
    }

    function seen(proof: Proof): Record<string, boolean | null> {
      return Object.fromEntries(proof.steps.map(({ stage, name, seen }) => [`${stage} ${name ?? ''}`.trim(), seen]));
    }

    async function isAsBefore(): Promise<void> {
      await expectAsBefore(front, state);
    }

    it('is seen step by step, and levels are back', async () => {
      const run = await mctl('/reviews', '-H', 'end-user: luffy');
      expect(run.stderr).toMatch(/^Sends GET http:\/\/127\.0\.0\.1:\d+\/reviews from here\.\nRaises http, router/);
      const proof = proofOf(run);
      expect(proof).toMatchObject({ sent: 1, by: 'mctl', status: 200, agrees: true });
      expect(seen(proof)).toMatchObject({
        'listener front': true,
        'http-connection-manager front': true,
        'http-filter guard': true,
        'http-filter envoy.filters.http.router': true,
        'cluster backend-1': true,
        [`endpoint 127.0.0.1:${front.upstreams[1]?.port ?? 0}`]: true,
      });
      expect(run.status).toBe(0);
      await isAsBefore();
    });

    it.each([
      ['/admin', 403, 'http-filter guard', 1],
      ['/teapot', 418, 'route answered', 0],
      ['/old', 301, 'route redirected', 0],
    ])('%s is answered %d by Envoy itself', async (path, status, step, exit) => {
      const run = await mctl(path);
      const proof = proofOf(run);
      expect(proof).toMatchObject({ status, agrees: true });
      expect(seen(proof)).toMatchObject({ [step]: true, response: true });
      expect(run.status).toBe(exit);
      await isAsBefore();
    });

    it('a share is counted', async () => {
      const run = await runCli(words('/shared', '--prove=12', '-o', 'json'), { env: { XDG_STATE_HOME: state } });
      const { sent, ways, agrees } = proofOf(run);
      expect({ sent, agrees }).toEqual({ sent: 12, agrees: true });
      expect(ways.map(({ share }) => share)).toEqual([0.5, 0.5]);
      expect(ways.reduce((sum, way) => sum + way.seen, 0)).toBe(12);
    });

    it('a capture that is older than the configuration is found wrong', async () => {
      const dump = (await (await fetch(`${front.envoy.admin}/config_dump?include_eds`)).text()).replaceAll(
        '"exact": "luffy"',
        '"exact": "nami"',
      );
      const file = directory.write('old.json', dump);
      const args = [
        'pc',
        'trace',
        `http://127.0.0.1:${front.port}/reviews`,
        '-H',
        'Host: shop',
        '-H',
        'end-user: luffy',
      ];
      const proveIt = [
        '-f',
        file,
        '--mode',
        'gateway',
        '--prove',
        '--prove-admin',
        front.envoy.admin,
        '--prove-log',
        front.envoy.log,
      ];
      const run = await runCli([...args, ...proveIt], { env: { XDG_STATE_HOME: state } });
      expect(run.stdout).toMatch(/^✘ The prediction was wrong: cluster backend-0 at front\.shop: the router/);
      expect(run.status).toBe(1);
      await isAsBefore();
    });

    it('what changes things is refused without --yes', async () => {
      const refused = await mctl('/reviews', '-X', 'DELETE');
      expect(refused).toMatchObject({ status: 64, stdout: '' });
      expect(refused.stderr).toMatch(/--yes/);
      expect((await mctl('/reviews', '-X', 'DELETE', '--yes')).status).toBe(0);
    });

    const waiting = async (): Promise<WaitingRun> => await waitingRun(front, words('/slow', '--prove'), state);

    it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s puts the levels back', async (signal) => {
      const { run, release } = await waiting();
      run.kill(signal);
      expect(await once(run, 'exit')).toEqual([130, null]);
      release();
      await isAsBefore();
    });

    it('after kill -9 the next run puts them back', async () => {
      const { run, release } = await waiting();
      run.kill('SIGKILL');
      await once(run, 'exit');
      release();
      expect(await front.envoy.levels()).toMatchObject({ http: 'debug' });
      const next = await runCli(['pc', 'log', '--admin', front.envoy.admin], { env: { XDG_STATE_HOME: state } });
      expect(next.stderr).toMatch(/^The log levels that a run of \S+ raised at .* before it was killed are back\./);
      await isAsBefore();
    });

    it('where Envoy does not answer any more it says what puts them back', async () => {
      const { run, release } = await waiting();
      let said = '';
      run.stderr?.on('data', (text: Buffer) => (said += text.toString()));
      await front.envoy.stop();
      release();
      await once(run, 'exit');
      expect(said).toMatch(/mctl pc log --admin http:\/\/127\.0\.0\.1:\d+ --level http:warning,router:warning/);
      expect(readdirSync(journal)).toHaveLength(1);
    });
  },
  missingEnvoy(),
);
