/** A proof in words. */
import { FACTS, type Proof, type ProofStep, type ProofWay, type Trace } from '../../trace/model';
import { percent, stageText } from '../words';

/** The trace with what sending it showed; where a prediction was wrong, its summary says so first. */
export function withProof(trace: Trace, proof: Proof): Trace {
  const wrong = wrongSentence(trace, proof);
  return { ...trace, proof, summary: wrong === null ? trace.summary : `${wrong} Predicted: ${trace.summary}` };
}

/** What was seen otherwise than predicted, in a sentence; null where nothing was. */
export function wrongSentence(trace: Trace, proof: Proof): string | null {
  const wrong = wrongStep({ ...trace, proof });
  if (wrong === null) return null;
  const next = wrong.isReset
    ? 'Does the application listen there?'
    : 'Has the configuration changed since it was read?';
  return `The prediction was wrong: ${wrong.where}: ${wrong.evidence}. ${next}`;
}

interface WrongStep {
  /** The step that was predicted: `route default at reviews-v1-….bookinfo`. */
  readonly where: string;
  /** What was seen in its place. */
  readonly evidence: string;
  /** Whether Envoy answered because the connection to the application broke off. */
  readonly isReset: boolean;
}

/** The first step of a proof that was seen otherwise than predicted; null where none was. */
export function wrongStep(trace: Trace): WrongStep | null {
  const { proof } = trace;
  if (proof?.agrees !== false) return null;
  const first = proof.steps.find(({ seen }) => seen === false);
  if (first === undefined) throw new Error('a proof that does not agree has a step that was seen otherwise');
  return { where: placeOf(trace, first), evidence: first.evidence, isReset: isOfReset(first) };
}

/** A proof as lines of plain text: the sentence, what was seen of each step, and how often each way was taken. */
export function proofLines({ steps, ways, ...proof }: Proof): readonly string[] {
  const told = steps.filter(({ seen, hop }) => seen !== null || hop === null);
  const silent = steps.length - told.length;
  return [
    `${MARKS[`${proof.agrees}`]} ${proofSentence(proof)}`,
    ...told.map((step) => `  ${MARKS[`${step.seen}`]} ${stepWords(step)}: ${step.evidence}`),
    ...(silent === 0 ? [] : [`  – ${silent} ${silent === 1 ? 'step' : 'steps'} of which nothing tells`]),
    ...ways.map((way) => `  ${wayWords(way, proof.sent)}`),
  ];
}

/** What marks a step, or a proof, that was seen as predicted, otherwise, or not at all. */
export const MARKS = { true: '✔', false: '✘', null: '–' } as const;

function stepWords({ stage, name, hop }: ProofStep): string {
  const what = stage === 'response' ? 'answer' : stageText(stage);
  return [...(hop === null ? [] : [`${hop + 1}`]), what, ...(name === null ? [] : [name])].join(' ');
}

/** How often one way was taken. */
export function wayWords({ because, share, seen }: ProofWay, sent: number): string {
  const way = because === null ? 'the main way' : `another way: ${because}`;
  return `${seen} of ${sent} went ${way} (predicted: ${percent(share)})`;
}

/** Whether Envoy answered because the connection to the application broke off. */
function isOfReset({ [FACTS]: facts }: ProofStep): boolean {
  return facts?.replyDetails.includes('upstream_reset') === true;
}

/** `route default at reviews-v1-….bookinfo`. */
function placeOf({ hops }: Trace, { stage, name, hop }: ProofStep): string {
  if (hop === null) return 'the answer';
  const proxy = hops[hop]?.proxy ?? null;
  return `${stage}${name === null ? '' : ` ${name}`}${proxy === null ? '' : ` at ${proxy}`}`;
}

/** What the proof says as a whole, in a sentence. */
export function proofSentence({ sent, by, status, agrees }: Pick<Proof, 'sent' | 'by' | 'status' | 'agrees'>): string {
  const what = sent === 1 ? 'Sent once' : `Sent ${sent} times`;
  const came = status === null ? 'no answer came' : `${status} came back`;
  const judgement = { true: 'as predicted', false: 'not as predicted', null: 'nothing of it could be seen' };
  return `${what} by ${by}: ${came}; ${judgement[`${agrees}`]}.`;
}
