/** Every proxy at a glance: the sample, a dump with rejected and warming resources, a snapshot that is partly broken. */
import ProxyStatus from '../../src/commands/proxy-status';
import { corpusFiles } from '../helpers/corpora';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});
const states = corpusFiles()['quirks/states.config_dump.json'] ?? '';
const file = directory.write('states.json', states);

test('the sample, a row for each proxy', async () => {
  const { exitCode, stdout, stderr } = await runCommand(ProxyStatus, ['--sample']);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')[0]).toMatch(/^NAME +ISTIO +ENVOY +LDS +RDS +CDS +EDS +REJECTED +WARMING$/);
  expect(stdout).toMatch(
    /^details-v1-79f774bdb9-6jl84\.bookinfo +1\.32\.0 +1\.39\.0 +2026-08-22T15:00:18Z +2026-08-22T15:00:18Z +2026-08-22T15:00:18Z +- +0 +0$/m,
  );
  expect(stdout.trim().split('\n')).toHaveLength(6);
  expect(stderr).toBe('');
});

test('what was rejected, with Envoy’s reason, and what is warming', async () => {
  const { stdout, stderr } = await runCommand(ProxyStatus, ['-f', file]);
  expect(stdout).toMatch(/^client-7d9f8b6c5-aaaaa\.shop .* 3 +2$/m);
  expect(stderr).toContain(
    'listener 0.0.0.0_8082 was rejected at 2026-08-22T15:01:00.123Z: error adding listener: "bad"\n',
  );
  expect(stderr).toContain('cluster inbound|8080|| is warming\n');
  const wide = await runCommand(ProxyStatus, ['-f', file, '-o', 'wide']);
  expect(wide.stdout).toContain('listener only-error: boom');
});

test('as JSON', async () => {
  const { stdout } = await runCommand(ProxyStatus, ['-f', file, '-o', 'json']);
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({
      proxy: 'client-7d9f8b6c5-aaaaa.shop',
      istio: '1.32.0',
      lds: expect.objectContaining({
        updated: expect.stringMatching(/^2026-08-22T15:0/),
        warming: ['10.97.0.1_8443'],
        rejected: [
          { name: '0.0.0.0_8082', reason: 'error adding listener: "bad"', at: '2026-08-22T15:01:00.123Z' },
          { name: 'only-error', reason: 'boom', at: null },
        ],
      }),
      eds: expect.objectContaining({ updated: null }),
    }),
  ]);
});

test('a namespace, a target, a selector', async () => {
  const names = async (...args: readonly string[]): Promise<string> =>
    (await runCommand(ProxyStatus, ['--sample', '-o', 'name', ...args])).stdout;
  expect((await names('-n', 'bookinfo')).split('\n')).toHaveLength(6);
  expect(await names('svc/reviews.bookinfo')).toBe(
    'proxy/reviews-v2-7bf8c9648f-rzfp6.bookinfo\nproxy/reviews-v3-84779c7bbc-57sqk.bookinfo\n',
  );
  expect(await names('-l', 'app=ratings')).toBe('proxy/ratings-v1-b6994bb9-2jqmk.bookinfo\n');
});

test('one that cannot be read does not lose the others', async () => {
  directory.write('mesh/proxies/ns/good/config_dump.json', states);
  directory.write('mesh/proxies/ns/bad/config_dump.json', states.slice(0, 1000));
  const run = await runCommand(ProxyStatus, ['--snapshot', `${directory.path}/mesh`]);
  expect(run.exitCode).toBe(69);
  expect(run.stdout).toMatch(/^good\.ns /m);
  expect(run.stderr).toMatch(/bad.*truncated/);
});

test('ztunnels stand behind the proxies', async () => {
  const { stdout } = await runCommand(ProxyStatus, ['--sample=ambient', '-o', 'name']);
  expect(stdout).toBe('proxy/waypoint-64b5d-xyz.bookinfo\nproxy/ztunnel-7c4kd.istio-system\n');
  directory.write('ambient/ztunnels/istio-system/ztunnel-0/config_dump.json', '{"workloads": [');
  const broken = await runCommand(ProxyStatus, ['--snapshot', `${directory.path}/ambient`]);
  expect(broken.stderr).toMatch(/ztunnel-0\.istio-system: .*truncated/);
});
