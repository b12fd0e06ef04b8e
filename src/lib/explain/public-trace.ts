/** A trace as it may be printed: what the person gave as a secret, and what configuration gives away, is not in it. */
import { REDACTED, secretsAreShown } from '../secrets/disclosure';
import { isSecretHeader } from '../secrets/names';
import { redacted, shownValue } from '../secrets/redact';
import { FACTS, type Hop, type Proof, type ProofStep, type Step, type Trace } from '../trace/model';

/** A value of fewer characters is not looked for in sentences: it would be found everywhere. */
const SHORTEST = 6;

/**
 * The trace itself where secrets are shown, or where it has none.
 * @param keepsFacts whether the form that it is for goes by what its steps were told from
 */
export function publicTrace(trace: Trace, keepsFacts = true): Trace {
  if (secretsAreShown()) return trace;
  const { request } = trace;
  const headers = request.headers.map(([name, value]) => [name, shownValue(name, value)] as const);
  const given = request.headers
    .filter(([name]) => isSecretHeader(name))
    .map(([, value]) => value.replace(/^[A-Za-z-]{1,20}\s+/, ''))
    .filter((value) => value.length >= SHORTEST);
  const cleaned = <T>(value: T): T => {
    const clean = redacted(value);
    return given.length === 0 ? clean : (withoutTexts(clean, given) as T);
  };
  if (!keepsFacts) return cleaned({ ...trace, request: { ...request, headers } });
  const hopsOf = ({ hops }: { readonly hops: readonly Hop[] }): readonly Hop[] =>
    hops.map((hop) => cleanHop(hop, cleaned));
  const branches = trace.branches.map((branch) => ({ ...cleaned({ ...branch, hops: [] }), hops: hopsOf(branch) }));
  const { proof, ...bare } = trace;
  const rest = cleaned({ ...bare, request: { ...request, headers }, hops: [], branches: [] });
  const proved = proof === undefined ? {} : { proof: cleanProof(proof, cleaned) };
  return { ...rest, ...proved, hops: hopsOf(trace), branches };
}

/** What the steps were told from is cleaned as they are. */
function cleanHop(hop: Hop, cleaned: Clean): Hop {
  const steps = hop.steps.map((step) => cleanStep(step, cleaned));
  return { ...cleaned({ ...hop, steps: [] }), steps };
}

function cleanProof(proof: Proof, cleaned: Clean): Proof {
  const steps = proof.steps.map((step) => cleanStep(step, cleaned));
  return { ...cleaned({ ...proof, steps: [] }), steps };
}

type Clean = <T>(value: T) => T;

function cleanStep<S extends Step | ProofStep>(step: S, cleaned: Clean): S {
  const facts = step[FACTS];
  return { ...cleaned(step), ...(facts === undefined ? {} : { [FACTS]: cleaned(facts) }) };
}

/** Fields of facts that hold words of the model alone: forms of a trace are chosen by them. */
const ENUMERATED: ReadonlySet<string> = new Set(['kind', 'stage', 'outcome', 'by', 'what', 'as']);

function withoutTexts(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') return texts.reduce((text, secret) => text.replaceAll(secret, REDACTED), value);
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, ENUMERATED.has(key) ? inner : withoutTexts(inner, texts)]),
  );
}
