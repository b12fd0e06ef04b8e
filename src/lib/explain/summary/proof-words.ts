/** A proof in words. */
import { FACTS, type Proof, type ProofStep, type Trace } from '../../trace/model';

/** The trace with what sending it showed; where a prediction was wrong, its summary says so first. */
export function withProof(trace: Trace, proof: Proof): Trace {
  const wrong = wrongSentence(trace, proof);
  return { ...trace, proof, summary: wrong === null ? trace.summary : `${wrong} Predicted: ${trace.summary}` };
}

/** What was seen otherwise than predicted, in a sentence; null where nothing was. */
export function wrongSentence(trace: Trace, { steps, agrees }: Proof): string | null {
  if (agrees !== false) return null;
  const first = steps.find(({ seen }) => seen === false);
  const where = first === undefined ? '' : `: ${placeOf(trace, first)}: ${first.evidence}`;
  const isReset = first !== undefined && isOfReset(first);
  const next = isReset ? 'Does the application listen there?' : 'Has the configuration changed since it was read?';
  return `The prediction was wrong${where}. ${next}`;
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
export function proofSentence({ sent, by, status, agrees }: Proof): string {
  const what = sent === 1 ? 'Sent once' : `Sent ${sent} times`;
  const came = status === null ? 'no answer came' : `${status} came back`;
  const judgement = { true: 'as predicted', false: 'not as predicted', null: 'nothing of it could be seen' };
  return `${what} by ${by}: ${came}; ${judgement[`${agrees}`]}.`;
}
