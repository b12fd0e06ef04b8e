/** Runs commands on mutated documents, and says what of it must not be. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Capture from '../../src/commands/capture';
import Listener from '../../src/commands/proxy-config/listener';
import ProxyStatus from '../../src/commands/proxy-status';
import { type Run, runCommand } from '../helpers/run-command';
import { type Call, type Places, traceCall, viewCall, wholeCalls } from './commands';
import { clusters, dumps, type Input, kubernetesLists } from './inputs';
import { mutate } from './mutate';
import { Random } from './random';

/** Something that must not be, and how to come to it again. */
export interface Finding {
  readonly what: string;
  readonly input: string;
  readonly changes: readonly string[];
  readonly argv: readonly string[];
  readonly seed: number;
  readonly detail: string;
}

export interface Figures {
  /** How often each exit status came. */
  readonly exits: Readonly<Record<number, number>>;
  readonly worstMs: number;
  readonly worst: string;
  readonly findings: readonly Finding[];
}

/** Longer than this is a hang. */
const HANG_MS = 10_000;
/** Every so many calls are made twice. */
const TWICE = 10;
/** A proxy that a changed list no longer names, or that a capture could not save, is unavailable. */
const GOOD_EXITS = [0, 1, 65, 69];

const CHECKS = `checks:
  - name: one
    request: {url: "http://reviews:9080/reviews/0", headers: {end-user: luffy}}
    expect: {verdict: delivered}
  - name: two
    request: {url: "http://echo.shop:80/q?a=b"}
    expect: {verdict: delivered}
    allBranches: true
`;

/** Makes calls with seeds from one on. A seed alone decides what a call is. */
export async function fuzz(first: number, count: number): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-fuzz-'));
  const bench = new Bench(directory);
  try {
    for (let seed = first; seed < first + count; seed++) await bench.call(seed);
    return bench;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Prepared {
  readonly input: Input;
  readonly changes: readonly string[];
  readonly call: Call;
  readonly stdin: string;
}

class Bench implements Figures {
  readonly exits: Record<number, number> = {};
  worstMs = 0;
  worst = '';
  readonly findings: Finding[] = [];
  readonly #dumps = dumps();
  readonly #clusters = clusters();
  readonly #lists = kubernetesLists();
  readonly #snapshot: string;
  readonly #places: Places;

  constructor(directory: string) {
    this.#places = {
      original: join(directory, 'original.json'),
      free: join(directory, 'capture'),
      input: join(directory, 'input.json'),
      checks: join(directory, 'checks.yaml'),
    };
    this.#snapshot = join(directory, 'snapshot');
    cpSync(join(__dirname, '../../sample'), this.#snapshot, { recursive: true });
    for (const { name, text } of this.#lists) {
      rmSync(join(this.#snapshot, 'kubernetes', `${name}.gz`));
      writeFileSync(join(this.#snapshot, 'kubernetes', name), text);
    }
    writeFileSync(this.#places.checks, CHECKS);
    writeFileSync(this.#places.original, this.#dumps[0]?.text ?? '');
  }

  async call(seed: number): Promise<void> {
    const { input, changes, call, stdin } = this.#prepared(seed);
    const run = await this.#timed(call, stdin);
    const found = (what: string, detail: string): void => {
      this.findings.push({ what, input: input.name, changes, argv: [call.command.name, ...call.argv], seed, detail });
    };
    this.exits[run.exitCode] = (this.exits[run.exitCode] ?? 0) + 1;
    if (!GOOD_EXITS.includes(run.exitCode)) found(`exit status ${run.exitCode}`, await this.#reason(call, stdin));
    if (run.milliseconds > HANG_MS) found('hang', `${run.milliseconds} ms`);
    if (`${run.stdout}${run.stderr}`.includes('[object ')) found('an object as text', context(run));
    if (run.milliseconds > this.worstMs) {
      this.worstMs = run.milliseconds;
      this.worst = `${call.command.name} ${call.argv.join(' ')} (${seed})`;
    }
    if (seed % TWICE === 0) {
      const again = await this.#timed(call, stdin);
      if (again.stdout !== run.stdout || again.stderr !== run.stderr) found('another output the second time', '');
    }
  }

  /** A seed's call, with the changed document where the call looks for it. */
  #prepared(seed: number): Prepared {
    const random = new Random(seed);
    const kind = random.below(20);
    const input = random.of(kind === 0 ? this.#clusters : kind === 1 ? this.#lists : this.#dumps);
    const document = JSON.parse(input.text) as unknown;
    const changes = Array.from({ length: 1 + random.below(2) }, () => mutate(document, random));
    const text = JSON.stringify(document);
    if (kind === 1) {
      for (const { name, text: own } of this.#lists) {
        writeFileSync(join(this.#snapshot, 'kubernetes', name), name === input.name ? text : own);
      }
      return { input, changes, call: this.#snapshotCall(random), stdin: '' };
    }
    writeFileSync(this.#places.input, text);
    const call = kind === 0 ? this.#clustersCall(random) : this.#callOf(random, input);
    return { input, changes, call, stdin: text };
  }

  #callOf(random: Random, input: Input): Call {
    const kind = random.below(10);
    if (kind < 4) return viewCall(random, ['-f', '-']);
    if (kind < 7 && input.traces.length > 0) return traceCall(random, input, ['-f', '-']);
    return random.of(wholeCalls(this.#places));
  }

  /** What it says with the stack of the error. */
  async #reason(call: Call, stdin: string): Promise<string> {
    return (await this.#timed(call, stdin, { DEBUG: '1' })).stderr.slice(0, 2_000);
  }

  /** Endpoints, with a dump beside the document or without. */
  #clustersCall(random: Random): Call {
    const source = ['-f', '-'];
    return viewCall(random, random.below(2) === 0 ? source : [...source, '-f', this.#places.original]);
  }

  /** What reads a cluster's lists. */
  #snapshotCall(random: Random): Call {
    const traces = [['productpage-v1-6b746f74dc-9stvs.bookinfo', 'http://reviews:9080/reviews/0']];
    return random.of([
      traceCall(random, { name: '', text: '', traces }, ['--snapshot', this.#snapshot]),
      { command: ProxyStatus, argv: ['--snapshot', this.#snapshot] },
      { command: Capture, argv: [this.#places.free, '-A', '--snapshot', this.#snapshot, '--redact'] },
      { command: Listener, argv: ['deploy/productpage-v1.bookinfo', '--snapshot', this.#snapshot] },
      { command: Listener, argv: ['svc/reviews.bookinfo', '--snapshot', this.#snapshot] },
    ]);
  }

  async #timed(
    call: Call,
    stdin: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Run & { readonly milliseconds: number }> {
    rmSync(this.#places.free, { recursive: true, force: true });
    const begin = performance.now();
    const run = await runCommand(call.command, call.argv, { stdin, env });
    return { ...run, milliseconds: Math.round(performance.now() - begin) };
  }
}

function context({ stdout, stderr }: Run): string {
  const text = `${stdout}${stderr}`;
  const at = text.indexOf('[object ');
  return text.slice(Math.max(0, at - 100), at + 50);
}

/** Findings as lines, one of each kind. */
export function report({ findings }: Figures): string {
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
