/** A listener's matcher tree, as istiod writes one for a waypoint: by address, port, and application protocol or server name. */
import type { Random } from '../rig/random';
import { extension, type Message, typed } from './message';

const INPUTS = 'envoy.extensions.matching.common_inputs.network.v3';

/** Chooses among the chains named; one of the names may be of no chain. */
export function filterChainMatcher(random: Random, chains: readonly string[]): Message {
  const chain = (): Message => action(random.chance(0.04) ? 'no-such-chain' : random.pick(chains));
  const byProtocol = (): Message => ({
    matcher_tree: {
      input: input('ApplicationProtocolInput'),
      exact_match_map: {
        map: { "'h2c'": chain(), "'http/1.1'": chain(), ...random.maybe(0.3, "'h2','http/1.1'", chain) },
      },
    },
    ...random.maybe(0.6, 'on_no_match', chain),
  });
  const byTransport = (): Message => ({
    matcher_tree: {
      input: input('TransportProtocolInput'),
      exact_match_map: { map: { tls: chain(), raw_buffer: chain() } },
    },
  });
  const byName = (): Message => ({
    matcher_list: {
      matchers: [
        { predicate: single('ServerNameInput', { exact: 'a.example.com' }), on_match: chain() },
        { predicate: { not_matcher: single('ServerNameInput', { suffix: '.com' }) }, on_match: chain() },
        {
          predicate: {
            or_matcher: {
              predicate: [single('ServerNameInput', { prefix: 'x.' }), single('ServerNameInput', { contains: 'b' })],
            },
          },
          on_match: chain(),
        },
      ],
    },
    ...random.maybe(0.5, 'on_no_match', chain),
  });
  const more = random.aside('inputs');
  const bySource = (): Message => ({
    matcher_tree: {
      input: input(more.pick(['SourceIPInput', 'DirectSourceIPInput'])),
      exact_match_map: { map: { '10.244.0.5': chain(), '10.244.0.9': chain() } },
    },
    ...more.maybe(0.5, 'on_no_match', chain),
  });
  const byLocality = (): Message => ({
    matcher_tree: { input: input('SourceTypeInput'), exact_match_map: { map: { local: chain() } } },
    ...more.maybe(0.7, 'on_no_match', chain),
  });
  const wider = more.chance(0.4) ? [bySource, byLocality] : [];
  const leaf = (): Message =>
    random.chance(0.5) ? chain() : { matcher: random.pick([byProtocol, byTransport, byName, ...wider])() };
  const byPort = (): Message => ({
    matcher_tree: {
      input: input('DestinationPortInput'),
      exact_match_map: { map: { '9080': leaf(), '80': leaf(), '443': leaf() } },
    },
    ...random.maybe(0.5, 'on_no_match', leaf),
  });
  const ranges = [
    { ranges: [{ address_prefix: '10.96.0.10', prefix_len: 32 }], on_match: { matcher: byPort() } },
    {
      ranges: [
        { address_prefix: '10.96.0.0', prefix_len: 16 },
        { address_prefix: '10.1.0.0', prefix_len: 16 },
      ],
      on_match: random.chance(0.5) ? leaf() : { matcher: byPort() },
    },
  ];
  const byAddress = {
    matcher_tree: {
      input: input('DestinationIPInput'),
      custom_match: extension('ip', 'xds.type.matcher.v3.IPMatcher', { range_matchers: ranges }),
    },
    ...random.maybe(0.5, 'on_no_match', leaf),
  };
  return random.chance(0.7) ? byAddress : byPort();
}

function action(chain: string): Message {
  return { action: { name: chain, typed_config: typed('google.protobuf.StringValue', { value: chain }) } };
}

function input(type: string): Message {
  return extension(type, `${INPUTS}.${type}`);
}

function single(type: string, value: Message): Message {
  return { single_predicate: { input: input(type), value_match: value } };
}
