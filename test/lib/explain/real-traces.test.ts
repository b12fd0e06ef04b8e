/** Traces of real configurations: each is what the schema says, and can be shown in every form. */
import Ajv from 'ajv';
import { join } from 'node:path';
import schema from '../../../schemas/trace.schema.json';
import { renderTrace, streamedTraceJson, TRACE_FORMATS } from '../../../src/lib/explain/render-trace';
import { traceJson } from '../../../src/lib/explain/trace-json';
import { TraceSession, type Tracer } from '../../../src/lib/session/trace-session';
import { openSample } from '../../../src/lib/source/sample';
import { openSnapshot } from '../../../src/lib/source/snapshot';
import type { Trace } from '../../../src/lib/trace/model';
import type { TraceQuery } from '../../../src/lib/trace/request/query';
import { temporaryDirectory } from '../../helpers/temporary-directory';
import { twoPodsRuns } from '../../helpers/two-pods';

const OPTIONS = { namespace: null, selector: null, note: () => undefined };
const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true }).compile(schema);

function expectSound(trace: Trace): void {
  validate(JSON.parse(JSON.stringify(traceJson(trace))));
  expect(validate.errors ?? []).toEqual([]);
  const isBad = trace.verdict === 'failed' || trace.verdict === 'denied' || trace.verdict === 'unknown';
  expect(trace.reason === null).toBe(isBad ? false : trace.reason !== 'tls-required');
  expect(trace.summary).toMatch(/[.!?:)]$/);
}

async function sampleTracer(): Promise<Tracer> {
  const mesh = await openSample(join(__dirname, '../../..'), OPTIONS);
  return await new TraceSession(mesh).open('productpage-v1-6b746f74dc-9stvs.bookinfo');
}

const QUESTIONS: readonly TraceQuery[] = [
  { url: 'http://reviews:9080/reviews/0', headers: [['end-user', 'luffy']] },
  { url: 'http://reviews:9080/reviews/0' },
  { url: 'https://reviews:9080/reviews/0' },
  { url: 'http://reviews:9081/reviews/0' },
  { url: 'http://review.test:9080/', originalDst: { ip: '10.96.10.3', port: 9080 } },
  { url: 'http://details:9080/', uid: 1337 },
  { url: 'tcp://203.0.113.7:5000', serverFirst: true },
  { url: 'http://ratings:9080/%zz', httpVersion: '1.0' },
];

describe('a real trace', () => {
  it.each(QUESTIONS)('of the sample to $url can be shown in every form', async (query) => {
    const tracer = await sampleTracer();
    const trace = await tracer.trace(query, { allBranches: true, explain: false });
    expectSound(trace);
    for (const format of TRACE_FORMATS) {
      const text = await renderTrace(trace, format, {
        width: 80,
        colour: false,
        explain: false,
        configAt: (hop, pointer) => tracer.pieceOf(hop, pointer),
      });
      expect(text).not.toMatch(/undefined|\[object|NaN/);
      if (format === 'json') expect([...streamedTraceJson(trace)].join('')).toBe(text);
      if (format === 'table') expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

  it('fits a screen of 24 lines of 80 columns, with every place that an engineer asks for', async () => {
    const tracer = await sampleTracer();
    const query = { url: 'http://reviews:9080/reviews/0', headers: [['end-user', 'luffy']] } as const;
    const trace = await tracer.trace(query, { allBranches: true, explain: false });
    const text = await renderTrace(trace, 'tree', { width: 80, colour: false, explain: false, listBranches: false });
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const places = [
      '15001',
      '0.0.0.0_9080',
      'route configuration 9080',
      'reviews.bookinfo.svc.cluster.local:9080',
      'luffy',
    ];
    for (const place of [
      ...places,
      'EDS, subset v2',
      'uid 1337',
      '10.244.0.13:9080',
      '15006',
      'inbound|9080||',
      'the application',
    ]) {
      expect(text).toContain(place);
    }
  });

  it('shows the piece of configuration that each step points to', async () => {
    const tracer = await sampleTracer();
    const { hops } = await tracer.trace({ url: 'http://reviews:9080/' }, { allBranches: false, explain: false });
    const pointed = hops.flatMap((hop) =>
      hop.steps.flatMap(({ config }) => (config === null ? [] : [{ hop, config }])),
    );
    expect(pointed.length).toBeGreaterThan(20);
    const dangling = pointed.filter(({ hop, config }) => tracer.pieceOf(hop, config) === undefined);
    expect(dangling.map(({ config }) => config)).toEqual([]);
  });

  it.each(twoPodsRuns().map((run) => [run.name, run] as const))(
    'of the recorded mesh %s is sound',
    async (_name, run) => {
      const directory = temporaryDirectory();
      for (const [path, content] of run.files) directory.write(path, content);
      const mesh = await openSnapshot(directory.path, OPTIONS);
      const [source] = (await mesh.proxies()).filter(
        ({ name }) => name.startsWith('productpage') || name.startsWith('client'),
      );
      const tracer = await new TraceSession(mesh).open(
        source === undefined ? undefined : `${source.name}.${source.namespace}`,
      );
      for (const { call } of run.cases.slice(0, 40)) {
        const { host, address: ip, port, path, method } = call;
        const headers = [['Host', host] as const, ...call.headers];
        const query = { url: `http://${ip}:${port}${path}`, method, headers, originalDst: { ip, port } };
        const trace = await tracer.trace(query, { allBranches: true, explain: false });
        expectSound(trace);
      }
      directory.remove();
    },
  );
});
