/** A random filter that puts answers in the place of others, by their status. */
import type { Random } from '../rig/random';
import { extension, type Message, typed } from './message';

const HTTP = 'envoy.extensions.filters.http';
const RESPONSE = 'envoy.filters.http.custom_response';

/** @param random their own numbers */
export function answeringFilters(random: Random): readonly Message[] {
  if (!random.chance(0.1)) return [];
  return [extension(RESPONSE, `${HTTP}.custom_response.v3.CustomResponse`, customResponse(random))];
}

/** What a virtual host, route or weighted cluster says otherwise of them. */
export function answersOfRoute(random: Random, probability: number): Message {
  return random.chance(probability / 3)
    ? { [RESPONSE]: typed(`${HTTP}.custom_response.v3.CustomResponse`, customResponse(random)) }
    : {};
}

/** By the status of the answer and by who made it. */
function customResponse(random: Random): Message {
  return {
    custom_response_matcher: random.weighted<Message>([
      [3, () => ({ matcher_list: { matchers: random.list(1, 2, () => fieldMatcher(random)) } })],
      [1, () => ({ matcher_tree: { ...statusInput(), exact_match_map: { map: { 404: otherAnswer(random) } } } })],
      [1, () => ({ matcher_list: { matchers: [fieldMatcher(random)] }, on_no_match: otherAnswer(random) })],
    ]),
  };
}

function fieldMatcher(random: Random): Message {
  return { predicate: predicate(random), on_match: otherAnswer(random) };
}

function predicate(random: Random): Message {
  return random.weighted<Message>([
    [4, () => single(random)],
    [1, () => ({ not_matcher: single(random) })],
    [1, () => ({ and_matcher: { predicate: [single(random), single(random)] } })],
    [1, () => ({ or_matcher: { predicate: [single(random), single(random)] } })],
  ]);
}

function single(random: Random): Message {
  return random.weighted<Message>([
    [3, () => ({ single_predicate: { ...statusInput(), value_match: { exact: random.pick(STATUSES) } } })],
    [
      2,
      () => ({
        single_predicate: {
          input: extension('class', 'envoy.type.matcher.v3.HttpResponseStatusCodeClassMatchInput'),
          value_match: random.pick<Message>([{ exact: '4xx' }, { prefix: '5' }]),
        },
      }),
    ],
  ]);
}

const STATUSES = ['404', '403', '503', '418', '200'];

function statusInput(): Message {
  return { input: extension('status', 'envoy.type.matcher.v3.HttpResponseStatusCodeMatchInput') };
}

function otherAnswer(random: Random): Message {
  const type = `envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy`;
  return {
    action: extension('answer', type, {
      ...random.maybe(0.7, 'status_code', () => random.pick([418, 499, 200, 302])),
      ...random.maybe(0.7, 'body', () => ({ inline_string: 'another' })),
    }),
  };
}
