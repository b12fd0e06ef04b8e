/** Inputs of matcher trees: each that is listed is read, or is unknown by its name. */
import { MATCHER_INPUTS } from '../../../src/lib/envoy/matcher-inputs';
import { matchedFor } from '../../../src/lib/http/matcher-inputs';
import { responseInput } from '../../../src/lib/http/response-inputs';
import { connectionStream } from '../../../src/lib/http/stream-facts';
import { StreamState } from '../../../src/lib/http/stream-state';
import { isUnknown } from '../../../src/lib/match/ternary';
import { factsOf } from '../../helpers/filters';

const inputOf = (name: string): { readonly name: string; readonly typed_config: { readonly '@type': string } } => ({
  name: `the ${name}`,
  typed_config: { '@type': `type.googleapis.com/any.v3.${name}` },
});

/** What a tree over an input hangs on; null where its value is known. */
function openIn(name: string): string | null {
  const tree = { input: inputOf(name), exact_match_map: { map: { none: {} } } };
  return matchedFor({ matcher_tree: tree }, connectionStream(factsOf(), new StreamState(null))).unknown;
}

it.each(Object.entries(MATCHER_INPUTS))('%s is taken from: %s', (name, from) => {
  const open = openIn(name);
  const isNamed = open === `the matcher input the ${name}`;
  expect(isNamed).toBe(from !== 'stream');
  const response = responseInput(inputOf(name), { status: 404, isLocal: true });
  expect(isUnknown(response)).toBe(from !== 'response');
});

it('an input that is not listed, or is a name of every object, is unknown by its name', () => {
  for (const name of ['UnheardOfInput', 'constructor', 'toString']) {
    expect(openIn(name)).toBe(`the matcher input the ${name}`);
  }
});

it('reads the status of a response, its class, and whether Envoy made it', () => {
  const read = (name: string): unknown => responseInput(inputOf(name), { status: 404, isLocal: false });
  expect(read('HttpResponseStatusCodeMatchInput')).toBe('404');
  expect(read('HttpResponseStatusCodeClassMatchInput')).toBe('4xx');
  expect(read('HttpResponseLocalReplyMatchInput')).toBe('false');
});
