/** What `mctl reach` prints can be pasted behind `mctl pc trace`: a real shell reads it, and the trace ends as the class does. */
import { Args, Parser } from '@oclif/core';
import fc from 'fast-check';
import ReachCommand from '../../src/commands/reach';
import TraceCommand from '../../src/commands/proxy-config/trace';
import { queryFromFlags, type RequestFlags, requestFlags } from '../../src/lib/cli/trace/trace-flags';
import { outcomeOf } from '../../src/lib/reach/outcome';
import { reach } from '../../src/lib/reach/reach';
import { witnessText } from '../../src/lib/reach/table';
import { visibleLine } from '../../src/lib/render/visible';
import { shellWord } from '../../src/lib/shell-word';
import { corpusProxies } from '../helpers/corpora';
import { generatedProxy } from '../helpers/generated-ways';
import { pasted } from '../helpers/pasted';
import { walked } from '../helpers/reach';
import { runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

/** Generated configurations that are tried, and the first of them. */
const COUNT = Number(process.env['CONFIGURATIONS'] ?? 3);
const FIRST = Number(process.env['FIRST'] ?? 700);

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

/** The lines below the table of a narrow terminal, their numbers left out. */
function examplesIn(table: string): readonly string[] {
  const [, below = ''] = table.split('\nExamples:\n');
  return below
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const [, number, example = ''] = /^ *(\d+) {2}(.*)$/.exec(line) ?? [];
      expect(number).toBe(String(index + 1));
      return example;
    });
}

async function reached(argv: readonly string[]) {
  const json = await runCommand(ReachCommand, [...argv, '-o', 'json']);
  const table = await runCommand(ReachCommand, [...argv], { env: { COLUMNS: '80' } });
  if (json.stdout === '') throw new Error(json.stderr);
  return { ...JSON.parse(json.stdout), examples: examplesIn(table.stdout), status: json.exitCode };
}

async function expectSame(argv: readonly string[], source: readonly string[]): Promise<number> {
  const { classes, examples } = await reached([...argv, ...source]);
  expect(examples).toHaveLength(classes.length);
  for (const [index, words] of pasted(examples).entries()) {
    expect(words.slice(0, 3)).toEqual(['mctl', 'pc', 'trace']);
    const run = await runCommand(TraceCommand, [...words.slice(3), '-o', 'json', '--all-branches']);
    if (run.stdout === '') throw new Error(`${words.join(' ')}: ${run.stderr}`);
    const { verdict, status, reason } = JSON.parse(run.stdout);
    const { outcome } = classes[index];
    expect({ words, verdict, status, reason }).toEqual({
      words,
      verdict: outcome.verdict,
      status: outcome.status,
      reason: outcome.reason,
    });
  }
  return examples.length;
}

it('of every request of the sample, at 80 columns', async () => {
  expect(await expectSame(['productpage-v1-6b746f74dc-9stvs.bookinfo'], ['--sample'])).toBe(8);
  expect(await expectSame(['--to', 'svc/ratings.bookinfo'], ['--sample'])).toBeGreaterThan(3);
}, 60_000);

it('of every client of a gateway', async () => {
  const gateway = corpusProxies().find(({ scenario, name }) => scenario === 'ingress' && name.includes('gateway'));
  const file = directory.write("a gateway's dump.json", gateway?.configDump ?? '');
  expect(await expectSame([], ['--file', file])).toBeGreaterThan(40);
}, 120_000);

/** The flags of a request as a shell gives them, as the question that they ask. */
async function queryOf(words: readonly string[]) {
  const args = { url: Args.string({ required: true }) };
  const parsed = await Parser.parse([...words], { flags: requestFlags as never, args, strict: true });
  return queryFromFlags(parsed.args.url, parsed.flags as RequestFlags);
}

it('of every request of generated configurations', async () => {
  let lines = 0;
  for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
    const { source } = generatedProxy(seed);
    const from = walked(source);
    const all = { where: [], fixed: {}, oneHop: true, most: 120, wants: () => true };
    const { classes } = await reach(from, all);
    const read = pasted(classes.map(({ witness }) => witnessText(witness)));
    for (const [index, { outcome }] of classes.entries()) {
      const words = read[index] ?? [];
      const traced = outcomeOf(await from.trace(await queryOf(words)));
      expect([words, traced]).toEqual([words, outcome]);
      lines += 1;
    }
  }
  if (process.env['CONFIGURATIONS'] !== undefined) process.stderr.write(`${lines} witnesses\n`);
  expect(lines).toBeGreaterThan(20);
}, 3_600_000);

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      '\\',
      '\n',
      '$',
      '`',
      '!',
      ' ',
      '\t',
      '7',
      '\u{1f4a9}',
      '\u202e',
      'é',
      '=',
      '~',
      '*',
    ),
  }),
);

it.each(['bash', 'sh'])('whatever values it has, by %s', (shell) => {
  // A POSIX shell of before 2024 has no $'…'; no word holds the octet zero.
  const isPlain = (text: string): boolean => shell === 'bash' || shellWord(text).startsWith("'");
  const texts = fc.sample(
    hostile.filter((text) => !text.includes('\0') && Buffer.from(text).toString() === text && isPlain(text)),
    { numRuns: 500, seed: 20 },
  );
  const witnesses = texts.map((text) => ({
    url: `http://a/?${text}`,
    headers: { x: text },
    method: text,
    claims: { k: text },
  }));
  expect(pasted(witnesses.map(witnessText), shell)).toEqual(
    texts.map((text) => [`http://a/?${text}`, '-X', text, '-H', `x: ${text}`, '--claim', `k=${text}`]),
  );
  for (const line of witnesses.map(witnessText)) expect(visibleLine(line)).toBe(line);
});
