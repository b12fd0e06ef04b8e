/** Runs checks against proxies that somebody else opens, one after the other; one that cannot be judged stops no other. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { ExitCode, MctlError } from '../errors';
import type { Witness } from '../reach/query';
import type { Walked } from '../reach/walked';
import { redacted } from '../secrets/redact';
import { type Trace, withoutFacts } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { Check } from './check-file';
import { queryOf } from './check-request';
import { viewJson } from './check-view';
import { asksForBranches, unmetExpectations, type Unmet } from './expectation';
import type { CheckResult } from './result';
import { unmetInView } from './view-expectation';

export interface WalkOptions {
  /** Walk every way that chance can take. */
  readonly allBranches: boolean;
  /** Keep every rejected candidate. */
  readonly explain: boolean;
  /** Watches what is asked of the request. */
  readonly watch?: Parameters<Walked['trace']>[1];
}

/** One proxy that checks ask. */
export interface Judge {
  /** `pod.namespace`; null where nobody knows. */
  readonly proxy: string | null;
  readonly config: ProxyConfig;
  trace(query: TraceQuery, options: WalkOptions): Promise<Trace>;
}

export interface RunOptions {
  /** Stop after this many checks that failed or could not be judged; null for never. */
  readonly bail: number | null;
  /** Whether results keep the traces of checks that passed; thousands of them are a lot of memory. */
  readonly keepTraces: boolean;
  /** Called after each check. */
  onResult(result: CheckResult, done: number, total: number): void;
}

/**
 * Judges every check, in order.
 * @param judgeOf opens the proxy of a check; what it throws is the check's error
 */
export async function runChecks(
  checks: readonly Check[],
  judgeOf: (check: Check) => Promise<Judge>,
  options: RunOptions,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  let bad = 0;
  for (const check of checks) {
    const result = await judged(check, judgeOf);
    results.push(result.passed && !options.keepTraces ? { ...result, trace: null } : result);
    options.onResult(result, results.length, checks.length);
    if (!result.passed) bad += 1;
    if (options.bail !== null && bad >= options.bail) break;
  }
  return results;
}

interface Answer {
  readonly proxy: string | null;
  readonly trace: Trace | null;
  readonly failures: readonly Unmet[];
  readonly counterexample?: Witness;
}

async function judged(check: Check, judgeOf: (check: Check) => Promise<Judge>): Promise<CheckResult> {
  const { name, file, line } = check;
  const start = performance.now();
  const took = (): number => Number(((performance.now() - start) / 1000).toFixed(3));
  try {
    const found = await answer(check, await judgeOf(check));
    const passed = found.failures.length === 0;
    return { name, passed, error: null, ...found, file, line, exitStatus: null, seconds: took() };
  } catch (error) {
    const { message, exitStatus } = errorOf(error);
    const none = { passed: false, failures: [], trace: null };
    return { name, ...none, error: message, file, line, proxy: check.proxy, exitStatus, seconds: took() };
  }
}

async function answer({ subject }: Check, judge: Judge): Promise<Answer> {
  if (subject.kind === 'view') {
    // As the view's command prints it: an expectation that is not met quotes it.
    const json = redacted(viewJson(judge.config, subject.view, subject.filter));
    const failures = subject.expect === null ? [] : await unmetInView(json, subject.expect);
    return { proxy: judge.proxy, trace: null, failures };
  }
  if (subject.kind === 'forAll') return await answerForAll(subject, judge);
  const { request, allBranches, expect } = subject;
  const walksAll = allBranches || (expect !== null && asksForBranches(expect));
  const trace = await judge.trace(queryOf(request), { allBranches: walksAll, explain: request.explain === true });
  const failures = expect === null ? [] : unmetExpectations(trace, expect);
  return { proxy: judge.proxy, trace: withoutFacts(trace), failures };
}

async function answerForAll(
  { forAll, expect }: Extract<Check['subject'], { kind: 'forAll' }>,
  judge: Judge,
): Promise<Answer> {
  const { judgeForAll } = await import('./for-all.js');
  const walked: Walked = {
    proxy: judge.proxy,
    config: judge.config,
    trace: async (query, watch) => await judge.trace(query, { allBranches: true, explain: false, watch }),
  };
  const { failures, trace, counterexample } = await judgeForAll(forAll, expect, walked);
  return { proxy: judge.proxy, trace, failures, ...(counterexample === null ? {} : { counterexample }) };
}

/** A request that is wrongly written is a fault of the file: 65, and not the 64 of a command line. */
function errorOf(error: unknown): { readonly message: string; readonly exitStatus: number } {
  if (!(error instanceof MctlError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { message: `mctl itself failed: ${message}`, exitStatus: ExitCode.bug };
  }
  const hint = error.hint === null ? '' : `. ${error.hint}`;
  const { exitCode } = error;
  return { message: `${error.message}${hint}`, exitStatus: exitCode === ExitCode.usage ? ExitCode.input : exitCode };
}
