/** Makes the call of a seed, and says what of it must not be. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '../helpers/captured-streams';
import { runLine } from '../helpers/run-line';
import type { Kind, Prepared } from './kind';
import { CLUSTER_KINDS } from './kinds-of-clusters';
import { DUMP_KINDS } from './kinds-of-dumps';
import { MESH_KINDS } from './kinds-of-meshes';
import { WORD_KINDS } from './kinds-of-words';
import { Place } from './place';
import { Random } from './random';

/** Something that must not be, and how to come to it again. */
export interface Finding {
  readonly what: string;
  readonly kind: string;
  readonly input: string;
  readonly changes: readonly string[];
  readonly argv: readonly string[];
  readonly seed: number;
  readonly detail: string;
}

/** What became of one seed. */
export interface Outcome {
  readonly seed: number;
  readonly kind: string;
  /** The words that choose the command: `pc listener`. */
  readonly command: string;
  readonly exit: number;
  readonly milliseconds: number;
  readonly findings: readonly Finding[];
}

/** Longer than this is a hang. */
export const HANG_MS = 10_000;
/** Every so many calls are made twice. */
const TWICE = 10;
/** A proxy that a changed list no longer names, or that a capture could not save, is unavailable. */
const GOOD_EXITS = [0, 1, 65, 69];
const USAGE = 64;

/** FUZZ_KIND, an expression, chooses some of them by their names. */
const CHOSEN = new RegExp(process.env['FUZZ_KIND'] ?? '');
const KINDS: readonly Kind[] = [...DUMP_KINDS, ...MESH_KINDS, ...WORD_KINDS, ...CLUSTER_KINDS].filter(({ name }) =>
  CHOSEN.test(name),
);
const TOTAL = KINDS.reduce((sum, { weight }) => sum + weight, 0);

export class Bench {
  readonly #place = new Place(mkdtempSync(join(tmpdir(), 'mctl-fuzz-')));

  async open(): Promise<void> {
    await this.#place.open();
  }

  async close(): Promise<void> {
    await this.#place.close();
  }

  /** A seed alone decides what its call is. */
  async call(seed: number): Promise<Outcome> {
    const random = new Random(seed);
    const kind = kindOf(random);
    const prepared = kind.prepare(random, this.#place);
    try {
      const { milliseconds, ...run } = await this.#timed(prepared);
      const seen = { kind: kind.name, input: prepared.input, changes: prepared.changes, argv: prepared.argv, seed };
      const findings = (await this.#faults(prepared, run, seed)).map((fault) => ({ ...seen, ...fault }));
      if (milliseconds > HANG_MS) findings.push({ ...seen, what: 'hang', detail: `${milliseconds} ms` });
      return { seed, kind: kind.name, command: commandOf(prepared.argv), exit: run.exitCode, milliseconds, findings };
    } finally {
      this.#place.restore();
    }
  }

  /** A call as it stands on the command line and in files, for a run of its own: they stay until the next. */
  describe(seed: number): Prepared & { readonly kind: string } {
    this.#place.restore();
    const random = new Random(seed);
    const kind = kindOf(random);
    return { kind: kind.name, ...kind.prepare(random, this.#place) };
  }

  async #faults(prepared: Prepared, run: Run, seed: number): Promise<readonly Fault[]> {
    const { exitCode, stdout, stderr } = run;
    const faults = [...textFaults(prepared, run)];
    if (!GOOD_EXITS.includes(exitCode) && !(prepared.usage === true && exitCode === USAGE)) {
      const { stderr: reason } = await this.#timed(prepared, { DEBUG: '1' });
      faults.push({ what: `exit status ${exitCode}`, detail: reason.slice(0, 2_000) });
    }
    // The names of --redact are others each time.
    if (seed % TWICE === 0 && !prepared.argv.includes('--redact')) {
      const again = await this.#timed(prepared);
      const [one, other] = [timeless(`${stdout}${stderr}`), timeless(`${again.stdout}${again.stderr}`)];
      if (one !== other) {
        const detail = difference(one, other);
        faults.push({ what: 'another output the second time', detail });
      }
    }
    return faults;
  }

  async #timed(
    { argv, stdin = '' }: Prepared,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Run & { readonly milliseconds: number }> {
    this.#place.forgetCapture();
    const begin = performance.now();
    const run = await runLine(argv, { stdin, env: { KUBECONFIG: '/nowhere', ...env } });
    return { ...run, milliseconds: Math.round(performance.now() - begin) };
  }
}

type Fault = Pick<Finding, 'what' | 'detail'>;

/** What must not stand in an output, or be missing from it. */
function* textFaults(prepared: Prepared, { exitCode, stdout, stderr }: Run): Iterable<Fault> {
  const all = `${stdout}\n${stderr}`;
  if (exitCode > 1 && all.trim() === '') yield { what: 'a failure without a word', detail: '' };
  // What the input itself says is data.
  const said = JSON.stringify([prepared.argv, prepared.stdin ?? '', prepared.changes]);
  if (all.includes('[object ') && !said.includes('[object '))
    yield { what: 'an object as text', detail: around(all, '[object ') };
  const readByPeople = isExact(prepared.argv) ? stderr : all;
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/.exec(readByPeople);
  if (control !== null) yield { what: 'a control character', detail: JSON.stringify(around(readByPeople, control[0])) };
}

function kindOf(random: Random): Kind {
  let at = random.below(TOTAL);
  for (const kind of KINDS) {
    at -= kind.weight;
    if (at < 0) return kind;
  }
  throw new Error('the weights do not add up');
}

/** `pc listener`, `trace -- curl`. */
function commandOf(argv: readonly string[]): string {
  const [first = '', second = ''] = argv;
  const words = ['pc', 'zc'].includes(first) ? `${first} ${second}` : first;
  return argv.includes('curl') ? `${words} -- curl` : /^[a-z_-]+(?: [a-z-]+)?$/.test(words) ? words : 'other words';
}

/** Whether standard output is istioctl's to the byte, or JSON, which has escapes of its own. */
function isExact(argv: readonly string[]): boolean {
  const at = argv.indexOf('-o');
  const format = at < 0 ? 'short' : (argv[at + 1] ?? '');
  return /^(?:short|json|jsonpath)/.test(format);
}

function around(text: string, found: string): string {
  const at = text.indexOf(found);
  return text.slice(Math.max(0, at - 100), at + 50);
}

/** JUnit and TAP say how long a check took. */
function timeless(text: string): string {
  return text.replace(/\btime="[\d.]+"|duration_ms: [\d.]+/g, 'time');
}

function difference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return `${one.slice(Math.max(0, at - 100), at + 100)} / ${other.slice(Math.max(0, at - 100), at + 100)}`;
}

/** Findings as lines, one of each kind. */
export function report(findings: readonly Finding[]): string {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    // The same fault is the same message at the same line of the source.
    const place = /\n\s+at .*?\(?([^\s()]+:\d+):\d+\)?/.exec(finding.detail)?.[1] ?? '';
    const key = `${finding.what} ${place}`;
    kinds.set(key, [...(kinds.get(key) ?? []), finding]);
  }
  return [...kinds]
    .map(([key, [one, ...others]]) => `${key} (${others.length + 1} times)\n${JSON.stringify(one, null, 2)}`)
    .join('\n\n');
}
