/** `mctl reach` against the sample, whose table a person can check by hand. */
import ReachCommand from '../../src/commands/reach';
import { runCommand } from '../helpers/run-command';

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';

async function reached(...argv: string[]) {
  const run = await runCommand(ReachCommand, [...argv, '--sample', '-o', 'json']);
  expect(run.exitCode).toBe(0);
  return JSON.parse(run.stdout);
}

it("sends luffy's requests to v2 and everyone else's to v3", async () => {
  const { complete, unsplit, classes } = await reached(PRODUCTPAGE, '--where', 'host=reviews', '--where', 'port=9080');
  expect({ complete, unsplit }).toEqual({ complete: true, unsplit: [] });
  const told = classes.map(({ where, outcome, witness }: any) => [
    where['header:end-user'],
    outcome.clusters,
    outcome.destinations,
    witness,
  ]);
  expect(told).toEqual([
    [
      ['not luffy'],
      [{ name: 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local', share: 1 }],
      ['reviews-v3-84779c7bbc-57sqk.bookinfo'],
      { url: 'http://reviews:9080/' },
    ],
    [
      ['luffy'],
      [{ name: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local', share: 1 }],
      ['reviews-v2-7bf8c9648f-rzfp6.bookinfo'],
      { url: 'http://reviews:9080/', headers: { 'end-user': 'luffy' } },
    ],
  ]);
});

it('divides everything that the pod can send', async () => {
  const { classes } = await reached(PRODUCTPAGE);
  const hosts = classes.map(({ where }: any) => [where.port[0], where.host?.[0] ?? 'any']);
  expect(hosts).toContainEqual(['9080', 'details.bookinfo.svc.cluster.local']);
  expect(hosts).toContainEqual(['9080', 'any other']);
  expect(hosts).toContainEqual(['any other', 'any']);
});

it('narrows by destination, verdict and what requests are', async () => {
  const v2 = await reached(PRODUCTPAGE, '--to', 'reviews-v2-7bf8c9648f-rzfp6.bookinfo');
  expect(v2.classes).toHaveLength(1);
  const failed = await reached(PRODUCTPAGE, '--verdict', 'failed');
  expect(failed.classes.every(({ outcome }: any) => outcome.verdict === 'failed')).toBe(true);
  const others = await reached(PRODUCTPAGE, '--where', '!header:end-user=luffy', '--where', 'host=reviews:9080');
  expect(others.classes).toHaveLength(1);
});

it('asks every proxy who can reach a Service', async () => {
  const { from, classes } = await reached('--to', 'svc/ratings.bookinfo');
  expect(from).toBeNull();
  expect(new Set(classes.map((one: any) => one.from))).toContain('reviews-v3-84779c7bbc-57sqk.bookinfo');
});

it('says what was left where the bound is met', async () => {
  const { complete, unsplit } = await reached(PRODUCTPAGE, '--max-classes', '2');
  expect(complete).toBe(false);
  expect(unsplit.join()).toMatch(
    /[1-9]\d* parts? of the requests to port \d+, left out after 2 classes: --max-classes is 2/,
  );
});

it('prints a table that is read from left to right', async () => {
  const run = await runCommand(ReachCommand, [PRODUCTPAGE, '--sample', '-o', 'short', '--where', 'port=9080']);
  expect(run.stdout).toContain('port 9080; host reviews.bookinfo.svc.cluster.local; header end-user: luffy');
  expect(run.stderr).toContain('classes of requests');
});

it.each(['colour=blue', 'principal=x', 'path=admin', 'host='])('refuses --where %s', async (where) => {
  const run = await runCommand(ReachCommand, [PRODUCTPAGE, '--sample', '--where', where]);
  expect(run.exitCode).toBe(64);
});

it('writes a page that stands alone, in which texts of the configuration are no markup', async () => {
  const run = await runCommand(ReachCommand, [PRODUCTPAGE, '--sample', '-o', 'html', '--where', 'header:x=<b>&']);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
  expect(run.stdout).toMatch(/<td [^>]*><span class="failed">failed, black-hole<\/span><\/td>/);
  expect(run.stdout).toContain('&lt;b&gt;&amp;');
  expect(run.stdout).not.toContain('<b>');
  expect(run.stdout).not.toMatch(/<(?:script|img|link|iframe)/);
});

describe('a destination', () => {
  it.each(['reviews-v2.bookinfo', 'deploy/reviews-v2.bookinfo', 'bookinfo/reviews-v2-7bf8c9648f-rzfp6'])(
    'is a pod, and %s names one',
    async (to) => {
      const exact = await reached(PRODUCTPAGE, '--to', 'reviews-v2-7bf8c9648f-rzfp6.bookinfo');
      expect(await reached(PRODUCTPAGE, '--to', to)).toEqual(exact);
    },
  );

  // Nothing found would read as "nobody can reach it".
  it.each([
    ['review-v2.bookinfo', 'no pod of the snapshot'],
    ['svc/rating.bookinfo', 'Did you mean svc/ratings.bookinfo'],
    ['svc/ratings.other', 'no Service ratings.other'],
  ])('that is not there is an error: %s', async (to, says) => {
    for (const from of [[PRODUCTPAGE], []]) {
      const run = await runCommand(ReachCommand, [...from, '--sample', '--to', to]);
      expect([run.exitCode, run.stdout]).toEqual([69, '']);
      expect(run.stderr).toContain(says);
    }
  });
});
