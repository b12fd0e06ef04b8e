/**
 * Every input of Envoy's matcher trees, by the last word of its message, and what it is taken from. Each of a stream or of a response has its
 * reader (`http/matcher-inputs.ts`, `http/response-inputs.ts`): one that is listed here and has none does not compile. What is not held by
 * configuration and question is unknown in every trace that meets it, by its name; so is an input that is not listed.
 * https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/matching/matching_api
 * The surprise: an input of a kind that Envoy does not know makes it refuse the whole resource, so that none of a dump is passed over.
 */

/** Of a connection and its request, of the response, or of what neither configuration nor the question holds. */
type TakenFrom = 'stream' | 'response' | 'not-held';

export const MATCHER_INPUTS = {
  DestinationIPInput: 'stream',
  DestinationPortInput: 'stream',
  SourceIPInput: 'stream',
  SourcePortInput: 'stream',
  DirectSourceIPInput: 'stream',
  SourceTypeInput: 'stream',
  ServerNameInput: 'stream',
  TransportProtocolInput: 'stream',
  ApplicationProtocolInput: 'stream',
  UriSanInput: 'stream',
  DnsSanInput: 'stream',
  SubjectInput: 'stream',
  HttpRequestHeaderMatchInput: 'stream',
  HttpRequestQueryParamMatchInput: 'stream',
  FilterStateInput: 'stream',
  DynamicMetadataInput: 'stream',
  HttpResponseStatusCodeMatchInput: 'response',
  HttpResponseStatusCodeClassMatchInput: 'response',
  HttpResponseLocalReplyMatchInput: 'response',
  HttpRequestTrailerMatchInput: 'not-held',
  HttpResponseHeaderMatchInput: 'not-held',
  HttpResponseTrailerMatchInput: 'not-held',
  // A CEL matcher reads the request itself, and its input only says so.
  HttpAttributesCelMatchInput: 'not-held',
  NetworkNamespaceInput: 'not-held',
  EndpointMetadataInput: 'not-held',
  LocalityMetadataInput: 'not-held',
} as const satisfies Readonly<Record<string, TakenFrom>>;

type MatcherInput = keyof typeof MATCHER_INPUTS;

/** The inputs that are taken from a stream, or from a response. */
export type MatcherInputOf<From extends TakenFrom> = {
  readonly [Name in MatcherInput]: (typeof MATCHER_INPUTS)[Name] extends From ? Name : never;
}[MatcherInput];

/** The input that a message is, where it is one that is taken from there; null for others. */
export function matcherInputNamed<From extends TakenFrom>(
  messageType: string,
  from: From,
): MatcherInputOf<From> | null {
  const name = messageType.slice(messageType.lastIndexOf('.') + 1);
  // The compiler cannot see that the value under a name is what the types of the names are chosen by.
  return Object.hasOwn(MATCHER_INPUTS, name) && MATCHER_INPUTS[name as MatcherInput] === from
    ? (name as MatcherInputOf<From>)
    : null;
}
