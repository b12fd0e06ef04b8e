/** The words of a trace as terms: verdicts, reasons and stages, from the lists of the trace itself. */
import { REASONS, STAGES, VERDICTS } from '../trace/terms';
import { ENVOY, type Term } from './term';

const NEXT = 'mctl pc trace POD.NAMESPACE URL -v';

export const TRACE_TERMS: readonly Term[] = [
  ...Object.entries(VERDICTS).map(([name, says]) => ({
    name,
    kind: 'verdict',
    says,
    cause: null,
    next: NEXT,
    page: `${ENVOY}/intro/life_of_a_request`,
  })),
  ...Object.entries(REASONS).map(([name, [says, page]]) => ({
    name,
    kind: 'reason',
    says,
    cause: null,
    next: NEXT,
    page,
  })),
  ...Object.entries(STAGES).map(([name, [says, page]]) => ({
    name,
    kind: 'stage of a trace',
    says,
    cause: null,
    next: NEXT,
    page,
  })),
];
