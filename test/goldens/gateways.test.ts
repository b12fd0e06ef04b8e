/**
 * Configurations of Envoy Gateway, kgateway and Kuma (from their public translation examples) as a real Envoy 1.37 dumped them,
 * with requests and what Envoy answered and logged: a trace says the same, or names the input that decides. Nothing listened
 * behind the clusters, so that a request which got as far as its cluster ended there with 503, 502 or 504.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { CheckRequest } from '../../src/lib/check/check-file';
import { openFiles } from '../../src/api/open';
import type { Trace } from '../../src/lib/trace/model';
import { temporaryDirectory } from '../helpers/temporary-directory';

interface Asked {
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  readonly sni: string | null;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly envoy: {
    readonly status?: number | null;
    readonly location?: string | null;
    readonly route?: string | null;
    readonly cluster?: string | null;
  };
}

interface Observed {
  readonly name: string;
  readonly config_dump: object;
  readonly clusters?: object | null;
  readonly requests: readonly Asked[];
}

const packed = readFileSync(join(__dirname, '../fixtures/gateways.json.br'));
const all = JSON.parse(brotliDecompressSync(packed).toString('utf8')) as readonly Observed[];
const directory = temporaryDirectory();

afterAll(() => {
  directory.remove();
});

function requestOf({ address, port, tls, sni, method, path, host, headers }: Asked): CheckRequest {
  const isIpv6 = address.includes(':');
  const to = `${isIpv6 ? `[${address}]` : address}:${port}`;
  return {
    url: `${tls ? 'https' : 'http'}://${to}${path}`,
    originalDst: to,
    mode: 'gateway',
    method,
    headers: [['Host', host], ['x-test-id', '1'], ...headers, ['connection', 'close']],
    httpVersion: '1.1',
    sourceIp: isIpv6 ? '::1' : '127.0.0.1',
    ...(tls ? { sni: sni ?? '', alpn: [] } : {}),
  } as unknown as CheckRequest;
}

/** What the trace says otherwise than Envoy did; a text each. */
function differences({ envoy, tls }: Asked, trace: Trace): readonly string[] {
  return (envoy.status ?? null) === null ? ofNoAnswer(tls, trace) : [...ofEnd(envoy, trace), ...ofRoute(envoy, trace)];
}

/** A plain-text answer to a client that speaks TLS is none that it can read. */
function ofNoAnswer(isTls: boolean, { verdict, status }: Trace): readonly string[] {
  if (isTls && verdict === 'failed') return [];
  const answers = ['delivered', 'redirected', 'direct-response'].includes(verdict) || status !== null;
  return answers ? [`no answer, ${verdict} ${String(status)}`] : [];
}

/** The cluster that took the request, or the status and Location that Envoy answered itself. */
function ofEnd({ status: seen, cluster, location: to }: Asked['envoy'], trace: Trace): readonly string[] {
  const { verdict, status, location } = trace;
  if (!isText(cluster)) {
    const differ = seen === status ? [] : [`status ${String(seen)}, ${verdict} ${String(status)}`];
    return isText(to) && to !== location ? [...differ, `location ${to}, ${String(location)}`] : differ;
  }
  const clusters = (trace.hops[0]?.clusters ?? []).map(({ name }) => name);
  const reached = clusters.length === 0 ? verdict === 'delivered' : clusters.includes(cluster);
  return reached ? [] : [`cluster ${cluster}, ${clusters.join(', ')} ${verdict}`];
}

function ofRoute({ route: seen }: Asked['envoy'], { hops: [hop] }: Trace): readonly string[] {
  const route = hop?.route?.name;
  return isText(seen) && route !== undefined && route !== seen ? [`route ${seen}, ${String(route)}`] : [];
}

function isText(text: string | null | undefined): text is string {
  return (text ?? '') !== '';
}

function isAnswer(trace: Trace | { readonly error: unknown }): trace is Trace {
  return 'verdict' in trace;
}

/** The answer of an external authorizer is in no configuration: nothing else may be unknown. */
const OPEN: Readonly<Record<string, number>> = { 'ext-auth': 33 };

it.each(all)('$name', async ({ name, config_dump: dump, clusters, requests }) => {
  const files = [directory.write('config_dump.json', JSON.stringify(dump))];
  if (clusters) files.push(directory.write('clusters.json', JSON.stringify(clusters)));
  const mesh = await openFiles(...files);
  const checks = requests.map((request, index) => ({ name: `request ${index}`, request: requestOf(request) }));
  const report = await mesh.check(JSON.stringify({ checks }));
  const traces = report.checks.map(({ trace, error }) => trace ?? { error });
  expect(traces).toHaveLength(requests.length);
  const differ = requests.flatMap((request, index) => {
    const trace = traces[index]!;
    const found = isAnswer(trace) ? (trace.verdict === 'unknown' ? [] : differences(request, trace)) : [trace.error];
    return found.length === 0 ? [] : [{ request: `${request.method} ${request.host} ${request.path}`, found }];
  });
  expect(differ).toEqual([]);
  expect(traces.filter((trace) => isAnswer(trace) && trace.verdict === 'unknown')).toHaveLength(OPEN[name] ?? 0);
});
