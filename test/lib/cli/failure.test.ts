import { Errors } from '@oclif/core';
import { failureOf } from '../../../src/lib/cli/failure';
import { BrokenPipe } from '../../../src/lib/cli/outlet';
import { InputError, UnavailableError, UsageError } from '../../../src/lib/errors';

const quiet = { debug: false, help: 'mctl pc listener --help' };

describe('failureOf', () => {
  it.each([
    [new UsageError('bad', { hint: 'do this' }), 64, ['Error: bad', 'do this']],
    [new InputError('no dump'), 65, ['Error: no dump']],
    [new UnavailableError('gone'), 69, ['Error: gone']],
    [new BrokenPipe(), 141, []],
    [new Errors.ExitError(1), 1, []],
    [
      new Errors.CLIError('Unexpected argument: b\nSee more help with --help'),
      64,
      ['Error: Unexpected argument: b', 'See `mctl pc listener --help`.'],
    ],
  ])('maps %s', (error, exitCode, lines) => {
    expect(failureOf(error, quiet)).toEqual({ exitCode, lines });
  });

  it('calls everything else a bug, without its stack', () => {
    const { exitCode, lines } = failureOf(new TypeError('x is undefined'), quiet);
    expect(exitCode).toBe(70);
    expect(lines.join('\n')).toContain('x is undefined');
    expect(lines.join('\n')).not.toContain('    at ');
    expect(failureOf('thrown text', quiet).exitCode).toBe(70);
  });

  it('shows the stack and its causes for DEBUG', () => {
    const error = new InputError('outer', { cause: new Error('inner') });
    const text = failureOf(error, { ...quiet, debug: true }).lines.join('\n');
    expect(text).toContain('    at ');
    expect(text).toContain('Caused by: Error: inner');
  });
});
