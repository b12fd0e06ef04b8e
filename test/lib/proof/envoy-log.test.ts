import fc from 'fast-check';
import { readEnvoyLog } from '../../../src/lib/proof/envoy-log';
import { hasRequestId, newRequestId } from '../../../src/lib/proof/request-id';
import { storiesOf, tellsRequests } from '../../../src/lib/proof/story';

const ID = '11111111-2222-4333-8444-555555555555';
/** As Envoy sends it on, with its decision to trace in it. */
const PACKED = '11111111-2222-9333-8444-555555555555';

const TAGS = '[Tags: "ConnectionId":"1","StreamId":"77"]';
const HEADERS = [`':authority', 'reviews:9080'`, `':path', '/admin'`, `'x-request-id', '${PACKED}'`, ''];

/** One request's records: logger and lines. */
const RECORDS: readonly (readonly [string, readonly string[]])[] = [
  ['http', [`${TAGS} request headers complete (end_stream=true):`, ...HEADERS]],
  [
    'rbac',
    [
      `checking request: requestedServerName: x, localAddress: 10.1.1.1:9080, ssl: uriSanPeerCertificate: spiffe://cluster.local/ns/a/sa/b, dnsSanPeerCertificate: , headers: ':authority', 'reviews:9080'`,
      `':path', '/admin'`,
      `'x-request-id', '${PACKED}'`,
      ', dynamicMetadata: filter_metadata {',
      '  key: "envoy.filters.http.rbac"',
      '}',
      '',
    ],
  ],
  ['rbac', ['enforced allowed, matched policy ns[a]-policy[b]-rule[0]']],
  ['rbac', ['checking request: requestedServerName: x, headers: ', `'x-request-id', '${newRequestId()}'`]],
  ['rbac', ['enforced denied, matched policy of-another-request']],
  ['router', [`${TAGS} cluster 'inbound|9080||' match for URL '/admin'`]],
  ['router', [`${TAGS} upstream headers complete: end_stream=false`]],
  ['http', [`${TAGS} encoding headers via codec (end_stream=true):`, `':status', '200'`, '']],
];

const FORMATS: Readonly<Record<string, (logger: string, lines: readonly string[]) => string>> = {
  'the standard format': (logger, lines) =>
    `[2026-11-29 21:38:06.263][20317][debug][${logger}] [source/common/x.cc:1] ${lines.join('\n')}`,
  "Istio's text": (logger, lines) =>
    `2026-11-29T21:38:06.263000Z\tdebug\tenvoy ${logger} source/common/x.cc:1\t${lines.join('\n')}\tthread=25`,
  "Istio's JSON": (logger, lines) =>
    JSON.stringify({ level: 'debug', time: 'x', scope: `envoy ${logger}`, msg: lines.join('\n'), thread: '25' }),
};

describe.each(Object.entries(FORMATS))('%s', (_name, write) => {
  const access = `[2026-11-29T21:38:06.263Z] "GET /admin HTTP/1.1" 200 - via_upstream - "${PACKED}"`;
  const text = RECORDS.map(([logger, lines]) => write(logger, lines)).join(`\n${access}\n`);

  it('tells the story of a request', () => {
    const log = readEnvoyLog(text);
    expect(tellsRequests(log)).toBe(true);
    expect(storiesOf(log, ID)).toEqual([
      expect.objectContaining({
        connection: '1',
        stream: '77',
        cluster: 'inbound|9080||',
        localReply: null,
        isAnswered: true,
        status: 200,
        rbac: [{ isAllowed: true, policy: 'ns[a]-policy[b]-rule[0]', peer: 'spiffe://cluster.local/ns/a/sa/b' }],
      }),
    ]);
    expect(storiesOf(log, newRequestId())).toEqual([]);
  });

  it('leaves the lines of the access log', () => {
    expect(readEnvoyLog(text).others.filter((line) => line === access)).toHaveLength(RECORDS.length - 1);
  });
});

it('knows an id that Envoy has changed, and no other', () => {
  expect(hasRequestId(`a ${PACKED} b`, ID)).toBe(true);
  expect(hasRequestId(`${PACKED.slice(0, 14)} ${PACKED}`, ID)).toBe(true);
  expect(hasRequestId(PACKED.replace('2222', '2223'), ID)).toBe(false);
});

it('ends for any text, and makes up no request', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(...RECORDS.flatMap(([logger, lines]) => [FORMATS['the standard format']?.(logger, lines) ?? ''])),
    fc.constantFrom('{"scope":"envoy http"', '{"scope":"envoy http","msg":"x","level":7}', "'a', 'b'", '\tthread=1'),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const log = readEnvoyLog(pieces.join('\n'));
      expect(storiesOf(log, newRequestId())).toEqual([]);
    }),
  );
});
