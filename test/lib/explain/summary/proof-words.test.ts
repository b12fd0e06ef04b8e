import { publicTrace } from '../../../../src/lib/explain/public-trace';
import { withProof, wrongSentence } from '../../../../src/lib/explain/summary/proof-words';
import { FACTS, type Proof, type ProofStep, type Trace } from '../../../../src/lib/trace/model';
import { traceOf } from '../../../helpers/traces';

const RESET = 'upstream_reset_before_response_started{remote_connection_failure}';

function proofOf(...steps: readonly ProofStep[]): Proof {
  return { sent: 1, by: 'curl', status: 503, agrees: false, steps, ways: [] };
}

function application(replyDetails: string): ProofStep {
  const evidence = `Envoy answered itself: ${replyDetails}`;
  return { hop: 0, stage: 'endpoint', name: null, seen: false, evidence, [FACTS]: { replyDetails } };
}

const sentenceOf = ({ proof, ...trace }: Trace): string | null =>
  proof === undefined ? null : wrongSentence({ ...trace, proof }, proof);

test('a connection that the application broke off asks for the application, another wrong prediction for the configuration', () => {
  const trace = traceOf();
  expect(wrongSentence(trace, proofOf(application(RESET)))).toContain('Does the application listen there?');
  expect(wrongSentence(trace, proofOf(application('no_healthy_upstream')))).toContain('Has the configuration changed');
  const quoted: ProofStep = { hop: 0, stage: 'route', name: null, seen: false, evidence: `the policy ${RESET}` };
  expect(wrongSentence(trace, proofOf(quoted))).toContain('Has the configuration changed');
});

test('the sentence is the same where secrets are taken out of the trace', () => {
  const trace = withProof(traceOf({}), proofOf(application(`${RESET} token abcdefgh`)));
  const secret = { ...trace, request: { ...trace.request, headers: [['authorization', 'Bearer abcdefgh']] as const } };
  const clean = publicTrace(secret);
  expect(clean.proof?.steps[0]?.evidence).not.toContain('abcdefgh');
  expect(sentenceOf(clean)).toContain('Does the application listen there?');
});
