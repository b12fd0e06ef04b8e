/** What docs/proving.md says is refused, and what is not: before anything is read, with the words that say why. */
import CheckCommand from '../../src/commands/check';
import TraceCommand from '../../src/commands/proxy-config/trace';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

/** Nothing listens there. */
const ADMIN = ['--admin', 'http://127.0.0.1:1'];
const URL = 'http://127.0.0.1:8080/';

describe('pc trace', () => {
  it.each([
    [['-X', 'POST'], /POST, which may change something, and --yes is not given/],
    [['-X', 'DELETE'], /DELETE, which may change something/],
    [['-H', 'x-request-id: a'], /x-request-id of its own/],
    [['--uid', '1000'], /--uid/],
    [['--source-ip', '10.0.0.1'], /--source-ip/],
    [['--claim', 'iss=a'], /--claim/],
    [['--source-principal', 'spiffe://a/ns/b/sa/c'], /--source-principal/],
    [['--prove-container', 'istio-proxy'], /istio-proxy sends is not captured/],
    [['--prove-command', ''], /--prove-command names no command/],
  ])('refuses %j', async (args, why) => {
    const run = await runCommand(TraceCommand, [URL, ...args, '--prove', ...ADMIN]);
    expect([run.exitCode, run.stdout, run.stderr]).toEqual([64, '', expect.stringMatching(why)]);
  });

  it.each([
    [[]],
    [['--prove=20']],
    [['-X', 'HEAD']],
    [['-X', 'OPTIONS']],
    [['-X', 'POST', '--yes']],
    [['--prove-timeout', '30s']],
    [['--prove-log', 'envoy.log']],
    [['--mode', 'gateway', '-H', 'Host: shop']],
  ])('does not refuse %j', async (args) => {
    const run = await runCommand(TraceCommand, [URL, ...args, '--prove', ...ADMIN]);
    expect([run.exitCode, run.stderr]).toEqual([69, expect.stringContaining('ECONNREFUSED')]);
  });

  it('takes the body of a curl command, and its method', async () => {
    const curl = ['--', 'curl', '-d', 'a=b', URL];
    const refused = await runCommand(TraceCommand, ['--prove', ...ADMIN, ...curl]);
    expect([refused.exitCode, refused.stderr]).toEqual([64, expect.stringContaining('--yes')]);
    expect((await runCommand(TraceCommand, ['--prove', '--yes', ...ADMIN, ...curl])).exitCode).toBe(69);
  });

  it.each([
    ['--yes'],
    ['--prove-container=a'],
    ['--prove-command=curl'],
    ['--prove-admin=http://127.0.0.1:1'],
    ['--prove-log=a'],
    ['--prove-timeout=1s'],
  ])('refuses %s without --prove', async (flag) => {
    const run = await runCommand(TraceCommand, [URL, flag, ...ADMIN]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining('needs --prove')]);
  });

  it('refuses a mesh that does not run', async () => {
    const run = await runCommand(TraceCommand, [
      'productpage-v1.bookinfo',
      'http://reviews:9080/',
      '--sample',
      '--prove',
    ]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining('needs a mesh that runs')]);
  });
});

describe('check', () => {
  const directory = temporaryDirectory();
  afterAll(() => {
    directory.remove();
  });
  const file = (request: string, more = ''): string =>
    directory.write(
      'checks.yaml',
      `checks: [{ name: a, request: ${request}, expect: { verdict: delivered } ${more} }]\n`,
    );

  it('sends nothing where one method may change something', async () => {
    const run = await runCommand(CheckCommand, [file(`{ url: '${URL}', method: POST }`), '--prove', ...ADMIN]);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining('--yes')]);
  });

  it('refuses where no check has a request that can be sent', async () => {
    const run = await runCommand(CheckCommand, [file(`{ url: '${URL}', sourceIp: 10.0.0.1 }`), '--prove', ...ADMIN]);
    expect([run.exitCode, run.stdout]).toEqual([64, '']);
  });

  it('refuses the sample', async () => {
    const run = await runCommand(CheckCommand, [file(`{ url: '${URL}' }`), '--prove', '--sample']);
    expect([run.exitCode, run.stderr]).toEqual([64, expect.stringContaining('needs a mesh that runs')]);
  });

  it.each([
    ["{ url: 'http://a/', prove: true }", ''],
    ["{ url: 'http://a/' }", ', prove: true'],
  ])('takes no file that asks for it: %s%s', async (request, more) => {
    const run = await runCommand(CheckCommand, [file(request, more), ...ADMIN]);
    expect([run.exitCode, run.stderr]).toEqual([65, expect.stringContaining('unknown key prove')]);
  });
});
