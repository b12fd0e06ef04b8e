/** Random changes of request headers, of a virtual host or route. */
import type { Random } from '../rig/random';
import type { Message } from './message';

const ACTIONS = ['APPEND_IF_EXISTS_OR_ADD', 'ADD_IF_ABSENT', 'OVERWRITE_IF_EXISTS_OR_ADD', 'OVERWRITE_IF_EXISTS'];
const VALUES = [
  'plain',
  '%REQ(x-env)%',
  '%REQ(:method)% %PROTOCOL%',
  '100%%',
  '%REQ(x-nowhere?end-user)%',
  '%REQ(user-agent):4%',
];

/** What is known of a request that is about to be sent on. */
const COMMANDS = [
  '%FILTER_CHAIN_NAME%',
  '%VIRTUAL_CLUSTER_NAME%',
  '%ROUTE_NAME%|%UPSTREAM_CLUSTER%',
  '%PATH(NQ)%|%RESPONSE_CODE%|%GRPC_STATUS_NUMBER%|%ACCESS_LOG_TYPE%',
  '%COALESCE({"operators":[{"command":"REQ","param":"x-env"},{"command":"REQ","param":":authority","max_length":4}]})%',
  '%COALESCE({"operators":[{"command":"REQ","param":"x-nowhere"},"VIRTUAL_CLUSTER_NAME","PROTOCOL"]}):6%',
];

function valueOf(random: Random): string {
  const aside = random.aside('commands');
  const plain = random.pick(VALUES);
  return aside.chance(0.35) ? aside.pick(COMMANDS) : plain;
}

/** Virtual clusters of a virtual host, by which a request may be named in what is added to it. */
export function virtualClusters(random: Random, probability: number): Message {
  const headers = [
    { name: ':method', string_match: { exact: 'GET' } },
    { name: ':path', string_match: { prefix: '/reviews' } },
    { name: 'end-user', present_match: true },
    { name: 'x-env', string_match: { exact: 'prod' }, invert_match: true },
  ];
  return random.maybe(probability, 'virtual_clusters', () =>
    random.list(1, 3, () => ({
      name: random.pick(['counted', 'other', 'users']),
      headers: random.sample(headers, random.int(1, 2)),
    })),
  );
}

export function headerChanges(random: Random, probability: number): Message {
  return {
    ...random.maybe(probability, 'request_headers_to_add', () =>
      random.sample(['x-added', 'x-env', 'end-user'], random.int(1, 2)).map((key) => ({
        header: { key, value: valueOf(random) },
        ...random.maybe(0.7, 'append_action', () => random.pick(ACTIONS)),
      })),
    ),
    ...random.maybe(probability / 2, 'request_headers_to_remove', () => [random.pick(['x-env', 'cookie', 'X-Number'])]),
    ...answerChanges(random.aside('headers of answers'), probability),
  };
}

/** Of an answer that has one the Location: by a log alone an answer that is given one could not be told from a redirect. */
function answerChanges(random: Random, probability: number): Message {
  return random.maybe(probability, 'response_headers_to_add', () => [
    { header: { key: 'Location', value: random.pick(VALUES) }, append_action: 'OVERWRITE_IF_EXISTS' },
  ]);
}
