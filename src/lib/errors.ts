/**
 * The failures that mctl can report. Each class says who must act; each message says what was tried and what came back,
 * and `hint` what to do next. A miss (no route, an empty table) is never an error: it is a value.
 */

/** Exit statuses, as `docs/exit-status.md` publishes them. */
export const ExitCode = {
  ok: 0,
  no: 1,
  usage: 64,
  input: 65,
  unavailable: 69,
  bug: 70,
  interrupted: 130,
  /** The reader of standard output has gone away: 128 and SIGPIPE, as shells have it for cat. */
  brokenPipe: 141,
} as const;

/** A failure that mctl reports: what was tried, what came back, what to do next, and the exit status. */
export abstract class MctlError extends Error {
  abstract readonly exitCode: number;
  /** What to do next, one sentence; null where the message says all. */
  readonly hint: string | null;
  /** More of the same kind, one a line, where a message tells of several: the mistakes of a file. */
  readonly more: readonly string[];

  constructor(message: string, options: { hint?: string; more?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint ?? null;
    this.more = options.more ?? [];
  }
}

/** The command line is wrong. */
export class UsageError extends MctlError {
  readonly exitCode = ExitCode.usage;
}

/** The input is not what it should be: not JSON, not a dump, truncated, a needed section missing. */
export class InputError extends MctlError {
  readonly exitCode = ExitCode.input;
}

/** The source cannot be had: no such file, no cluster, no such pod, forbidden, connection lost, time-out. */
export class UnavailableError extends MctlError {
  readonly exitCode = ExitCode.unavailable;
}
