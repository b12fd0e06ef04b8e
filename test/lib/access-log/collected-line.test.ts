import { collectedLine, whyUnread } from '../../../src/lib/access-log/collected-line';
import { entryOf } from '../../../src/lib/access-log/entry';
import { csvFields } from '../../../src/lib/access-log/exported-line';
import { formatOf } from '../../../src/lib/access-log/format';
import { otelRecords, recordLines } from '../../../src/lib/access-log/otel-records';
import { readLogLine } from '../../../src/lib/access-log/read-line';

const LINE =
  '[2026-08-01T10:00:00.000Z] "GET /reviews/0 HTTP/1.1" 200 - via_upstream - "-" 0 379 12 11 "-" "curl/7.88.1" ' +
  '"4d5f6b3e-1" "reviews:9080" "10.244.0.13:9080" outbound|9080|v2|reviews.bookinfo.svc.cluster.local ' +
  '10.244.0.5:41234 10.96.10.3:9080 10.244.0.5:51234 - -';
const TIME = '2026-08-01T10:00:00.123456789Z';
const ESC = String.fromCharCode(27);
const taken = (line: string, format?: string): ReturnType<typeof collectedLine> =>
  collectedLine(line, () => Promise.resolve(format === undefined ? [] : [formatOf(format, 'given')]));

const csv = (...fields: readonly string[]): string =>
  fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');

/** The line as older releases of Istio wrote it. */
const OLD = '[2019-08-01T10:00:00.000Z] "GET /reviews/0 HTTP/1.1" 200 -';
const OLD_END =
  '0 379 12 11 "-" "curl/7.64.0" "4d5f6b3e-1" "reviews:9080" "10.244.0.13:9080" ' +
  'outbound|9080|v2|reviews.bookinfo.svc.cluster.local - 10.96.10.3:9080 10.244.0.5:51234 -';

describe('a line of an older Istio', () => {
  it.each([
    ['1.4 to 1.8', `${OLD} "-" "-" ${OLD_END} default`],
    ['1.3', `${OLD} "-" "-" ${OLD_END}`],
    ['1.1', `${OLD} "-" ${OLD_END}`],
    ['1.0', `${OLD} ${OLD_END}`],
  ])('%s', (_release, line) => {
    const read = readLogLine(line);
    if (read === null) throw new Error('the line is read');
    expect(read.format).toMatchObject({ name: 'the default format of Istio before 1.9' });
    expect(entryOf(read)).toMatchObject({
      cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local',
      authority: 'reviews:9080',
      downstreamLocal: { ip: '10.96.10.3', port: 9080 },
    });
  });
});

describe('an export of OpenTelemetry', () => {
  const record = (stringValue: string): object => ({ body: { stringValue } });
  const several = JSON.stringify({
    resourceLogs: [
      { scopeLogs: [{ logRecords: [record('a'), record('b')] }, { logRecords: [record('c')] }] },
      { scopeLogs: [{ logRecords: [record('d')] }, {}] },
    ],
  });

  it('is a line for each record', () => {
    expect(recordLines(several).map((line) => otelRecords(JSON.parse(line)))).toEqual(
      ['a', 'b', 'c', 'd'].map((text) => [{ text, pod: null, namespace: null }]),
    );
    expect(whyUnread(several)).toContain('4 records');
    expect(recordLines('{"resourceLogs"')).toEqual(['{"resourceLogs"']);
    expect(recordLines(LINE)).toEqual([LINE]);
  });

  it('may hold fields in place of a text', async () => {
    const pairs = [
      { key: 'method', value: { stringValue: 'GET' } },
      { key: 'path', value: { stringValue: '/' } },
      { key: 'authority', value: { stringValue: 'a' } },
      { key: 'response_code', value: { intValue: '200' } },
    ];
    const inner = JSON.stringify({ method: 'GET', path: '/', authority: 'a', response_code: '200' });
    for (const one of [{ attributes: pairs }, { body: { kvlistValue: { values: pairs } } }]) {
      const line = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [one] }] }] });
      expect(await taken(line)).toMatchObject({ text: inner });
    }
  });
});

describe('a line that a tool collected', () => {
  it.each([
    ['kubectl logs --prefix', `[pod/web-1/istio-proxy] ${LINE}`, 'web-1', null],
    ['kubectl logs --prefix --timestamps', `[pod/web-1/istio-proxy] ${TIME} ${LINE}`, 'web-1', null],
    ['kubectl logs --timestamps', `${TIME} ${LINE}`, null, null],
    ['stern', `web-1 istio-proxy ${LINE}`, 'web-1', null],
    [
      'stern of all namespaces, in colours',
      `${ESC}[36mshop${ESC}[0m ${ESC}[1;3mweb-1${ESC}[0m istio-proxy ${LINE}`,
      'web-1',
      'shop',
    ],
    ['kail', `shop/web-1[istio-proxy]: ${LINE}`, 'web-1', 'shop'],
    ['a file of the CRI', `${TIME} stdout F ${LINE}`, null, null],
    ['a file of Docker', JSON.stringify({ log: `${LINE}\n`, stream: 'stdout', time: TIME }), null, null],
    ['logcli', `2026-08-01T10:00:00Z {namespace="shop", pod="web-1"} ${LINE}`, 'web-1', 'shop'],
    ['journalctl', `Aug 01 10:00:00 node-1 envoy[123]: ${LINE}`, null, null],
    [
      'Fluent Bit',
      JSON.stringify({ log: `${TIME} stdout F ${LINE}`, kubernetes: { pod_name: 'web-1', namespace_name: 'shop' } }),
      'web-1',
      'shop',
    ],
    ['docker compose', `web-1  | ${LINE}`, null, null],
    ['journalctl -o short-iso', `2026-08-01T10:00:00+0000 node-1 envoy[123]: ${LINE}`, null, null],
    ['syslog (RFC 5424)', `<14>1 ${TIME} node-1 app 12 - - ${LINE}`, null, null],
    ['grep -n', `access.log:12:${LINE}`, null, null],
    ["Grafana's text", `1785578400000000000\t2026-08-01T10:00:00.000Z\t${LINE}`, null, null],
    ['a text of JSON', JSON.stringify(LINE), null, null],
    [
      'Cloud Logging',
      JSON.stringify({
        textPayload: LINE,
        resource: { type: 'k8s_container', labels: { pod_name: 'web-1', namespace_name: 'shop' } },
      }),
      'web-1',
      'shop',
    ],
    [
      "OpenTelemetry's file exporter",
      JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: `${LINE}\n` } }] }] }] }),
      null,
      null,
    ],
    [
      'OpenTelemetry, with the pod of its resource',
      JSON.stringify({
        resourceLogs: [
          {
            resource: {
              attributes: [
                { key: 'k8s.pod.name', value: { stringValue: 'web-1' } },
                { key: 'k8s.namespace.name', value: { stringValue: 'shop' } },
              ],
            },
            scopeLogs: [{ logRecords: [{ body: { stringValue: LINE } }] }],
          },
        ],
      }),
      'web-1',
      'shop',
    ],
    [
      "Grafana's CSV of Loki",
      csv(
        '{"app":"web","namespace":"shop","pod":"web-1"}',
        '2026-08-01T10:00:00.000Z',
        LINE,
        '1785578400000000000',
        'a1',
      ),
      'web-1',
      'shop',
    ],
    ["Grafana's CSV without labels", csv('2026-08-01 10:00:00.000', LINE), null, null],
    ['CSV of a line with what Docker put around it', csv('1', JSON.stringify({ log: `${LINE}\n` })), null, null],
    [
      "Fluent Bit's stdout",
      `[3] kube.var.log.containers.web-1_shop_istio-proxy-0a1b.log: [[1785578400.123456789, {}], {"time"=>"${TIME}", "stream"=>"stdout", "log"=>"${LINE}", "_p"=>"F"}]`,
      'web-1',
      'shop',
    ],
    [
      "Fluent Bit's stdout before 2.1, with its filter of Kubernetes",
      `[0] kube.x: [1785578400.123456789, {"log"=>"${TIME} stdout F ${LINE}", "kubernetes"=>{"pod_name"=>"web-1", "namespace_name"=>"shop"}}]`,
      'web-1',
      'shop',
    ],
  ])('%s', async (_tool, line, pod, namespace) => {
    expect(await taken(line)).toEqual({ text: LINE, pod, namespace });
  });

  it('is not one of several records of OpenTelemetry, of which the others would be lost', async () => {
    const logRecords = [LINE, LINE].map((stringValue) => ({ body: { stringValue } }));
    expect(await taken(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }))).toBeNull();
  });

  it.each([
    ['UTF-16', Buffer.from(LINE, 'utf16le').toString(), /UTF-16/],
    ['a line that was cut', LINE.slice(0, 100), /may be cut/],
    ['JSON that was cut', '{"method":"GET","path', /may be cut/],
    ['the head of a CSV file', 'labels,Time,Line,tsNs,id', /head of a CSV/],
    ['what separates its fields', 'sep=,', /head of a CSV/],
    ['a whole line of another format', `${LINE} more "x"`, /--format/],
    [
      'a log of Cloud Service Mesh',
      JSON.stringify({ httpRequest: { status: 200 }, logName: 'projects/p/logs/server-accesslog-stackdriver' }),
      /Cloud Service Mesh/,
    ],
    ['another text', 'hello', null],
  ])('tells why %s is not read', (_what, text, why) => {
    expect(whyUnread(text)).toEqual(why === null ? null : expect.stringMatching(why));
  });

  it('is none where a quoted field has no end that is near', () => {
    expect(csvFields(`"${'x'.repeat(20_000_000)}",b`)).toEqual([]);
    expect(csvFields(`"${'x'.repeat(1_000_000)}",b`)).toHaveLength(1);
  });

  it("holds Istio's JSON in JSON", async () => {
    const inner = JSON.stringify({ method: 'GET', path: '/', authority: 'a', response_code: 200 });
    expect(await taken(JSON.stringify({ message: inner }))).toMatchObject({ text: inner });
  });

  it('keeps what the format itself begins with, and what is before no access log line', async () => {
    expect(await taken(LINE)).toBeNull();
    expect(await taken(`${TIME} info starting the agent`)).toBeNull();
    const format = '%START_TIME% %REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE% %REQ(USER-AGENT)%';
    expect(await taken('2026-08-01T10:00:00.000Z GET / 200 a b c', format)).toBeNull();
    expect(await taken('web-1 istio-proxy GET / 200', '%REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE%')).toMatchObject({
      pod: 'web-1',
      text: 'GET / 200',
    });
  });
});
