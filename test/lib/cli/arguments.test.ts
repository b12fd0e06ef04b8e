import fc from 'fast-check';
import { type FlagShape, normalArguments, unmarked } from '../../../src/lib/cli/arguments';
import { UsageError } from '../../../src/lib/errors';

const FLAGS: Readonly<Record<string, FlagShape>> = {
  output: { type: 'option', char: 'o' },
  port: { type: 'option' },
  file: { type: 'option', char: 'f', multiple: true },
  header: { type: 'option', char: 'H', multiple: true },
  verbose: { type: 'boolean', allowNo: true },
  reset: { type: 'boolean', char: 'r' },
};

const read = (...argv: string[]) => {
  const { argv: rewritten, booleans } = normalArguments(argv, FLAGS);
  return { argv: rewritten, booleans: Object.fromEntries(booleans) };
};

describe('normalArguments', () => {
  it.each<[string[], string[]]>([
    [
      ['x', '-ojson'],
      ['--output=json', '--', 'x'],
    ],
    [
      ['-o=json', 'x'],
      ['--output=json', '--', 'x'],
    ],
    [
      ['-o', 'json', 'x'],
      ['--output=json', '--', 'x'],
    ],
    [
      ['--output', 'json'],
      ['--output=json', '--'],
    ],
    [['--output='], ['--output=', '--']],
    [
      ['-o', 'json', '-o', 'yaml'],
      ['--output=yaml', '--'],
    ],
    [
      ['-f', 'a', '-f', '-', 'x'],
      ['--file=a', '--file=-', '--', 'x'],
    ].map((row) => row.map((token) => token.replace('--file=-', '--file=\u0000-'))) as [string[], string[]],
    [
      ['--', '-o', '--port'],
      ['--', '-o', '--port'],
    ],
    [['-'], ['--', '-']],
    [
      ['--header', 'a=b=c'],
      ['--header=a=b=c', '--'],
    ],
  ])('rewrites %j', (given, expected) => {
    expect(read(...given).argv).toEqual(expected);
  });

  it.each<[string[], Record<string, boolean>]>([
    [['--verbose'], { verbose: true }],
    [['--verbose=false'], { verbose: false }],
    [['--verbose=F'], { verbose: false }],
    [['--verbose=1'], { verbose: true }],
    [['--no-verbose'], { verbose: false }],
    [['--verbose=false', '--verbose'], { verbose: true }],
    [['-r'], { reset: true }],
    [['-r=false'], { reset: false }],
    [['-rojson'], { reset: true }],
  ])('reads Go’s booleans in %j', (given, expected) => {
    expect(read(...given).booleans).toEqual(expected);
  });

  it('leaves the word after a boolean alone, as Go does', () => {
    expect(read('--verbose', 'false')).toEqual({ argv: ['--', 'false'], booleans: { verbose: true } });
  });

  it.each<[string[], string]>([
    [['--bogusflag'], 'unknown flag: --bogusflag'],
    [['-x'], 'unknown flag: -x'],
    [['-port', '80'], 'unknown shorthand flag: -p in -port'],
    [['--no-reset'], 'unknown flag: --no-reset'],
    [['--port'], 'flag needs an argument: --port'],
    [['-o'], 'flag needs an argument: -o'],
  ])('refuses %j', (given, message) => {
    expect(() => read(...given)).toThrow(new UsageError(message));
  });

  it('names the flag that was likely meant', () => {
    expect(() => read('--prot', '80')).toThrow(expect.objectContaining({ hint: 'Did you mean --port?' }));
    expect(() => read('-port', '80')).toThrow(expect.objectContaining({ hint: 'Did you mean --port?' }));
  });

  it('hands every value over as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        const { argv } = normalArguments(
          values.flatMap((value) => ['-H', value]),
          FLAGS,
        );
        const prefix = '--header=';
        expect(argv.slice(0, -1).map((token) => unmarked(token.slice(prefix.length)))).toEqual(values);
      }),
    );
  });
});

// The next word is its value only where it can be.
it.each<[string[], string[]]>([
  [
    ['--proxy-protocol', '203.0.113.9:4000', 'a.b'],
    ['--proxy-protocol=203.0.113.9:4000', '--', 'a.b'],
  ],
  [
    ['--proxy-protocol', 'dead.beef', 'http://[::1]/'],
    ['--proxy-protocol=', '--', 'dead.beef', 'http://[::1]/'],
  ],
  [
    ['--proxy-protocol', '[fd00::1]:80'],
    ['--proxy-protocol=[fd00::1]:80', '--'],
  ],
  [
    ['--proxy-protocol', 'v2:203.0.113.9', 'v2'],
    ['--proxy-protocol=v2:203.0.113.9', '--', 'v2'],
  ],
  [['--proxy-protocol'], ['--proxy-protocol=', '--']],
])('a flag whose value may be left out: %j', (argv, rewritten) => {
  expect(normalArguments(argv, { 'proxy-protocol': { type: 'option' } }).argv).toEqual(rewritten);
});
