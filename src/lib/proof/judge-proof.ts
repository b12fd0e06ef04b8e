/** Holds what was seen of requests that were sent against what their trace predicts. */
import {
  type Branch,
  FACTS,
  type Hop,
  type Outcome,
  type Proof,
  type ProofStep,
  type ProofWay,
  type Step,
  type Trace,
} from '../trace/model';
import { judgeStep, type StepJudgement } from './judge-step';
import { BLIND, type ProxyEvidence, type Sight, sightOf } from './sight';
import { largest } from '../lists';

/** One request that was sent. */
export interface SentRequest {
  readonly id: string;
  /** Null where no answer came. */
  readonly status: number | null;
  /** What the program that sent it said; null where an answer came. */
  readonly failure: string | null;
}

export interface ToProve {
  readonly trace: Trace;
  readonly by: string;
  readonly sent: readonly SentRequest[];
  /** What a proxy let be seen, by its name; null where it was not asked. */
  readonly evidenceOf: (proxy: string | null) => ProxyEvidence | null;
  /** Whether a step is of an RBAC filter. */
  readonly isRbac: (hop: Hop, step: Step) => boolean;
}

interface Walk extends Outcome {
  readonly hops: readonly Hop[];
}

interface JudgedWay {
  readonly way: number;
  readonly steps: readonly ProofStep[];
  readonly isWrong: boolean;
}

/** A request may have gone any of the ways that chance can take: it agrees where one of them holds nothing against it. */
export function judgeProof(input: ToProve): Proof {
  const { trace, sent, by } = input;
  const ways: readonly Walk[] = [trace, ...trace.branches];
  const judged = sent.map((one) => bestWay(ways, one, input));
  const wrong = judged.find(({ isWrong }) => isWrong);
  const counts = ways.map((_, index) => judged.filter(({ way, isWrong }) => way === index && !isWrong).length);
  const usual = judged.find(({ way }) => counts[way] === largest(counts));
  const steps = (wrong ?? usual)?.steps ?? [];
  return {
    sent: sent.length,
    by,
    status: sent.at(-1)?.status ?? null,
    steps,
    ways: trace.branches.length === 0 && sent.length === 1 ? [] : proofWays(trace, counts),
    agrees: wrong !== undefined ? false : steps.some(({ seen }) => seen === true) ? true : null,
  };
}

function proofWays(trace: Trace, counts: readonly number[]): readonly ProofWay[] {
  const others = trace.branches.reduce((sum, { share }) => sum + share, 0);
  const all: readonly (Pick<Branch, 'share'> & { readonly because: string | null })[] = [
    { because: null, share: trace.share ?? 1 - others },
    ...trace.branches,
  ];
  return all
    .map(({ because, share }, index) => ({ because, share, seen: counts[index] ?? 0 }))
    .filter(({ share, seen }) => share > 0 || seen > 0);
}

function bestWay(ways: readonly Walk[], sent: SentRequest, input: ToProve): JudgedWay {
  let best: (JudgedWay & { readonly score: number }) | null = null;
  for (const [way, walk] of ways.entries()) {
    const steps = judgeWalk(walk, sent, input);
    const isWrong = steps.some(({ seen }) => seen === false);
    const score = isWrong ? -1 : steps.filter(({ seen }) => seen === true).length;
    if (best === null || score > best.score) best = { way, steps, isWrong, score };
  }
  return best ?? { way: 0, steps: [], isWrong: false };
}

const LATER: StepJudgement = { seen: null, evidence: 'the request had gone another way before' };

function judgeWalk(walk: Walk, sent: SentRequest, input: ToProve): readonly ProofStep[] {
  const sights = walk.hops.map((hop, index) => {
    const order = walk.hops.slice(0, index).filter(({ proxy }) => proxy === hop.proxy).length;
    return isEnvoy(hop) ? sightOf(input.evidenceOf(hop.proxy), sent.id, hop, order, input.sent.length === 1) : BLIND;
  });
  const steps: ProofStep[] = [];
  let isLost = false;
  for (const [index, hop] of walk.hops.entries()) {
    if (!isEnvoy(hop)) continue;
    for (const { step, judgement } of judgeHop(hop, index, sights, input)) {
      const { seen, evidence, replyDetails } = isLost ? LATER : judgement;
      if (seen === false) isLost = true;
      const told = { hop: index, stage: step.stage, name: step.name, seen, evidence };
      steps.push(replyDetails === undefined ? told : { ...told, [FACTS]: { replyDetails } });
    }
  }
  return [...steps, { hop: null, stage: 'response', name: null, ...response(walk, sent, steps) }];
}

function isEnvoy({ direction }: Hop): boolean {
  return direction !== 'ztunnel-outbound' && direction !== 'ztunnel-inbound';
}

function judgeHop(
  hop: Hop,
  index: number,
  sights: readonly Sight[],
  { isRbac }: ToProve,
): readonly { readonly step: Step; readonly judgement: StepJudgement }[] {
  const sight = sights[index] ?? BLIND;
  const isHttp = hop.steps.some(({ stage }) => stage === 'http-connection-manager');
  let rbacs = 0;
  return hop.steps.flatMap((step) => {
    const isChecked = step.stage === 'http-filter' && step.outcome !== 'noted' && isRbac(hop, step);
    const rbacOrder = isChecked ? rbacs++ : null;
    const where = { step, hop, sight, next: sights[index + 1] ?? null, rbacOrder, isFirst: index === 0, isHttp };
    const judgement = judgeStep(where);
    return judgement === null ? [] : [{ step, judgement }];
  });
}

/** What the caller got. */
function response(walk: Walk, sent: SentRequest, steps: readonly ProofStep[]): StepJudgement {
  const came =
    sent.status === null ? `no answer came: ${sent.failure ?? 'the connection ended'}` : `${sent.status} came back`;
  if (walk.verdict === 'unknown') return { seen: null, evidence: `${came}; nothing was predicted` };
  if (walk.status !== null)
    return { seen: sent.status === walk.status, evidence: `${came}, ${walk.status} was predicted` };
  if (walk.statusDependsOn !== undefined)
    return { seen: sent.status === null ? false : null, evidence: `${came}; no status was predicted` };
  if (walk.verdict !== 'delivered') {
    return { seen: sent.status === null, evidence: `${came}, and no answer was predicted` };
  }
  if (sent.status === null) return { seen: false, evidence: came };
  const last = steps.findLast(({ stage }) => stage === 'endpoint');
  return { seen: last?.seen === true ? true : null, evidence: came };
}
