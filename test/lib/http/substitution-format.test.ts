/** https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#format-strings */
import * as fc from 'fast-check';
import { type ConnectionFacts, UNKNOWN_CERTIFICATE, unknownSource } from '../../../src/lib/http/connection-facts';
import { type HttpMessage, headerView } from '../../../src/lib/http/message';
import { connectionStream, type StreamFacts } from '../../../src/lib/http/stream-facts';
import { StreamState } from '../../../src/lib/http/stream-state';
import { formatted } from '../../../src/lib/http/substitution-format';
import { unknown } from '../../../src/lib/match/ternary';
import { factsOf, messageOf, mtls } from '../../helpers/filters';

interface Given {
  readonly message?: Partial<HttpMessage> | null;
  readonly connection?: Partial<ConnectionFacts>;
  readonly remote?: string;
}

function stream({ message: own = {}, connection = {}, remote }: Given = {}): StreamFacts {
  const state = new StreamState();
  state.setFilterState('k', 'v');
  state.setFilterState('open', unknown('it'));
  state.setMetadata('ns', { a: { b: 'text' }, n: 1 });
  const plain = connectionStream(factsOf({ source: { ip: '10.0.0.1', port: 7 }, ...connection }), state);
  const message = own === null ? null : messageOf(own);
  return {
    ...plain,
    message,
    headers: message === null ? plain.headers : headerView(message, true),
    remote: remote ?? plain.remote,
  };
}

const headers: HttpMessage['headers'] = [
  ['x-a', 'abcdef'],
  ['x-a', 'second'],
  ['x-empty', ''],
];

/** Each row with what is given to it, so that no function takes what is not there for a callback. */
const cases = (rows: readonly (readonly [string, string, Given?])[]): [string, string, Given][] =>
  rows.map(([format, wanted, given = {}]) => [format, wanted, given]);

describe('a format string', () => {
  it.each(
    cases([
      ['plain', 'plain'],
      ['a%%c', 'a%c'],
      ['%%%%', '%%'],
      ['%REQ(X-A)%', 'abcdef'],
      ['%REQ(x-a):3%', 'abc'],
      ['%REQ(X-B?X-A):2%', 'ab'],
      ['%REQ(X-A?X-B)%', 'abcdef'],
      ['%REQ(X-Empty?X-A)%', ''],
      ['%REQ(X-B)%', '-'],
      ['<%REQ(X-B?X-C)%>', '<->'],
      ['%REQ(:METHOD)% %REQ(:path)% %REQ(:AUTHORITY)% %REQ(:scheme)% %REQ(Host)%', 'GET / a.b http a.b'],
      ['%REQ(X-A)%', '-', { message: null }],
      ['%PROTOCOL%', 'HTTP/1.1'],
      ['%PROTOCOL%', '-', { message: null }],
      [
        '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT%',
        '10.0.0.2:8080 10.0.0.2 8080',
      ],
      ['%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%', '10.0.0.1:7 10.0.0.1'],
      ['%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_PORT%', '192.0.2.1:0 0', { remote: '192.0.2.1' }],
      ['%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%', '10.0.0.1', { remote: '192.0.2.1' }],
      ['%DOWNSTREAM_PEER_URI_SAN%', '-'],
      ['%DOWNSTREAM_PEER_URI_SAN%', 'spiffe://a', { connection: mtls('spiffe://a') }],
      ['%REQUESTED_SERVER_NAME%', '-'],
      ['%FILTER_STATE(k:PLAIN)%', 'v'],
      ['%FILTER_STATE(k)%', '"v"'],
      ['%DYNAMIC_METADATA(ns:a:b)% %DYNAMIC_METADATA(ns:a:b):2% %DYNAMIC_METADATA(ns:n)%', 'text te 1'],
      ['%DYNAMIC_METADATA(ns:a)%', '{"b":"text"}'],
      ['%DYNAMIC_METADATA(["ns", "a", "b"])%', 'text'],
      ['%DYNAMIC_METADATA(ns:none)%', '-'],
    ]),
  )('%s: %s', (format, text, given) => {
    const message = given.message === null ? null : { headers, ...given.message };
    expect(formatted(format, stream({ ...given, message }), '-')).toBe(text);
  });

  it('leaves a command without a value out where it is told so', () => {
    expect(formatted('<%REQ(x-none)%>', stream(), '')).toBe('<>');
  });

  it.each(
    cases([
      ['%RESPONSE_CODE%', 'the value of %RESPONSE_CODE%'],
      ['%SOMETHING_NEW(a:b):3%', 'the value of %SOMETHING_NEW(a:b):3%'],
      ['50%', 'the value of 50%'],
      ['%req(x-a)%', 'the value of %req(x-a)%'],
      ['%FILTER_STATE(open:PLAIN)%', 'it'],
      ['%FILTER_STATE(none:PLAIN)%', 'the filter state none'],
      [
        '%DOWNSTREAM_REMOTE_ADDRESS%',
        "the source's address (--source-ip)",
        { connection: { source: { ip: unknownSource('10.0.0.1'), port: 1 } } },
      ],
      [
        '%DOWNSTREAM_PEER_DNS_SAN%',
        "what the source's certificate says (--source-principal)",
        { connection: { tls: { certificate: { uriSans: UNKNOWN_CERTIFICATE, dnsSans: [], subject: '' } } } },
      ],
    ]),
  )('%s is not known: %s', (format, input, given) => {
    expect(formatted(format, stream(given), '-')).toMatchObject({ unknown: input });
  });

  it('without commands is the text itself, percent signs doubled', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(formatted(text.replaceAll('%', '%%'), stream(), '-')).toBe(text);
      }),
    );
  });
});
