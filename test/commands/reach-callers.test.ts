/** Who can call: requests that come to a pod from any caller, divided by what the caller is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import CheckCommand from '../../src/commands/check';
import ReachCommand from '../../src/commands/reach';
import TraceCommand from '../../src/commands/proxy-config/trace';
import { shellWords } from '../../src/lib/curl/shell-words';
import { witnessText } from '../../src/lib/reach/table';
import { guardedMesh, RATINGS, REVIEWS } from '../helpers/guarded-mesh';
import { runCommand } from '../helpers/run-command';

const mesh = guardedMesh();
afterAll(() => {
  mesh.remove();
});
const source = ['--snapshot', mesh.path];

async function classesOf(...argv: string[]): Promise<readonly any[]> {
  const run = await runCommand(ReachCommand, [...argv, ...source, '-o', 'json']);
  expect(run.exitCode).toBe(0);
  const { complete, unsplit, classes } = JSON.parse(run.stdout);
  expect({ complete, unsplit }).toEqual({ complete: true, unsplit: [] });
  return classes;
}

it('prints what docs/reach.md shows under "Who can call"', async () => {
  const page = readFileSync(join(__dirname, '../../docs/reach.md'), 'utf8');
  const [, command = '', shown] = /\n\$ mctl reach (--to svc\/ratings\.bookinfo .*)\n([^`]*)```/.exec(page) ?? [];
  const { stdout, stderr } = await runCommand(ReachCommand, [...command.split(' '), ...source]);
  expect(`${stdout}${stderr}`).toBe(shown);
});

const isDelivered = ({ outcome }: any): boolean => outcome.verdict === 'delivered';
const isInbound = ({ witness }: any): boolean => witness.mode === 'inbound';

it('answers who can call /admin on ratings: the pods with that identity, and no caller with another', async () => {
  const classes = await classesOf('--to', 'svc/ratings.bookinfo', '--where', 'path=/admin');
  const delivered = classes.filter(isDelivered);
  expect(delivered.filter((one) => !isInbound(one)).map(({ from }) => from)).toEqual([
    'reviews-v2-7bf8c9648f-rzfp6.bookinfo',
    'reviews-v3-84779c7bbc-57sqk.bookinfo',
  ]);
  const anyone = delivered.filter(isInbound);
  expect(anyone).toHaveLength(1);
  expect(anyone[0]).toMatchObject({ from: RATINGS, where: { tls: ['mtls'], principal: [REVIEWS], path: ['/admin'] } });
  const refused = classes.filter((one) => isInbound(one) && one.outcome.verdict === 'denied');
  expect(refused.map(({ where }) => [where.tls[0], where.principal?.join()])).toEqual(
    expect.arrayContaining([
      ['mtls', expect.stringContaining(`not ${REVIEWS}`)],
      ['plaintext', undefined],
    ]),
  );
});

it('has callers without a sidecar among them, in plain text', async () => {
  const [only, ...more] = (await classesOf('--to', RATINGS, '--where', 'tls=plaintext', '--where', 'port=9080')).filter(
    isDelivered,
  );
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    from: RATINGS,
    where: { tls: ['plaintext'], path: ['not /admin*'] },
    witness: { mode: 'inbound' },
  });
});

it('gives witnesses that are pasted behind pc trace', async () => {
  for (const { from, witness, outcome } of await classesOf(RATINGS, '--mode', 'inbound')) {
    const argv = shellWords(`trace ${witnessText(witness)}`).slice(1);
    const run = await runCommand(TraceCommand, [from, ...argv, ...source, '-o', 'json']);
    expect(JSON.parse(run.stdout)).toMatchObject({
      verdict: outcome.verdict,
      status: outcome.status,
      policy: outcome.policy,
    });
  }
});

it('narrows by callers', async () => {
  const own = await classesOf(
    RATINGS,
    '--mode',
    'inbound',
    '--where',
    `principal=${REVIEWS}`,
    '--where',
    'path=/admin',
  );
  expect(own.filter(isDelivered).length).toBeGreaterThan(0);
  const others = await classesOf(
    ...[RATINGS, '--mode', 'inbound', '--where', `!principal=${REVIEWS}`],
    ...['--where', 'path=/admin', '--where', 'port=9080'],
  );
  expect(others.filter(isDelivered)).toEqual([]);
});

const CHECKS = (proxy: string, where: string) => `
checks:
  - name: only reviews may call /admin
    proxy: ${proxy}
    forAll:
      request: { mode: inbound }
      where: ['path=/admin*', 'port=9080'${where}]
    expect: { not: { verdict: delivered } }
`;

it('proves in a check file that only one caller may, and shows one that is otherwise', async () => {
  const proven = mesh.write('proven.yaml', CHECKS(RATINGS, `, '!principal=${REVIEWS}'`));
  expect((await runCommand(CheckCommand, [proven, ...source])).exitCode).toBe(0);
  const refuted = mesh.write('refuted.yaml', CHECKS(RATINGS, ''));
  const run = await runCommand(CheckCommand, [refuted, ...source]);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain(REVIEWS);
});

it('refuses to ask a pod as somebody else', async () => {
  const run = await runCommand(ReachCommand, [RATINGS, ...source, '--where', 'principal=spiffe://x/y']);
  expect(run.exitCode).toBe(64);
  expect(run.stderr).toContain('--mode inbound');
});
