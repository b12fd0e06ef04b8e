import { collectedLine, whyUnread } from '../../../src/lib/access-log/collected-line';
import { formatOf } from '../../../src/lib/access-log/format';

const LINE =
  '[2026-08-01T10:00:00.000Z] "GET /reviews/0 HTTP/1.1" 200 - via_upstream - "-" 0 379 12 11 "-" "curl/7.88.1" ' +
  '"4d5f6b3e-1" "reviews:9080" "10.244.0.13:9080" outbound|9080|v2|reviews.bookinfo.svc.cluster.local ' +
  '10.244.0.5:41234 10.96.10.3:9080 10.244.0.5:51234 - -';
const TIME = '2026-08-01T10:00:00.123456789Z';
const ESC = String.fromCharCode(27);
const taken = (line: string, format?: string): ReturnType<typeof collectedLine> =>
  collectedLine(line, () => Promise.resolve(format === undefined ? [] : [formatOf(format, 'given')]));

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
    ['another text', 'hello', null],
  ])('tells why %s is not read', (_what, text, why) => {
    expect(whyUnread(text)).toEqual(why === null ? null : expect.stringMatching(why));
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
