/**
 * Every call of mctl that README.md and the pages of docs/ show is understood, and those that need no cluster end well. What docs/symptoms.md
 * and docs/from-a-log-line.md show with their output is held by tests of their own.
 */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsOn, runInShell } from '../helpers/page-commands';
import { withNamesOfSample } from '../helpers/sample-names';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const OWN_TEST = new Set(['symptoms.md', 'from-a-log-line.md']);
const PAGES = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && !OWN_TEST.has(name));

const CALLS = ['README.md', ...PAGES.map((name) => `docs/${name}`)].flatMap((page) =>
  callsOn(page).map((call) => [page, call] as const),
);

const LOG = join(ROOT, 'examples/access-log/access.log');
const [LINE] = readFileSync(LOG, 'utf8').split('\n');

const directory = temporaryDirectory();

beforeAll(() => {
  for (const name of ['mesh', 'before', 'after'])
    cpSync(join(ROOT, 'sample'), join(directory.path, name), { recursive: true });
  cpSync(join(ROOT, 'examples'), join(directory.path, 'examples'), { recursive: true });
  cpSync(LOG, join(directory.path, 'access.log.gz'));
  const checks =
    'checks: [{ name: a, proxy: deploy/productpage-v1.bookinfo, request: { url: http://reviews:9080/ }, expect: { verdict: delivered } }]';
  for (const name of ['checks.yaml', 'requests.yaml']) directory.write(name, checks);
});

afterAll(() => {
  directory.remove();
});

/** A saved mesh that is there: the answer is known to be one. */
const SAVED = / (?:--sample|--snapshot \.\/mesh|\.\/before \.\/after)\b/;

test('there are calls', () => {
  expect(CALLS.length).toBeGreaterThan(50);
});

test.each(CALLS)('%s: %s', (_page, call) => {
  const { status, output } = runInShell(withNamesOfSample(call), directory.path, LINE);
  const allowed = SAVED.test(call) ? [0, 1] : [0, 1, 69];
  expect([output, allowed.includes(status ?? -1)]).toEqual([output, true]);
});
