/** One table from what was thrown to what the user is told and how the process ends. */
import { ExitCode, MctlError, UnavailableError } from '../errors';
import { BrokenPipe } from './outlet';

export interface Failure {
  readonly exitCode: number;
  /** Lines for stderr, first the error, then what to do next. */
  readonly lines: readonly string[];
}

/** What bin/bundle.js says of a part of the program that is missing, cut off or no program. */
const DAMAGED = 'ERR_MCTL_DAMAGED';

/** A failure as reported. Nothing is said where a reader went away or a command only set its exit status. */
export function failureOf(error: unknown, options: { readonly debug: boolean; readonly help: string }): Failure {
  if (error instanceof BrokenPipe) return { exitCode: ExitCode.brokenPipe, lines: [] };
  if (!(error instanceof Error)) return bug(new Error(String(error)), options.debug);
  const exit = exitStatusOf(error);
  if (error.name === 'ExitError' || (error as NodeJS.ErrnoException).code === 'EEXIT') {
    return { exitCode: exit ?? ExitCode.ok, lines: [] };
  }
  if ((error as NodeJS.ErrnoException).code === DAMAGED) {
    const hint = 'mctl is damaged: install it again.';
    return failureOf(new UnavailableError(error.message, { hint, cause: error }), options);
  }
  if (error instanceof MctlError) {
    const lines = [`Error: ${error.message}`, ...error.more, ...(error.hint === null ? [] : [error.hint])];
    return { exitCode: error.exitCode, lines: options.debug ? [...lines, ...stackOf(error)] : lines };
  }
  if (exit !== null) {
    const message = error.message.replace(/\s*See more help with --help\s*$/, '').replaceAll('\u0000', '');
    return { exitCode: ExitCode.usage, lines: [`Error: ${message}`, `See \`${options.help}\`.`] };
  }
  return bug(error, options.debug);
}

/** The exit status that oclif put on an error; null for one that is not oclif's. */
function exitStatusOf(error: Error): number | null {
  const { oclif } = error as { oclif?: { exit?: unknown } };
  return typeof oclif?.exit === 'number' ? oclif.exit : null;
}

function bug(error: Error, debug: boolean): Failure {
  return {
    exitCode: ExitCode.bug,
    lines: [
      `Error: mctl itself failed: ${error.message}`,
      ...(debug ? stackOf(error) : ['This is a bug. Run it again with DEBUG=mctl for the stack, and report both.']),
    ],
  };
}

/** The stack's lines, and those of what caused the error; the message is told before. */
function stackOf(error: Error): readonly string[] {
  const stack = (error.stack ?? error.message).split('\n');
  const cause = error.cause instanceof Error ? stackOf(error.cause) : [];
  return [...stack, ...cause.map((line, index) => (index === 0 ? `Caused by: ${line}` : line))];
}
