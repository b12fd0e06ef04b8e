/** `mctl check --prove`: the requests of checks are sent for real, one after the other. */
import type { Check } from '../../check/check-file';
import { bodyOf, queryOf } from '../../check/check-request';
import type { PlannedSending, Prover, RequestSending } from '../../check/prover';
import { MctlError, UsageError } from '../../errors';
import { withProof } from '../../explain/summary/proof-words';
import { changesThings } from '../../send/request';
import type { Trace } from '../../trace/model';
import { type PlannedProof, planToSend, refuseSaved } from '../prove/plan';
import type { ProveFlags } from '../prove/prove-flags';
import { refuseOtherSender, sendAndWatch, whyUnsent } from '../prove/prove';
import { type RunningProxies, runningProxies } from '../prove/running-proxies';
import type { SourceFlags } from '../session';
import type { Streams } from '../streams';
import type { CheckMeshes, CheckMesh } from './check-meshes';

type Plan = PlannedProof | { readonly unsent: string };

/** A message names so many checks. */
const NAMED = 10;

/** Sends the requests of checks, and lets go of the running proxies at the end. */
export class CheckProver implements Prover {
  readonly #plans: ReadonlyMap<Check, Plan>;
  readonly #meshes: CheckMeshes;
  readonly #streams: Streams;
  readonly #running = new Map<CheckMesh, RunningProxies>();
  readonly #forget: () => void;

  private constructor(plans: ReadonlyMap<Check, Plan>, meshes: CheckMeshes, streams: Streams) {
    this.#plans = plans;
    this.#meshes = meshes;
    this.#streams = streams;
    this.#forget = streams.onInterrupt(async () => {
      await this.#closeAll();
    });
  }

  /**
   * Plans what is sent, and says all of it. Throws UsageError, before anything is sent, for a method that changes things without
   * `--yes`, for sources that do not run, and where no check has a request that can be sent.
   */
  static async of(
    checks: readonly Check[],
    meshes: CheckMeshes,
    flags: ProveFlags,
    streams: Streams,
  ): Promise<CheckProver> {
    const plans = new Map(checks.map((check) => [check, planOf(check, { ...meshes.flagsOf(check), ...flags })]));
    const sent = [...plans].flatMap(([check, plan]) => ('unsent' in plan ? [] : [{ check, plan }]));
    refuseWhatIsNotSent(plans, sent, flags);
    const prover = new CheckProver(plans, meshes, streams);
    try {
      for (const { check, plan } of sent) await prover.#open(check, plan.wishes.flags);
    } catch (error) {
      await prover.close();
      throw error;
    }
    sayAll(sent, checks.length, streams);
    return prover;
  }

  planned(check: Check): PlannedSending {
    const plan = this.#plans.get(check);
    if (plan === undefined) throw new Error(`nothing was planned of the check ${check.name}`);
    return plan;
  }

  async send(check: Check, trace: Trace): Promise<RequestSending> {
    const plan = this.#plans.get(check);
    const running = this.#running.get(await this.#meshes.placeOf(check));
    if (plan === undefined || 'unsent' in plan || running === undefined) throw new Error(`${check.name} is not sent`);
    const unsent = whyUnsent(trace, running);
    if (unsent !== null) return { unsent };
    const tracer = await this.#meshes.judgeOf(check);
    const proof = await sendAndWatch({ tracer, trace, running, wishes: plan.wishes }, this.#streams);
    return { proved: async () => withProof(trace, await proof()) };
  }

  async close(): Promise<void> {
    this.#forget();
    await this.#closeAll();
  }

  /** A source that cannot be opened is the error of its checks. */
  async #open(check: Check, flags: SourceFlags & ProveFlags): Promise<void> {
    const place = await this.#meshes.placeOf(check).catch((error: unknown) => {
      if (error instanceof MctlError && !(error instanceof UsageError)) return null;
      throw error;
    });
    if (place === null || this.#running.has(place)) return;
    const running = await runningProxies(place.source, flags, this.#streams);
    this.#running.set(place, running);
    refuseOtherSender(running.isHere, flags);
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((one) => one.close()));
  }
}

/** What is sent of one check; a request that cannot be sent as it is traced is judged by its trace alone, which is said. */
function planOf({ subject }: Check, flags: SourceFlags & ProveFlags): Plan {
  if (subject.kind !== 'trace') {
    return {
      unsent: subject.kind === 'view' ? 'a view asks for no request' : 'forAll stands for more than one request',
    };
  }
  try {
    return planToSend(queryOf(subject.request), bodyOf(subject.request), flags);
  } catch (error) {
    if (error instanceof MctlError)
      return { unsent: [error.message, ...(error.hint === null ? [] : [error.hint])].join('. ') };
    throw error;
  }
}

interface Sent {
  readonly check: Check;
  readonly plan: PlannedProof;
}

function refuseWhatIsNotSent(plans: ReadonlyMap<Check, Plan>, sent: readonly Sent[], { yes }: ProveFlags): void {
  const changing = sent.filter(({ plan }) => changesThings(plan.wishes.request));
  if (changing.length > 0 && yes !== true) {
    throw new UsageError('--prove would send requests that may change something, and --yes is not given', {
      more: listed(
        changing.map(({ check, plan }) => `${plan.wishes.request.method} of ${check.file}:${check.line} ${check.name}`),
      ),
      hint: 'Add --yes where that is wanted, or run the other checks with --grep. Nothing was sent.',
    });
  }
  for (const { plan } of sent) refuseSaved(plan.wishes.flags);
  if (sent.length > 0 || plans.size === 0) return;
  const reasons = [...plans].map(([{ name }, plan]) => `${name}: ${'unsent' in plan ? plan.unsent : ''}`);
  throw new UsageError('--prove has nothing to send: none of the checks has a request that can be sent', {
    more: listed(reasons),
    hint: 'Leave --prove out to judge them by their traces.',
  });
}

function listed(lines: readonly string[]): readonly string[] {
  const more = lines.length - NAMED;
  return [...lines.slice(0, NAMED), ...(more > 0 ? [`and ${more} more`] : [])].map((line) => `  ${line}`);
}

/** Everything that is going to be sent, before the first is. */
function sayAll(sent: readonly Sent[], total: number, streams: Streams): void {
  streams.note(`Sends the requests of ${sent.length} of ${total} ${total === 1 ? 'check' : 'checks'} for real:`);
  for (const { check, plan } of sent) {
    const { method, scheme, host, port, target } = plan.wishes.request;
    const times = plan.wishes.ids.length === 1 ? '' : ` ${plan.wishes.ids.length} times`;
    streams.note(`  ${method} ${scheme}://${host}:${port}${target}${times} (${check.name})`);
  }
}
