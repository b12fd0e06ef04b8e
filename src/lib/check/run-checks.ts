/** Runs checks against proxies that somebody else opens, one after the other; one that cannot be judged stops no other. */
import type { ProxyConfig } from '../envoy/proxy-config';
import { ExitCode, MctlError } from '../errors';
import type { Witness } from '../reach/query';
import type { Walked } from '../reach/walked';
import { wrongStep } from '../explain/summary/proof-words';
import { redacted } from '../secrets/redact';
import { type Trace, withoutFacts } from '../trace/model';
import type { TraceQuery } from '../trace/request/query';
import type { Check } from './check-file';
import { queryOf } from './check-request';
import { viewJson } from './check-view';
import { asksForBranches, unmetExpectations, type Unmet } from './expectation';
import type { Prover, RequestSending } from './prover';
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
  /** Whether results keep the traces of checks that passed; thousands of them are a lot of memory. Those with a proof stay. */
  readonly keepTraces: boolean;
  /** Sends requests for real; null where none is to be sent. */
  readonly prover: Prover | null;
  /**
   * Called after each check, and waited for.
   * @param kept the result as it is kept, which may be without its trace
   */
  onResult(result: CheckResult, done: number, total: number, kept: CheckResult): void | Promise<void>;
}

/**
 * Judges every check, in order. Requests that are sent are all sent before the first proof is waited for, unless a check that does
 * not pass ends the run.
 * @param judgeOf opens the proxy of a check; what it throws is the check's error
 */
export async function runChecks(
  checks: readonly Check[],
  judgeOf: (check: Check) => Promise<Judge>,
  options: RunOptions,
): Promise<readonly CheckResult[]> {
  const { bail, keepTraces, prover } = options;
  const results: CheckResult[] = [];
  const take = async (result: CheckResult): Promise<void> => {
    const isKept = keepTraces || !result.passed || result.trace?.proof !== undefined;
    const kept = isKept ? result : { ...result, trace: null };
    results.push(kept);
    await options.onResult(result, results.length, checks.length, kept);
  };
  const waiting: Judged[] = [];
  let bad = 0;
  for (const check of checks) {
    const one = await judged(check, judgeOf, prover);
    if (prover !== null && bail === null) {
      waiting.push(one);
      continue;
    }
    const result = await proved(one);
    await take(result);
    if (!result.passed) bad += 1;
    if (bail !== null && bad >= bail) break;
  }
  for (const one of waiting) await take(await proved(one));
  return results;
}

/** A result, and the trace with its proof where a request was sent. */
interface Judged {
  readonly result: CheckResult;
  readonly proved?: (() => Promise<Trace>) | undefined;
}

async function proved({ result, proved: trace }: Judged): Promise<CheckResult> {
  if (trace === undefined) return result;
  const took = stopwatch();
  try {
    const told = await trace();
    const failures = [...result.failures, ...unmetByProof(told)];
    const seconds = result.seconds + took();
    return { ...result, passed: failures.length === 0, failures, trace: withoutFacts(told), seconds };
  } catch (error) {
    return { ...result, ...unjudged(error) };
  }
}

/** A step that was seen otherwise than predicted is an expectation that is not met. */
function unmetByProof(trace: Trace): readonly Unmet[] {
  const wrong = wrongStep(trace);
  return wrong === null ? [] : [{ key: 'proof', expected: wrong.where, actual: wrong.evidence }];
}

interface Answer {
  readonly proxy: string | null;
  readonly trace: Trace | null;
  readonly failures: readonly Unmet[];
  readonly counterexample?: Witness;
  readonly sending?: RequestSending | undefined;
}

async function judged(check: Check, judgeOf: (check: Check) => Promise<Judge>, prover: Prover | null): Promise<Judged> {
  const { name, file, line } = check;
  const took = stopwatch();
  try {
    const { sending, ...found } = await answer(check, await judgeOf(check), prover);
    const passed = found.failures.length === 0;
    const result = { name, passed, error: null, ...found, file, line, exitStatus: null, seconds: took() };
    if (sending === undefined) return { result };
    return 'unsent' in sending ? { result: { ...result, ...sending } } : { result, proved: sending.proved };
  } catch (error) {
    return { result: { name, ...unjudged(error), file, line, proxy: check.proxy, seconds: took() } };
  }
}

/** The time since it was made, in seconds. */
function stopwatch(): () => number {
  const start = performance.now();
  return () => Number(((performance.now() - start) / 1000).toFixed(3));
}

function unjudged(error: unknown): Pick<CheckResult, 'passed' | 'failures' | 'trace' | 'error' | 'exitStatus'> {
  const { message, exitStatus } = errorOf(error);
  return { passed: false, failures: [], trace: null, error: message, exitStatus };
}

async function answer(check: Check, judge: Judge, prover: Prover | null): Promise<Answer> {
  const { subject } = check;
  const planned = prover?.planned(check);
  const unsent = planned !== undefined && 'unsent' in planned ? { sending: planned } : {};
  if (subject.kind === 'view') {
    // As the view's command prints it: an expectation that is not met quotes it.
    const json = redacted(viewJson(judge.config, subject.view, subject.filter));
    const failures = subject.expect === null ? [] : await unmetInView(json, subject.expect);
    return { proxy: judge.proxy, trace: null, failures, ...unsent };
  }
  if (subject.kind === 'forAll') return { ...(await answerForAll(subject, judge)), ...unsent };
  const query = planned !== undefined && 'query' in planned ? planned.query : null;
  const { trace, failures } = await answerRequest(subject, query, judge);
  const sending = query === null ? unsent : { sending: await prover?.send(check, trace) };
  return { proxy: judge.proxy, trace: withoutFacts(trace), failures, ...sending };
}

/** @param sent the question of a request that is to be sent, which may go any way; null where none is */
async function answerRequest(
  { request, allBranches, expect }: Extract<Check['subject'], { kind: 'trace' }>,
  sent: TraceQuery | null,
  judge: Judge,
): Promise<{ readonly trace: Trace; readonly failures: readonly Unmet[] }> {
  const walksAll = allBranches || sent !== null || (expect !== null && asksForBranches(expect));
  const options = { allBranches: walksAll, explain: request.explain === true };
  const trace = await judge.trace(sent ?? queryOf(request), options);
  return { trace, failures: expect === null ? [] : unmetExpectations(trace, expect) };
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
