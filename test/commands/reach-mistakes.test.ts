/** `mctl reach` of what is not there, what is misspelt, and ports that no listener names. */
import ReachCommand from '../../src/commands/reach';
import { runCommand } from '../helpers/run-command';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';

async function run(...argv: string[]) {
  return await runCommand(ReachCommand, [PRODUCTPAGE, ...argv, '--sample', '-o', 'json']);
}

async function portsOf(...argv: string[]) {
  const { classes } = JSON.parse((await run(...argv)).stdout);
  return classes.map(({ where, outcome, witness }: any) => [where.port[0], outcome.verdict, witness.originalDst]);
}

it('asks about a port that no listener names where a condition names it', async () => {
  expect(await portsOf('--where', 'port=1234')).toEqual([['1234', 'delivered', '192.0.2.1:1234']]);
  expect(await portsOf('--where', 'host=x.example:1234')).toEqual([['1234', 'delivered', '192.0.2.1:1234']]);
  expect(await portsOf('--where', 'port=1234', '--where', '!port=1234')).toEqual([]);
});

it('lets another port stand for those that no listener names where a condition excludes the first', async () => {
  const found = await portsOf('--where', '!port=9');
  expect(found.filter(([port]: any) => port === 'any other')).toEqual([['any other', 'delivered', '192.0.2.1:10009']]);
});

it.each([
  ['a port that is none', ['--where', 'port=70000'], 64, /a port is a number from 1 to 65535/],
  ['a port behind a host that is none', ['--where', 'host=a:99999'], 64, /a port is a number from 1 to 65535/],
  ['a regular expression that is none', ['--where', 'path~['], 64, /regular expression/],
  [
    'a namespace that is an expression',
    ['--mode', 'inbound', '--where', 'namespace=a.*'],
    64,
    /not the name of a namespace/,
  ],
  [
    'a number out of range',
    ['--status', '99'],
    64,
    /^Error: invalid argument "99" for "--status" flag: it is an integer/,
  ],
  ['a number that is none', ['--max-classes', 'x'], 64, /^Error: invalid argument "x" for "--max-classes" flag/],
  [
    'a cluster that the proxy does not have',
    ['--to', 'cluster=outbound|9080||review.bookinfo.svc.cluster.local'],
    69,
    /no cluster .*\n.*Did you mean cluster=outbound\|9080\|\|reviews\.bookinfo/,
  ],
])('refuses %s', async (_what, argv, code, message) => {
  const { exitCode, stderr } = await run(...argv);
  expect(exitCode).toBe(code);
  expect(stderr).toMatch(message);
});

it('says of a policy that denies nothing that it does not', async () => {
  const { exitCode, stderr } = await run('--policy', 'nope', '--where', 'host=reviews');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/0 classes of requests: no request of the kind that is asked about ends so/);
  expect(stderr).toMatch(/No policy nope denies any of these requests/);
});
