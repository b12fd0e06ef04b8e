/**
 * What `mctl check --generate` writes, sent to a real Envoy that has loaded the same configuration: each request must meet the
 * route that it was made for, and end as the check expects.
 */
import { Readable } from 'node:stream';
import type { CheckRequest } from '../../src/lib/check/check-file';
import { unmetExpectations } from '../../src/lib/check/expectation';
import { type GeneratedCheck, generateChecks } from '../../src/lib/generate/generate';
import { TraceSession, type Tracer } from '../../src/lib/session/trace-session';
import { openFiles } from '../../src/lib/source/file';
import { corpusFiles } from '../helpers/corpora';
import { temporaryDirectory } from '../helpers/temporary-directory';
import { compareHop } from './compare/compare';
import { replay, type SimulatedCall } from './corpora/replay';
import { describeDisagreement, Tally } from './report';
import type { Call } from './rig/call';
import { checkRequest, traceAll } from './rig/mctl';
import { describeWithEnvoy } from './rig/requirements';

const DUMPS = [
  'bookinfo/productpage-v1-6b746f74dc-9stvs',
  'bookinfo-strict/reviews-v2-7bf8c9648f-rzfp6',
  'mixed/client-7d9f8b6c5-aaaaa',
  'mixed/echo-5c6d7-bbbbb',
  'ingress/istio-ingressgateway-6bd9cfd8-9mh2c',
];
const tally = new Tally('generated checks');
const directory = temporaryDirectory();

async function tracerOf(name: string): Promise<Tracer> {
  const file = directory.write(`${name}.json`, corpusFiles()[`${name}.config_dump.json`] ?? '');
  return await new TraceSession(await openFiles([file], () => Readable.from([]))).open(undefined);
}

/** The check's request as it goes over the wire; null of one that comes in from another pod, which the rig does not play. */
function callOf({ request }: GeneratedCheck, tracer: Tracer): SimulatedCall | null {
  if (request.mode === 'inbound') return null;
  const url = new URL(request.url!);
  const given = Object.entries(request.headers ?? {}) as [string, string][];
  const host = given.find(([name]) => name === 'Host')?.[1] ?? url.host;
  const { address, port } = addressOf(request);
  const isTls = url.protocol === 'https:';
  return {
    address,
    port,
    protocol: request.httpVersion === '2' ? 'http2' : 'http',
    mode: tracer.config.proxyType === 'router' ? 'gateway' : 'outbound',
    tls: request.tls ?? (isTls ? 'tls' : 'plaintext'),
    method: request.method ?? 'GET',
    path: request.url!.slice(`${url.protocol}//${url.host}`.length) || '/',
    host,
    headers: Object.fromEntries(given.filter(([name]) => name !== 'Host').map(([name, value]) => [name, [value]])),
    ...(isTls ? { sni: request.sni ?? url.hostname, alpn: 'http/1.1' } : {}),
  };
}

function addressOf({ originalDst = '' }: CheckRequest): { readonly address: string; readonly port: number } {
  const [address = '', port = ''] = originalDst.split(':');
  return { address, port: Number(port) };
}

/** In the rig every authority is the same one; whose certificate a gateway's client has, the check does not say. */
function requestOf(call: Call): CheckRequest {
  const { sourcePrincipal, ...request } = checkRequest(call);
  return call.mode === 'gateway' || sourcePrincipal === undefined ? request : { ...request, sourcePrincipal };
}

describeWithEnvoy('generated checks in a real Envoy', () => {
  it.each(DUMPS)(
    '%s',
    async (name) => {
      const tracer = await tracerOf(name);
      const options = { allBranches: false, explain: false };
      const { checks } = await generateChecks(tracer.config, (query) => tracer.trace(query, options));
      const sent = checks.flatMap((check) => {
        const call = callOf(check, tracer);
        return call === null ? [] : [{ check, call }];
      });
      expect(sent.length).toBeGreaterThan(4);
      const { observations, configDump, clusters } = await replay(
        corpusFiles()[`${name}.config_dump.json`] ?? '',
        sent.map(({ call }) => call),
      );
      const source = [
        '-f',
        directory.write('config_dump.json', configDump),
        '-f',
        directory.write('clusters.json', clusters),
      ];
      const traces = traceAll(
        source,
        observations.map(({ call }) => requestOf(call)),
      );
      const results = observations.map((observation, index) => {
        const trace = traces[index];
        const { check } = sent[index] ?? {};
        if (trace === undefined || check === undefined) throw new Error('as many traces as requests');
        const { compared, differences } = compareHop(observation, trace);
        // Where the request went; how it ends hangs on hosts that the rig does not have.
        const { routeConfiguration, virtualHost, route, cluster, clusters: shares, location } = check.expect;
        const known = { routeConfiguration, virtualHost, route, cluster, clusters: shares, location };
        const expected = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
        const unmet = 'error' in trace ? [] : unmetExpectations(trace, expected);
        const told = unmet.map(({ key, expected: mctl, actual: envoy }) => ({ what: `expected ${key}`, envoy, mctl }));
        return { call: observation.call, compared: compared + 1, differences: [...differences, ...told] };
      });
      const disagreements = results.filter(({ differences }) => differences.length > 0);
      tally.add({
        requests: sent.length,
        compared: results.reduce((sum, one) => sum + one.compared, 0),
        disagreements,
      });
      expect(disagreements.map(describeDisagreement).join('\n')).toBe('');
    },
    120_000,
  );

  afterAll(() => {
    tally.print();
    directory.remove();
  });
});
