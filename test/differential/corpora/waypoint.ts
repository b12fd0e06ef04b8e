/** Sends requests in HBONE tunnels to a real Envoy that has loaded the configuration of a waypoint. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogLine, readLog } from '../rig/access-log';
import { sendCalls } from '../rig/application';
import type { Answer, Call, NumberedCall } from '../rig/call';
import { Authority, type Certificate } from '../rig/certificates';
import { Envoy } from '../rig/envoy';
import { Network } from '../rig/network';
import { sleep } from '../rig/process';
import { program } from '../rig/programs';
import { secretOf } from './replay';
import { secretNames, stockResources } from './stock';

export interface WaypointCall {
  /** `IP:PORT` of the CONNECT. */
  readonly authority: string;
  /** The URI of the caller's certificate. */
  readonly principal: string;
  readonly payload: 'http/1.1' | 'http/2' | 'tcp';
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface WaypointObservation {
  readonly call: WaypointCall;
  readonly answer: Answer;
  /** What Envoy logged, in the order of its writing. */
  readonly lines: readonly LogLine[];
}

export interface WaypointReplay {
  readonly observations: readonly WaypointObservation[];
  readonly configDump: string;
}

const OWN_IP = '10.244.0.200';
const SOURCE_PORT = 30_000;

/** Calls go one after the other: inside the proxy a tunnel's connection has no port that would tell them apart. */
export async function replayAtWaypoint(dump: string, calls: readonly WaypointCall[]): Promise<WaypointReplay> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-waypoint-'));
  chmodSync(directory, 0o755);
  const network = await Network.create();
  const envoy = new Envoy(network, join(directory, 'envoy'));
  try {
    network.run(['ip', 'address', 'add', `${OWN_IP}/32`, 'dev', 'lo']);
    const authority = new Authority(directory);
    const own = authority.issue('spiffe://cluster.local/ns/bookinfo/sa/waypoint');
    const secrets = secretNames(dump).map((name) => secretOf(name, own, authority.root));
    const node = {
      id: `waypoint~${OWN_IP}~waypoint-64b5d-xyz.bookinfo~bookinfo.svc.cluster.local`,
      cluster: 'waypoint',
    };
    await envoy.start(node, stockResources(dump, envoy.directory, secrets));
    const certificates = new Map(
      [...new Set(calls.map(({ principal }) => principal))].map((uri) => [uri, authority.issue(uri)] as const),
    );
    const caller = program('caller', directory);
    const log = join(envoy.directory, 'access.log');
    const observations: WaypointObservation[] = [];
    let seen = 0;
    for (const [index, call] of calls.entries()) {
      const sent = inTunnel(call, certificates.get(call.principal)!, SOURCE_PORT + index);
      const [answer] = await sendCalls(network, caller, [sent]);
      const lines = await newLines(log, seen);
      seen += lines.length;
      observations.push({ call, answer: answer!, lines });
    }
    return { observations, configDump: await envoy.admin('/config_dump?include_eds') };
  } finally {
    await envoy.stop();
    await network.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Lines after those that are known, once no more come. */
async function newLines(path: string, known: number): Promise<readonly LogLine[]> {
  let lines: readonly LogLine[] = [];
  for (let quiet = 0; quiet < 3;) {
    await sleep(60);
    const now = readLog(path).slice(known);
    quiet = now.length === lines.length ? quiet + 1 : 0;
    lines = now;
  }
  return lines;
}

function inTunnel(call: WaypointCall, certificate: Certificate, sourcePort: number): NumberedCall {
  const { payload, method, path, host, headers, authority } = call;
  const sent: Call = {
    mode: 'waypoint',
    address: OWN_IP,
    port: 15008,
    sourceIp: OWN_IP,
    payload,
    tls: { sni: '', alpn: ['h2'], certificate },
    http: payload === 'tcp' ? null : { method, path, host, headers },
    tunnel: authority,
  };
  return { ...sent, sourcePort };
}
