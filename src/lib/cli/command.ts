/** The base of every command: argument spelling, streams, and the one place where errors become exit statuses. */
import { Command, type Config, Flags, type Interfaces } from '@oclif/core';
import { MctlError, UsageError } from '../errors';
import { allowInput, parseSize } from '../limits';
import { type FlagShape, normalArguments, unmarked } from './arguments';
import { failureOf } from './failure';
import { parseChoice } from './flags';
import { showSecrets } from '../secrets/disclosure';
import { COLOUR_MODES, type ColourMode, type Output, type Streams, type TextKind } from './streams';

const TERMINAL = 'terminal';

type FlagDefinition = FlagShape & {
  readonly parse?: (input: unknown, context: unknown, options: unknown) => Promise<unknown>;
};

export abstract class MctlCommand extends Command {
  static override readonly baseFlags = {
    color: Flags.custom<ColourMode>({
      helpGroup: TERMINAL,
      helpValue: COLOUR_MODES.join('|'),
      summary: 'Colours; auto is on a terminal, unless NO_COLOR is set.',
      default: 'auto',
      parse: (text, _context, options) => Promise.resolve(parseChoice(text, COLOUR_MODES, options.name)),
    })(),
    'no-pager': Flags.boolean({
      default: false,
      helpGroup: TERMINAL,
      summary: 'Print long output as it is; on a terminal it goes through $PAGER, or less.',
    }),
  };

  readonly streams: Streams;

  /** @param streams those of the run: there is one set of them, which the entry flushes before the process ends */
  constructor(argv: string[], config: Config, streams: Streams) {
    super(argv, config);
    this.streams = streams;
  }

  /** Parses the command line as istioctl's flag library would (see `arguments.ts`); every mistake is a usage error. */
  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options?: Interfaces.Input<F, B, A>, argv: string[] = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const input = options ?? (this.ctor as unknown as Interfaces.Input<F, B, A>);
    const definitions = { ...input.baseFlags, ...input.flags } as unknown as Record<string, FlagDefinition>;
    const normal = normalArguments(argv, definitions);
    let mistake: { readonly error: MctlError; readonly message: string } | undefined;
    const flags = mapValues(definitions, (flag, name) => {
      const { parse } = flag;
      if (flag.type === 'boolean' || parse === undefined) return flag;
      const wrapped = async (text: unknown, context: unknown, options: unknown): Promise<unknown> => {
        try {
          return await parse(typeof text === 'string' ? unmarked(text) : text, context, options);
        } catch (error) {
          // oclif rewrites the message of what a flag throws; ours are complete.
          const own = error instanceof MctlError ? error : noInteger(String(text), name, error);
          if (own !== null) mistake = { error: own, message: own.message };
          throw own ?? error;
        }
      };
      return { ...flag, parse: wrapped };
    });
    try {
      const parsed = await super.parse<F, B, A>(
        { ...input, baseFlags: {}, flags, args: withoutStdin(input.args) } as unknown as Interfaces.Input<F, B, A>,
        [...normal.argv],
      );
      const given = { ...parsed.flags, ...Object.fromEntries(normal.booleans) };
      const { color = 'auto', 'no-pager': unpaged } = given as { color?: ColourMode; 'no-pager'?: boolean };
      this.streams.behave({ colour: color, pager: unpaged !== true });
      showSecrets((given as { readonly 'show-secrets'?: boolean })['show-secrets'] === true);
      allowInput(this.#inputAllowed((given as { readonly 'max-input'?: number })['max-input']));
      return { ...parsed, flags: given };
    } catch (error) {
      if (mistake !== undefined) mistake.error.message = mistake.message;
      throw error;
    }
  }

  /** A flag beats the environment. */
  #inputAllowed(flag: number | undefined): number | null {
    const { MCTL_MAX_INPUT: variable = '' } = this.streams.env;
    return flag ?? (variable === '' ? null : parseSize(variable, 'MCTL_MAX_INPUT'));
  }

  /** No command of mctl is deprecated; oclif would look for one among all plug-ins' commands. */
  protected override warnIfCommandDeprecated(): void {
    return;
  }

  /** Writes data to stdout; see Streams.write. */
  protected async print(output: Output, kind: TextKind = 'text'): Promise<void> {
    await this.streams.write(output, kind);
  }

  /** Writes a remark to stderr. */
  protected note(line: string): void {
    this.streams.note(line);
  }

  /** Writes a warning to stderr. */
  override warn(input: Error): Error;
  override warn(input: string): string;
  override warn(input: Error | string): Error | string {
    this.streams.note(`Warning: ${typeof input === 'string' ? input : input.message}`);
    return input;
  }

  /** Says what went wrong and ends the run with the exit status of `docs/exit-status.md`. */
  protected override catch(error: Error): Promise<never> {
    const failure = failureOf(error, {
      debug: (this.streams.env['DEBUG'] ?? '') !== '',
      help: `${this.config.bin} ${(this.id ?? '').replaceAll(':', ' ')} --help`,
    });
    for (const line of failure.lines) this.note(line);
    return Promise.resolve(this.exit(failure.exitCode));
  }
}

/** What oclif says of a number that is none, as the flags of mctl say it; null for any other error. */
function noInteger(text: string, name: string, error: unknown): UsageError | null {
  const [, expected] =
    /^Expected (an integer.*?)(?: but received: .*)?$/s.exec(error instanceof Error ? error.message : '') ?? [];
  if (expected === undefined) return null;
  return new UsageError(`invalid argument "${unmarked(text)}" for "--${name}" flag: it is ${expected}`);
}

/** oclif fills a missing argument from stdin, which is for `-f -`. */
function withoutStdin(args: Interfaces.ArgInput | undefined): Interfaces.ArgInput {
  return mapValues(args ?? {}, (arg) => ({ ...arg, ignoreStdin: true }));
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
