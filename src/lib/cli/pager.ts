/** Output that is longer than the screen goes through a pager, as git's does: `$PAGER`, else less. */
import { type ChildProcess, spawn } from 'node:child_process';

type Environment = Readonly<Record<string, string | undefined>>;

/** `-F` ends where all fits the screen, `-R` shows colours, `-X` leaves the text on the screen. Without less all is printed. */
const LESS = 'if command -v less >/dev/null 2>&1; then exec less -FRX; else exec cat; fi';
const LESS_OPTIONS = 'FRX';

/** What a shell ends with where it cannot run a command. */
const NOT_RUN: ReadonlySet<number | null> = new Set([126, 127]);

/** The command line of the pager; null for none: `PAGER` is empty or cat. */
export function pagerCommand({ PAGER: pager }: Environment): string | null {
  if (pager === undefined) return LESS;
  return /^(?:|cat)$/.test(pager.trim()) ? null : pager;
}

/** A pager that runs. A person who leaves it has seen enough: what is written after that is dropped. */
export class Pager {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #given: string[] = [];
  #isGone = false;
  /** Ctrl-C belongs to the pager while it runs. */
  readonly #ignore = (): void => undefined;

  /** @param command a command line, which a shell reads, as for every program that has `PAGER` */
  constructor(command: string, env: Environment) {
    const variables = { ...env, LESS: env['LESS'] ?? LESS_OPTIONS } as NodeJS.ProcessEnv;
    this.#child = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env: variables });
    process.on('SIGINT', this.#ignore);
    this.#child.stdin?.on('error', () => {
      this.#isGone = true;
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', () => {
        resolve(127);
      });
      this.#child.on('close', resolve);
    });
  }

  /** Hands on a text, and resolves when there is room for more. */
  async write(text: string): Promise<void> {
    this.#given.push(text);
    const { stdin } = this.#child;
    if (this.#isGone || stdin === null || stdin.write(text)) return;
    await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), this.#ended]);
  }

  /** Waits until the person has left it. Gives what was handed on where no pager could be run; null where one was. */
  async close(): Promise<string | null> {
    this.#child.stdin?.end();
    const status = await this.#ended;
    process.off('SIGINT', this.#ignore);
    return NOT_RUN.has(status) ? this.#given.join('') : null;
  }
}
