import { readCommandLine } from '../../../src/lib/cli/command-line';
import { UsageError } from '../../../src/lib/errors';

const COMMANDS = [
  {
    id: 'proxy-config:listener',
    aliases: ['proxy-config:listeners', 'proxy-config:l', 'pc:listener', 'pc:listeners', 'pc:l'],
    hidden: false,
  },
  { id: 'proxy-config:log', aliases: ['pc:log', 'pc:o', 'proxy-config:o'], hidden: false },
  { id: 'check', aliases: [], hidden: false },
  { id: 'proxy-status', aliases: ['ps'], hidden: false },
];
const read = (...argv: string[]) => readCommandLine(argv, COMMANDS, new Set(['-o', '--output', '-n']));

describe('readCommandLine', () => {
  it.each(['pc', 'proxy-config'])('finds commands of the group %s by every name', (group) => {
    for (const word of ['listener', 'listeners', 'l']) {
      expect(read(group, word, 'x', '-o', 'json')).toEqual({
        kind: 'command',
        id: 'proxy-config:listener',
        argv: ['x', '-o', 'json'],
      });
    }
  });

  it('takes flags before and between the words', () => {
    expect(read('-n', 'ns', 'pc', '-o', 'json', '--port=1', 'l', 'x')).toEqual({
      kind: 'command',
      id: 'proxy-config:listener',
      argv: ['-n', 'ns', '-o', 'json', '--port=1', 'x'],
    });
  });

  it('keeps what follows the command as it is', () => {
    expect(read('check', 'help', '--', '--help')).toEqual({
      kind: 'command',
      id: 'check',
      argv: ['help', '--', '--help'],
    });
    expect(read('ps')).toEqual({ kind: 'command', id: 'proxy-status', argv: [] });
  });

  it.each<[string[], string | null]>([
    [[], null],
    [['--help'], null],
    [['help'], null],
    [['pc'], 'proxy-config'],
    [['proxy-config', '--help'], 'proxy-config'],
    [['help', 'pc'], 'proxy-config'],
    [['pc', 'help'], 'proxy-config'],
    [['pc', 'l', '--help'], 'proxy-config:listener'],
    [['pc', '--help', 'l'], 'proxy-config:listener'],
    [['help', 'pc', 'l'], 'proxy-config:listener'],
    [['check', 'x', '-h'], 'check'],
  ])('shows help for %j', (argv, subject) => {
    expect(read(...argv)).toEqual({ kind: 'help', subject });
  });

  it.each([['--version'], ['version']])('tells its version for %s', (word) => {
    expect(read(word)).toEqual({ kind: 'version' });
  });

  it.each([
    ['listener', '`mctl pc listener`'],
    ['listeners', '`mctl pc listener`'],
    ['logs', '`mctl pc log`'],
  ])('says in which group mctl %s stands', (word, command) => {
    expect(() => read(word)).toThrow(expect.objectContaining({ hint: `Did you mean ${command}?` }));
  });

  it('names near commands of the group for one that there is not', () => {
    expect(() => read('pc', 'listner')).toThrow(
      expect.objectContaining({ name: 'UsageError', hint: expect.stringContaining('`mctl proxy-config listener`') }),
    );
    expect(() => read('chekc')).toThrow(expect.objectContaining({ hint: 'Did you mean `mctl check`?' }));
    expect(() => read('zzz')).toThrow(UsageError);
    expect(() => read('pc', 'constructor')).toThrow(UsageError);
  });

  it('refuses flags without a command', () => {
    expect(() => read('--bogus')).toThrow(UsageError);
    expect(() => read('pc', '-o', 'json')).toThrow(UsageError);
  });
});
