/** One seed: an Envoy with random RBAC, random calls, and each decision beside mctl's. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlainEnvoy } from '../rig/plain-envoy';
import { sleep } from '../rig/process';
import { type Call, randomCall, send, type Sent } from './call';
import { bootstrap, randomListeners } from './configuration';
import { expectedOf } from './expectation';
import type { Identities } from './identity';
import { Random } from '../rig/random';

export interface SeedResult {
  readonly compared: number;
  /** How often each kind of decision came. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

const LISTENERS = 6;
const AT_ONCE = 40;

export async function runSeed(seed: number, calls: number, identities: Identities): Promise<SeedResult> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-rbac-'));
  const upstream = createServer((_request, response) => response.end('ok'));
  let envoy: PlainEnvoy | null = null;
  try {
    const random = new Random(seed);
    const listeners = randomListeners(random, await freePorts(LISTENERS), identities);
    const files = {
      httpLog: join(directory, 'http.log'),
      tcpLog: join(directory, 'tcp.log'),
      upstream: await listen(upstream),
    };
    envoy = await PlainEnvoy.start(directory, bootstrap(listeners, files, identities));
    const made = Array.from({ length: calls }, (_unused, number) =>
      randomCall(random, `c${number}`, random.pick(listeners), identities),
    );
    const sent: Sent[] = [];
    for (let at = 0; at < made.length; at += AT_ONCE) {
      sent.push(...(await Promise.all(made.slice(at, at + AT_ONCE).map(async (call) => send(call)))));
    }
    return compare(seed, tellable(sent), await logsOf(files, tellable(sent).length));
  } finally {
    await envoy?.stop();
    upstream.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Logs {
  readonly http: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly tcp: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** Envoy writes its logs a while later. */
async function logsOf(files: { httpLog: string; tcpLog: string }, wanted: number): Promise<Logs> {
  for (let attempt = 0; ; attempt += 1) {
    const logs = { http: linesBy(files.httpLog, 'id'), tcp: linesBy(files.tcpLog, 'connection') };
    if (logs.http.size + logs.tcp.size >= wanted || attempt > 120) return logs;
    await sleep(100);
  }
}

function linesBy(path: string, key: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const text = readFileSync(path, { encoding: 'utf8', flag: 'a+' });
  const lines = text.split('\n').filter((line) => line.endsWith('}'));
  return new Map(
    lines.map((line) => {
      const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
      return [String(fields[key]), fields];
    }),
  );
}

function compare(seed: number, sent: readonly Sent[], logs: Logs): SeedResult {
  const differences: string[] = [];
  const kinds: Record<string, number> = {};
  for (const one of sent) {
    const expected = expectedOf(one.call);
    kinds[expected.kind] = (kinds[expected.kind] ?? 0) + 1;
    const observed = JSON.stringify(observationOf(one, logs));
    const wanted = JSON.stringify({
      status: expected.status,
      flags: expected.flags,
      details: expected.details,
      // An echo comes back over TCP where the connection was let through.
      echoed: one.call.listener.kind === 'tcp' ? expected.kind === 'passed' : null,
    });
    if (observed !== wanted)
      differences.push(`seed ${seed}: Envoy ${observed}, mctl ${wanted}\n  ${describe(one.call)}`);
  }
  return { compared: sent.length, kinds, differences };
}

/** Those whose lines in the log can be told apart: the kernel may give one source port twice. */
function tellable(sent: readonly Sent[]): readonly Sent[] {
  const connections = new Map<string, number>();
  for (const one of sent) connections.set(connectionOf(one), (connections.get(connectionOf(one)) ?? 0) + 1);
  return sent.filter((one) => one.call.listener.kind === 'http' || connections.get(connectionOf(one)) === 1);
}

function connectionOf({ call, sourcePort }: Sent): string {
  return `${call.source}:${sourcePort} ${call.listener.port}`;
}

function observationOf(sent: Sent, logs: Logs): object {
  const { call, text } = sent;
  const { kind } = call.listener;
  if (kind === 'tcp') {
    const line = logs.tcp.get(connectionOf(sent));
    return { status: null, flags: line?.['flags'], details: line?.['closed'] ?? '-', echoed: text === 'ping' };
  }
  const line = logs.http.get(call.id);
  const details = String(line?.['details']).replace(/\{.*\}$/, '');
  return { status: line?.['status'], flags: line?.['flags'], details, echoed: null };
}

function describe({ listener, client, ...call }: Call): string {
  const request = { ...call, port: listener.port, tls: listener.isTls, certificate: client?.says };
  const configuration = listener.kind === 'http' ? [listener.manager, listener.routes] : listener.filters;
  return `${JSON.stringify(request)}\n  ${JSON.stringify(configuration)}`;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer());
  const ports = await Promise.all(
    servers.map(
      async (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '0.0.0.0', () => {
            resolve((server.address() as AddressInfo).port);
          });
        }),
    ),
  );
  await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
