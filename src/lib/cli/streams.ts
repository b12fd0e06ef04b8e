/** Standard streams of a run: data to stdout, everything else to stderr. */
import { stripVTControlCharacters } from 'node:util';
import type { TableTransform } from '../render/table';
import { visible, visibleLine, withoutCommands } from '../render/visible';
import { withoutGiven } from '../secrets/disclosure';
import { withoutSecrets } from '../secrets/secret-text';
import { Interrupts, withPatience } from './interrupts';
import { Outlet } from './outlet';
import type { StandardStreams } from './standard-streams';
import type { Pager } from './pager';
import { visibleCells } from './visible-cells';

/** A piece of output at a time, made when there is room for it. */
export type Output = string | Iterable<string> | AsyncIterable<string>;

/**
 * What a text is: `text` for people, whose lines are the program's own; `styled` with colours in it and its data already clean;
 * `data`, JSON or YAML, with escapes of its own; `bytes`, istioctl's to the byte where a program reads them.
 */
export type TextKind = 'text' | 'styled' | 'data' | 'bytes';

/** Set by runners that obey what stands in a job's log: GitHub Actions and those like it, GitLab, Azure Pipelines, TeamCity. */
const RUNNERS = ['GITHUB_ACTIONS', 'GITLAB_CI', 'TF_BUILD', 'TEAMCITY_VERSION'];

/** Something that is waited for, and what shows it; null as long as the wait is short. */
interface Waiting {
  readonly timer: NodeJS.Timeout;
  spinner: { stop(): unknown } | null;
}

/** With a cursor that it hides, a spinner listens to signals, and a computation would have to end before Ctrl-C does. */
const LEAN_SPINNER = { hideCursor: false, discardStdin: false } as const;

/** What `--color` and `--no-pager` say. */
export interface Manners {
  readonly colour: ColourMode;
  readonly pager: boolean;
}

export const COLOUR_MODES = ['auto', 'always', 'never'] as const;

export type ColourMode = (typeof COLOUR_MODES)[number];

const DEFAULT_WIDTH = 80;
/** A wait that is longer shows a spinner. */
const LONG_WAIT_MS = 400;
/** How long what was said last may take to leave a run that was interrupted. */
const LAST_WORDS_MS = 100;

export class Streams {
  readonly #streams: StandardStreams;
  readonly #out: Outlet;
  readonly #err: Outlet;
  readonly #interrupts: Interrupts;
  #waiting: Waiting | null = null;
  #manners: Manners = { colour: 'auto', pager: true };
  #pager: Pager | null = null;
  /** Remarks that came while the pager had the screen. */
  #remarks = '';

  /** @param exit ends the process where a signal asks for it, after what was registered for that */
  constructor(streams: StandardStreams, exit: (status: number) => void = () => undefined) {
    this.#streams = streams;
    this.#out = new Outlet(() => streams.stdout, 'standard output');
    this.#err = new Outlet(() => streams.stderr, 'standard error');
    this.#interrupts = new Interrupts(async (status) => {
      this.quiet();
      await withPatience(this.flush(), LAST_WORDS_MS);
      exit(status);
    });
  }

  /** Takes what the command line says of colours and the pager. */
  behave(manners: Manners): void {
    this.#manners = manners;
  }

  get stdin(): StandardStreams['stdin'] {
    return this.#streams.stdin;
  }

  get env(): StandardStreams['env'] {
    return this.#streams.env;
  }

  /** The terminal's width in columns; null where stdout is no terminal and lines may be any length. */
  get width(): number | null {
    const { stdout, env } = this.#streams;
    if (stdout.isTTY === true) return stdout.columns ?? DEFAULT_WIDTH;
    const columns = Number(env['COLUMNS'] ?? '');
    return Number.isInteger(columns) && columns > 0 ? columns : null;
  }

  /**
   * Whether data may be coloured: as `--color` says; else on a terminal that can, or where FORCE_COLOR or CLICOLOR_FORCE asks for it,
   * and never against NO_COLOR. https://no-color.org, https://bixense.com/clicolors
   */
  get colour(): boolean {
    const { stdout, env } = this.#streams;
    if (this.#manners.colour !== 'auto') return this.#manners.colour === 'always';
    const isForced = [env['FORCE_COLOR'], env['CLICOLOR_FORCE']].some((value = '') => value !== '' && value !== '0');
    if (isForced && (env['NO_COLOR'] ?? '') === '') return true;
    return stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** Whether a question can be asked: a person at both ends. */
  get interactive(): boolean {
    return this.#streams.stdin.isTTY === true && this.watched;
  }

  /** Where a person is asked and answers; the answer is taken key by key. Only where `interactive`. */
  get dialogue(): { input: StandardStreams['stdin']; output: StandardStreams['stderr'] } {
    this.quiet();
    return { input: this.#streams.stdin, output: this.#streams.stderr };
  }

  /** Whether what is said on stderr is watched: a terminal. */
  get watched(): boolean {
    return this.#streams.stderr.isTTY === true;
  }

  /** Whether stdout is a terminal. */
  get terminal(): boolean {
    return this.#streams.stdout.isTTY === true;
  }

  /** Whether what is written is read by a program alone: by no person, and by no runner that would obey it. */
  get exact(): boolean {
    return !this.terminal && !this.#hasRunner;
  }

  /** What cells become in istioctl's own tables: bytes as they stand for a program, else visible. */
  get cells(): TableTransform {
    return this.exact ? (table) => table : visibleCells;
  }

  get #hasRunner(): boolean {
    return RUNNERS.some((name) => (this.env[name] ?? '') !== '');
  }

  /**
   * Writes to stdout, waiting whenever its reader is slower. Throws BrokenPipe where the reader has gone away,
   * UnavailableError where it cannot be written.
   */
  async write(output: Output, kind: TextKind = 'text'): Promise<void> {
    this.quiet();
    const rows = this.#manners.pager && this.terminal ? (this.#streams.stdout.rows ?? 0) : 0;
    let held = '';
    for await (const piece of typeof output === 'string' ? [output] : output) {
      const text = this.#printable(piece, kind);
      if (this.#pager !== null) await this.#pager.write(text);
      else if (rows === 0) await this.#out.write(text);
      else if (linesOn(this.width ?? DEFAULT_WIDTH, (held += text)) >= rows) {
        await this.#writePaged(held);
        held = '';
      }
    }
    if (held !== '') await this.#out.write(held);
  }

  /** Writes what is longer than the screen: through the pager, and all that comes after it. */
  async #writePaged(text: string): Promise<void> {
    const { Pager, pagerCommand } = await import('./pager.js');
    const command = pagerCommand(this.env);
    if (command === null) {
      this.#manners = { ...this.#manners, pager: false };
      await this.#out.write(text);
      return;
    }
    await this.#out.flush();
    this.#pager = new Pager(command, this.env);
    await this.#pager.write(text);
  }

  /** Waits until the pager is left; what was said meanwhile follows. */
  async #leavePager(): Promise<void> {
    const unread = (await this.#pager?.close()) ?? null;
    this.#pager = null;
    if (unread !== null) await this.#out.write(unread);
    if (this.#remarks !== '') this.#err.send(this.#remarks);
    this.#remarks = '';
  }

  /** Writes a line to stderr; what it quotes makes no line of its own. */
  note(line: string): void {
    this.quiet();
    const text = `${this.#printable(visibleLine(withoutSecrets(line)), 'text')}\n`;
    if (this.#pager === null) this.#err.send(text);
    else this.#remarks += text;
  }

  /** Writes a line to stderr that a runner is to obey. */
  command(line: string): void {
    this.quiet();
    this.#err.send(`${visibleLine(withoutGiven(withoutSecrets(line)))}\n`);
  }

  /** Everything that is printed passes here, but for a bar and a runner's commands. */
  #printable(piece: string, kind: TextKind): string {
    const own = withoutGiven(piece);
    if (kind === 'data' || (kind === 'bytes' && this.exact)) return own;
    const shown = kind === 'styled' ? own : visible(own);
    return this.#hasRunner ? withoutCommands(shown) : shown;
  }

  /** Writes to stderr as it is, with no line's end: a question, a bar that is drawn again and again. */
  draw(text: string): void {
    this.#err.send(text);
  }

  /** Shows what is being waited for, on a terminal only, on stderr, where the wait is long; the next output ends it. */
  spin(text: string): void {
    this.quiet();
    const start = async (): Promise<void> => {
      // Not before: to look at a stream is to make it.
      const { stderr } = this.#streams;
      if (stderr.isTTY !== true) return;
      const { default: ora } = await import('ora');
      // An output may have come while it was loaded.
      if (this.#waiting === waiting)
        waiting.spinner = ora({ text: visibleLine(text), stream: stderr, ...LEAN_SPINNER }).start();
    };
    const timer = setTimeout(() => void start(), LONG_WAIT_MS);
    const waiting: Waiting = { timer: timer.unref(), spinner: null };
    this.#waiting = waiting;
  }

  /** Takes the spinner away. */
  quiet(): void {
    clearTimeout(this.#waiting?.timer);
    this.#waiting?.spinner?.stop();
    this.#waiting = null;
  }

  /**
   * Registers what Ctrl-C must still do before the run ends; the function returned takes it back.
   * @param patienceMs how long that may take
   */
  onInterrupt(cleanup: () => Promise<void>, patienceMs?: number): () => void {
    return this.#interrupts.add(cleanup, patienceMs);
  }

  /**
   * Resolves when everything written so far has left the process. Throws BrokenPipe or UnavailableError where it cannot, for
   * standard output first.
   */
  async flush(): Promise<void> {
    await this.#leavePager();
    const [out, err] = await Promise.allSettled([this.#out.flush(), this.#err.flush()]);
    for (const outcome of [out, err]) if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/** How many lines a text takes on a terminal, long lines broken; colours take no place. */
function linesOn(width: number, text: string): number {
  const lines = stripVTControlCharacters(text).replace(/\n$/, '').split('\n');
  return lines.reduce((count, line) => count + Math.max(1, Math.ceil(line.length / width)), 0);
}
