import fc from 'fast-check';
import { entryOf } from '../../../src/lib/access-log/entry';
import { formatOf, parseFormat } from '../../../src/lib/access-log/format';
import { readLogLine } from '../../../src/lib/access-log/read-line';
import { rebuiltRequest } from '../../../src/lib/access-log/rebuilt-request';
import { UsageError } from '../../../src/lib/errors';

export const ISTIO_LINE =
  '[2026-08-01T10:00:00.000Z] "GET /reviews/0?x=1 HTTP/1.1" 200 - via_upstream - "-" 0 379 12 11 "-" "curl/7.88.1" ' +
  '"4d5f6b3e-1" "reviews:9080" "10.244.0.13:9080" outbound|9080|v2|reviews.bookinfo.svc.cluster.local ' +
  '10.244.0.5:41234 10.96.10.3:9080 10.244.0.5:51234 - -';
const ENVOY_LINE =
  '[2026-08-01T10:00:00.000Z] "POST /a HTTP/2" 503 UF,URX 10 91 3 - "-" "grpc-go/1.6" "id" "shop.example" "10.0.0.1:80"';

const read = (line: string, format?: string): ReturnType<typeof entryOf> => {
  const found = readLogLine(line, format === undefined ? [] : [formatOf(format, 'given')]);
  if (found === null) throw new Error('not read');
  return entryOf(found);
};

describe('an access log line', () => {
  it("is read by Istio's default format", () => {
    expect(read(ISTIO_LINE)).toMatchObject({
      method: 'GET',
      path: '/reviews/0?x=1',
      authority: 'reviews:9080',
      status: 200,
      flags: null,
      details: 'via_upstream',
      route: null,
      tellsRoute: true,
      cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local',
      upstreamHost: { ip: '10.244.0.13', port: 9080 },
      downstreamLocal: { ip: '10.96.10.3', port: 9080 },
      serverName: null,
    });
  });

  it("is read by Envoy's default format, which tells no cluster", () => {
    expect(read(ENVOY_LINE)).toMatchObject({ status: 503, flags: 'UF,URX', tellsCluster: false, cluster: null });
  });

  it("is read as Istio's JSON", () => {
    const line = JSON.stringify({
      ...{ method: 'GET', path: '/', authority: 'a', response_code: 403, response_flags: '-', route_name: 'default' },
      ...{ downstream_local_address: '[fd00::1]:80', user_agent: null, upstream_cluster: 'inbound|80||' },
    });
    expect(read(line)).toMatchObject({ status: 403, downstreamLocal: { ip: 'fd00::1', port: 80 }, route: 'default' });
  });

  it('is read by a format that is given, headers of the request among its fields', () => {
    const entry = read('GET /x|luffy|200', '%REQ(:METHOD)% %REQ(:PATH)%|%REQ(end-user)%|%RESPONSE_CODE%\\n');
    expect(entry).toMatchObject({ method: 'GET', path: '/x', status: 200, tellsRoute: false });
    expect(entry.headers.get('end-user')).toBe('luffy');
    const nested = read('{"a": {"m": "GET"}, "s": "200"}', '{"a": {"m": "%REQ(:METHOD)%"}, "s": "%RESPONSE_CODE%"}');
    expect(nested).toMatchObject({ method: 'GET', status: 200 });
  });

  it.each([
    ['many blanks and quotes behind what it has', `${ISTIO_LINE}${' "x" -'.repeat(20_000)}"`],
    ['many blanks in it that fit nowhere', `[t] "${'a b "c" '.repeat(20_000)}`],
  ])('is read, or not, in one walk: %s', (_what, line) => {
    expect([null, 'GET']).toContain(readLogLine(line)?.values.get('REQ(:method)') ?? null);
  });

  it('has no value for operators with nothing between them, however many there are', () => {
    const adjacent = `${'%REQ(A)%'.repeat(40)} %RESPONSE_CODE%`;
    const line = readLogLine(`${'a'.repeat(5000)} 200`, [formatOf(adjacent, 'given')]);
    expect(line?.values).toEqual(new Map([['RESPONSE_CODE', '200']]));
    expect(readLogLine('a'.repeat(5000), [formatOf(`${'%REQ(A)%'.repeat(40)}|`, 'given')])).toBeNull();
  });

  it('takes blanks in a value where nothing else fits', () => {
    expect(
      read('GET / no route found|x', '%REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE_DETAILS%|%ROUTE_NAME%'),
    ).toMatchObject({ method: 'GET', path: '/', details: 'no route found', route: 'x' });
  });

  it('of JSON knows nothing of a key that is not there, and takes null for no value', () => {
    const line = { method: 'GET', path: '/', authority: 'a', response_code: 200, route_name: null };
    expect(read(JSON.stringify(line))).toMatchObject({ tellsCluster: false, tellsRoute: true, route: null });
  });

  it('of JSON reads keys with dots, and constants with a percent sign', () => {
    const format = '{"http.method": "%REQ(:METHOD)%", "full": "100%%", "http": {"status": "%RESPONSE_CODE%"}}';
    const entry = read('{"http.method": "PUT", "full": "100%", "http": {"status": 201}}', format);
    expect(entry).toMatchObject({ method: 'PUT', status: 201 });
  });

  it.each(['', 'hello', '{"a": 1}', '{', 'GET / HTTP/1.1'])('%j is none', (line) => {
    expect(readLogLine(line)).toBeNull();
  });

  it('refuses a format without operators', () => {
    expect(() => parseFormat('hello')).toThrow(UsageError);
    expect(() => formatOf('{"a"', 'given')).toThrow(UsageError);
  });

  it('gives back what Envoy would have written', () => {
    const word = fc.stringMatching(/^[!#-Z^-~]{1,12}$/).filter((text) => text !== '-');
    fc.assert(
      fc.property(word, word, fc.integer({ min: 100, max: 599 }), (path, cluster, status) => {
        const format = '"%REQ(:METHOD)% %REQ(:PATH)%" %RESPONSE_CODE% %UPSTREAM_CLUSTER_RAW% end';
        const entry = read(`"GET ${path}" ${status} ${cluster} end`, format);
        expect(entry).toMatchObject({ method: 'GET', path, status, cluster });
      }),
    );
  });
});

describe('formats side by side, and values that hold what ends them', () => {
  const GIVEN = '%START_TIME(%Y-%m-%d %H:%M:%S.%3f)% %REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %GRPC_STATUS%';

  it('a time whose format has blanks', () => {
    const entry = read('2026-11-30 09:57:45.258 POST /pkg.Service/Call 200 Unavailable', GIVEN);
    expect(entry).toMatchObject({ method: 'POST', path: '/pkg.Service/Call', status: 200 });
    const short = read('11/30/26/GET/200', '%START_TIME(%D)%/%REQ(:METHOD)%/%RESPONSE_CODE%');
    expect(short).toMatchObject({ method: 'GET', status: 200 });
  });

  it("Istio's names of clusters between bars", () => {
    const format = '%REQ(:METHOD)%|%UPSTREAM_CLUSTER%|%UPSTREAM_HOST%|%RESPONSE_CODE%';
    const outbound = read('GET|outbound|9080|v2|reviews.bookinfo.svc.cluster.local|10.1.1.1:80|200', format);
    expect(outbound).toMatchObject({
      cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local',
      upstreamHost: { ip: '10.1.1.1', port: 80 },
      status: 200,
    });
    expect(read('GET|inbound|9080|||10.1.1.1:80|200', format)).toMatchObject({
      cluster: 'inbound|9080||',
      status: 200,
    });
    expect(read('GET|PassthroughCluster|10.1.1.1:80|200', format)).toMatchObject({ cluster: 'PassthroughCluster' });
    expect(read('GET|-|-|404', format)).toMatchObject({ cluster: null, status: 404 });
  });

  it('a file whose format changes in its middle', () => {
    const formats = [formatOf(GIVEN, 'given'), formatOf('{"m": "%REQ(:METHOD)%", "s": "%RESPONSE_CODE%"}', 'json')];
    const name = (line: string): string | undefined => readLogLine(line, formats)?.format.name;
    expect(name('2026-11-30 09:57:45.258 GET /x 200 -')).toBe('given');
    expect(name(ISTIO_LINE)).toBe("Istio's default format");
    expect(name(ENVOY_LINE)).toBe("Envoy's default format");
    expect(name('{"m": "GET", "s": 200}')).toBe('json');
    expect(name(JSON.stringify({ method: 'GET', path: '/', authority: 'a', response_code: 200 }))).toBe(
      "Istio's JSON format",
    );
  });

  it('response flags in their long names', () => {
    const format = '%REQ(:METHOD)% %RESPONSE_CODE% %RESPONSE_FLAGS_LONG%';
    expect(read('GET 503 NoHealthyUpstream,UpstreamRetryLimitExceeded', format)).toMatchObject({ flags: 'UH,URX' });
    expect(read('GET 200 -', format)).toMatchObject({ flags: null });
  });

  it('of several JSON formats the one is taken that has most keys of the line', () => {
    const formats = [
      formatOf('{"m": "%REQ(:METHOD)%", "x": "%REQ(A)%", "y": "%REQ(B)%", "z": "%REQ(C)%"}', 'first'),
      formatOf(
        '{"m": "%REQ(:METHOD)%", "n": {"s": "%RESPONSE_CODE%", "y": "%REQ(:PATH)%"}, "y": "%REQ(B)%"}',
        'second',
      ),
    ];
    const line = readLogLine('{"m": "GET", "n": {"s": "503", "y": "/"}, "y": 7}', formats);
    expect(line?.format.name).toBe('second');
    expect(entryOf(line ?? { values: new Map() })).toMatchObject({ method: 'GET', status: 503, path: '/' });
  });
});

describe('the request of a line', () => {
  const sidecar = { ips: ['10.244.0.5'], type: 'sidecar', ownPorts: new Set([8080]) };

  it('goes where the connection was made to', () => {
    expect(rebuiltRequest(read(ISTIO_LINE), sidecar)).toMatchObject({
      mode: 'outbound',
      query: {
        url: 'http://10.96.10.3:9080/reviews/0?x=1',
        method: 'GET',
        headers: [
          ['Host', 'reviews:9080'],
          ['user-agent', 'curl/7.88.1'],
        ],
        originalDst: { ip: '10.96.10.3', port: 9080 },
        httpVersion: '1.1',
      },
    });
  });

  it('comes in where the called address is the own one, with mutual TLS where there is a server name', () => {
    const line = ISTIO_LINE.replace(
      '10.96.10.3:9080 10.244.0.5:51234 -',
      '10.244.0.5:9080 10.244.0.9:4000 outbound_.9080_._.a.b',
    ).replace('outbound|9080|v2|reviews.bookinfo.svc.cluster.local', 'inbound|9080||');
    expect(rebuiltRequest(read(line), sidecar)).toMatchObject({
      mode: 'inbound',
      query: { sourceIp: '10.244.0.9', tls: 'mtls', sni: 'outbound_.9080_._.a.b' },
    });
  });

  it.each([
    ['127.0.0.1:15001', 'outbound', '192.0.2.1', 15001],
    ['127.0.0.6:15006', 'inbound', '10.244.0.5', 15006],
  ])('that holds %s, the redirect itself, goes nowhere that is known', (address, mode, ip, port) => {
    const line = ISTIO_LINE.replace('10.96.10.3:9080', address);
    const message = { method: 'GET', headers: [['Host', 'reviews:9080'], expect.anything()] };
    const query = { url: `http://${ip}:${port}/reviews/0?x=1`, originalDst: { ip, port }, ...message };
    expect(rebuiltRequest(read(line), sidecar)).toMatchObject({ isAnywhere: true, mode, query });
    const tcp = line.replace('"GET /reviews/0?x=1 HTTP/1.1" 200', '"- - -" 0').replace('"reviews:9080"', '"-"');
    expect(rebuiltRequest(read(tcp), sidecar)).toMatchObject({ query: { url: `tcp://${ip}:${port}` } });
  });

  it('is a TCP connection where there is no method', () => {
    const line = ISTIO_LINE.replace('"GET /reviews/0?x=1 HTTP/1.1" 200', '"- - -" 0').replace('"reviews:9080"', '"-"');
    expect(rebuiltRequest(read(line), sidecar)?.query.url).toBe('tcp://10.96.10.3:9080');
  });
});
