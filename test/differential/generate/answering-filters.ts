/** Random filters that answer in place of the application: a login, and answers that are put in the place of others. */
import { fromFile } from '../rig/envoy';
import type { Random } from '../rig/random';
import { headerMatcher } from './matchers';
import { extension, type Message, typed } from './message';

const HTTP = 'envoy.extensions.filters.http';
const RESPONSE = 'envoy.filters.http.custom_response';

/** The names of the secrets that a login needs. */
export const LOGIN_SECRETS = ['login-token', 'login-hmac'];

/**
 * @param random their own numbers
 * @param directory where the files of secrets are
 */
export function answeringFilters(random: Random, directory: string): readonly Message[] {
  const logins = random.aside('logins');
  return [
    ...(random.chance(0.08)
      ? [extension(RESPONSE, `${HTTP}.custom_response.v3.CustomResponse`, customResponse(random))]
      : []),
    ...(logins.chance(0.05) ? [extension('login', `${HTTP}.oauth2.v3.OAuth2`, login(logins, directory))] : []),
  ];
}

/** Nobody has a session: who is let pass has no need of one. An Envoy without a fix ends where the filter meets CONNECT. */
function login(random: Random, directory: string): Message {
  const [token, hmac] = LOGIN_SECRETS.map((name) => ({ name, sds_config: fromFile(`${directory}/sds-${name}.json`) }));
  const isConnect = { name: ':method', string_match: { exact: 'CONNECT' } };
  const path = (exact: string): Message => ({ path: { exact } });
  return {
    config: {
      token_endpoint: { cluster: 'BlackHoleCluster', uri: 'http://login/token', timeout: '1s' },
      authorization_endpoint: 'https://login.example.com/authorize',
      credentials: { client_id: 'id', token_secret: token, hmac_secret: hmac },
      redirect_uri: 'https://%REQ(:authority)%/callback',
      redirect_path_matcher: path(random.pick(['/callback', '/reviews/0'])),
      signout_path: path(random.pick(['/signout', '/health'])),
      pass_through_matcher: [isConnect, ...random.list(0, 2, () => headerMatcher(random))],
      ...random.maybe(0.6, 'deny_redirect_matcher', () => random.list(1, 2, () => headerMatcher(random))),
      ...random.maybe(0.2, 'preserve_authorization_header', () => true),
    },
  };
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
