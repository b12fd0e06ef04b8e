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

export function headerChanges(random: Random, probability: number): Message {
  return {
    ...random.maybe(probability, 'request_headers_to_add', () =>
      random.sample(['x-added', 'x-env', 'end-user'], random.int(1, 2)).map((key) => ({
        header: { key, value: random.pick(VALUES) },
        ...random.maybe(0.7, 'append_action', () => random.pick(ACTIONS)),
      })),
    ),
    ...random.maybe(probability / 2, 'request_headers_to_remove', () => [random.pick(['x-env', 'cookie', 'X-Number'])]),
  };
}
