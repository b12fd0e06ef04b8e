/** One seed: an Envoy that follows redirects of its own, random requests, and where each went beside mctl's trace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request as ask } from 'node:http';
import { request as askTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trace } from '../../../src/lib/trace/model';
import { temporaryDirectory } from '../../helpers/temporary-directory';
import { Comparison } from '../compare/compare';
import type { Report } from '../report';
import { type LogLine, readLog } from '../rig/access-log';
import { Authority } from '../rig/certificates';
import { freePort } from '../rig/listening-envoy';
import { traceAll, type Traced } from '../rig/mctl';
import { withOtherSeeds } from '../rig/other-seed';
import { PlainEnvoy } from '../rig/plain-envoy';
import { sleep } from '../rig/process';
import { Random } from '../rig/random';
import { bootstrap, HOSTS, PATHS, type Setting } from './configuration';

interface Call {
  readonly id: string;
  readonly isTls: boolean;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

interface Answer {
  /** Null where none came. */
  readonly status: number | null;
  readonly location: string | null;
  /** Of the connection: the caller's port and the listener's. */
  readonly ports: string;
}

/** An Envoy that did not start, or ended: 1.37 does so where it sends some requests with bodies again. */
class Ended extends Error {}

/** Runs a seed; one whose Envoy ends goes on as another that is made from it. */
export async function runSeed(seed: number, requests: number, keep: string | null = null): Promise<Report> {
  return await withOtherSeeds(seed, Ended, (one) => runOnce(one, requests, keep));
}

async function runOnce(seed: number, requests: number, keep: string | null): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-redirects-'));
  const files = temporaryDirectory();
  const application = createServer((_request, response) => response.end('application'));
  let envoy: PlainEnvoy | null = null;
  try {
    const random = new Random(seed);
    const certificate = new Authority(directory).issue('spiffe://cluster.local/ns/a/sa/b', ['a.test']);
    const setting: Setting = {
      plain: await freePort(),
      tls: await freePort(),
      back: await freePort(),
      application: await listen(application),
      log: join(directory, 'access.log'),
      certificate,
    };
    const seesOther = random.chance(0.4);
    const methods = seesOther ? ['GET', 'GET', 'HEAD'] : ['GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS'];
    // A port that was free a moment ago may be somebody's by now.
    envoy = await PlainEnvoy.start(directory, bootstrap(random, setting, seesOther)).catch((error: unknown) => {
      throw new Ended((error as Error).message);
    });
    const calls = Array.from({ length: requests }, (_unused, index) => makeCall(random, `call-${index}`, methods));
    const answers: Answer[] = [];
    for (const call of calls) answers.push(await send(call, setting));
    const dump = await envoy.admin('/config_dump?include_eds').catch((error: unknown) => {
      throw new Ended((error as Error).message);
    });
    if (keep !== null) writeFileSync(join(keep, `redirects-${seed}.json`), dump);
    const source = ['-f', files.write('config_dump.json', dump)];
    const traces = traceAll(
      source,
      calls.map((call) => checkOf(call, setting)),
    );
    return reportOf(calls, answers, traces, await linesOf(setting.log, requests));
  } finally {
    await envoy?.stop();
    application.close();
    files.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

function makeCall(random: Random, id: string, methods: readonly string[]): Call {
  const method = random.pick(methods);
  return {
    id,
    isTls: random.chance(0.35),
    method,
    path: random.pick(PATHS),
    headers: [
      ['Host', random.pick(HOSTS)],
      ['x-request-id', id],
      ...(random.chance(0.2) ? [['x-added', 'own'] as const] : []),
      ...(random.chance(0.2) ? [['x-forwarded-proto', random.pick(['http', 'https'])] as const] : []),
      ...(random.chance(0.15) ? [['x-envoy-upstream-rq-timeout-ms', '2500'] as const] : []),
      ...(random.chance(0.1) ? [['x-copied', 'own'] as const] : []),
      ...(method === 'POST' || method === 'PUT' ? [['content-length', random.pick(['0', '4'])] as const] : []),
    ],
  };
}

function checkOf(
  { isTls, method, path, headers }: Call,
  { plain, tls }: Setting,
): Parameters<typeof traceAll>[1][number] {
  const port = isTls ? tls : plain;
  return {
    url: `${isTls ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
    originalDst: `127.0.0.1:${port}`,
    mode: 'gateway',
    sourceIp: '127.0.0.1',
    method,
    headers,
    ...(isTls ? { sni: 'a.test', alpn: [] } : {}),
  };
}

async function send({ isTls, method, path, headers }: Call, { plain, tls }: Setting): Promise<Answer> {
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  const options = { host: '127.0.0.1', port: isTls ? tls : plain, method, path, agent: false };
  const fields = {
    setHost: false,
    headers: Object.fromEntries(headers),
    rejectUnauthorized: false,
    servername: 'a.test',
  };
  return new Promise((resolve) => {
    let ports = '';
    const sent = (isTls ? askTls : ask)({ ...options, ...fields }, (came) => {
      came.resume().on('end', () => {
        resolve({ status: came.statusCode ?? 0, location: came.headers.location ?? null, ports });
      });
    });
    sent.on('socket', (socket) => {
      socket.once('connect', () => (ports = `${socket.localPort ?? 0} ${options.port}`));
    });
    sent.on('error', () => {
      resolve({ status: null, location: null, ports });
    });
    sent.end('x'.repeat(Number(length ?? 0)));
  });
}

/** The lines of each call in the order in which its walks ended. */
async function linesOf(log: string, calls: number): Promise<ReadonlyMap<string, readonly LogLine[]>> {
  let lines: readonly LogLine[] = [];
  for (let quiet = 0; quiet < 4;) {
    await sleep(100);
    const now = readLog(log);
    quiet = now.length === lines.length && now.length >= calls ? quiet + 1 : 0;
    lines = now;
  }
  const byCall = new Map<string, LogLine[]>();
  for (const line of lines) {
    const key = `${line.sourcePort} ${line.localPort}`;
    byCall.set(key, [...(byCall.get(key) ?? []), line]);
  }
  return byCall;
}

function reportOf(
  calls: readonly Call[],
  answers: readonly Answer[],
  traces: readonly Traced[],
  lines: ReadonlyMap<string, readonly LogLine[]>,
): Report {
  const results = calls.map((call, index) => {
    const comparison = new Comparison();
    const trace = traces[index] ?? { error: 'no trace' };
    if ('error' in trace) comparison.same('trace', 'a trace', trace.error);
    else compare(comparison, answers[index]!, trace, lines.get(answers[index]!.ports) ?? []);
    return { call, compared: comparison.compared, differences: comparison.differences };
  });
  return {
    requests: calls.length,
    compared: results.reduce((sum, one) => sum + one.compared, 0),
    disagreements: results.filter(({ differences }) => differences.length > 0),
  };
}

function compare(comparison: Comparison, answer: Answer, trace: Trace, lines: readonly LogLine[]): void {
  const entries = trace.hops.filter(({ listener }) => listener?.name === 'plain' || listener?.name === 'tls');
  const envoys = lines.map(({ route }) => route ?? '');
  const walked = entries.map(({ route }) => route?.name ?? '');
  comparison.same('walks', envoys.length, walked.length);
  // Before it follows a redirect Envoy looks for its route, and logs that in place of the one it came by, followed or not.
  if (trace.verdict !== 'redirected') comparison.same('route of the last walk', envoys.at(-1), walked.at(-1));
  const isDelivered = trace.verdict === 'delivered';
  comparison.same('status', answer.status, isDelivered ? 200 : trace.status);
  comparison.same('location', answer.location, trace.location);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
