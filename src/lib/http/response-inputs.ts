/** The inputs of matcher trees that are taken from a response. Whose they are, `envoy/matcher-inputs.ts` says. */
import { messageTypeOf, type TypedExtension } from '../envoy/any';
import { matcherInputNamed, type MatcherInputOf } from '../envoy/matcher-inputs';
import type { InputValue } from '../match/matcher-tree';
import { unknown } from '../match/ternary';

/** What is known of a response. */
export interface ResponseFacts {
  readonly status: number;
  /** Whether Envoy makes it itself. */
  readonly isLocal: boolean;
}

const READERS: Readonly<Record<MatcherInputOf<'response'>, (facts: ResponseFacts) => InputValue>> = {
  HttpResponseStatusCodeMatchInput: ({ status }) => String(status),
  HttpResponseStatusCodeClassMatchInput: ({ status }) => `${Math.floor(status / 100)}xx`,
  HttpResponseLocalReplyMatchInput: ({ isLocal }) => String(isLocal),
};

/** The value of an input; unknown where it is not of a response's status. */
export function responseInput({ name = '', typed_config: config }: TypedExtension, facts: ResponseFacts): InputValue {
  const type = messageTypeOf(config);
  const input = matcherInputNamed(type, 'response');
  return input === null ? unknown(`the matcher input ${name === '' ? type : name}`) : READERS[input](facts);
}
