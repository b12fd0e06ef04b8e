/** The examples of each command's help: those of the sample run, and every command has one where it can. */
import { COMMANDS } from '../../src/commands';
import { EXAMPLES } from '../../src/lib/cli/help';
import { runCommand } from '../helpers/run-command';

type CommandClass = Parameters<typeof runCommand>[0] & {
  readonly summary?: string;
  readonly aliases: readonly string[];
  readonly examples?: readonly { readonly description: string; readonly command: string }[];
};

/** Ask a running Envoy, or write or read files of the user's. */
const WITHOUT_SAMPLE = new Set(['proxy-config:log', 'ztunnel-config:log', 'replay', 'completion']);

/** Words as a shell would split them: quotes keep blanks together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}

function commandOf(words: readonly string[]): { readonly command: CommandClass; readonly args: readonly string[] } {
  for (const length of [2, 1]) {
    const id = words.slice(0, length).join(':');
    for (const [known, found] of Object.entries(COMMANDS)) {
      const command = found as CommandClass;
      if (known === id || command.aliases.includes(id)) return { command, args: words.slice(length) };
    }
  }
  throw new Error(`no command: ${words.join(' ')}`);
}

describe.each(Object.keys(COMMANDS))('%s', (id) => {
  const command = COMMANDS[id] as CommandClass;
  const lines = (command.examples ?? []).map((example) =>
    example.command.replaceAll('<%= config.bin %>', 'mctl').replaceAll('<%= command.id %>', id.replace(':', ' ')),
  );
  const ofSample = lines.filter((line) => /--sample|sample:/.test(line) && !line.includes('>'));

  test('has a summary and an example', () => {
    expect(command.summary).toMatch(/\.$/);
    expect(lines.length).toBeGreaterThan(0);
    if (!WITHOUT_SAMPLE.has(id)) expect(lines.filter((line) => line.includes('sample')).length).toBeGreaterThan(0);
  });

  if (ofSample.length > 0 && id !== 'capture') {
    test.each(ofSample)('%s', async (line) => {
      const found = commandOf(wordsOf(line).slice(1));
      const run = await runCommand(found.command, found.args);
      expect([0, 1]).toContain(run.exitCode);
      expect(run.stdout + run.stderr).not.toBe('');
    });
  }
});

test.each(EXAMPLES)('%s', async (line) => {
  const { command, args } = commandOf(wordsOf(line).slice(1));
  expect((await runCommand(command, args)).exitCode).toBe(0);
});
