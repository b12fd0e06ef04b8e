/** Sends requests to a real Envoy that has loaded the configuration of a corpus proxy. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../generate/message';
import { typed } from '../generate/message';
import { logOf } from '../rig/access-log';
import { sendCalls } from '../rig/application';
import type { Call } from '../rig/call';
import { Authority, type Certificate } from '../rig/certificates';
import { Envoy, PROXY_UID } from '../rig/envoy';
import { Network } from '../rig/network';
import type { Observation } from '../rig/observation';
import { program } from '../rig/programs';
import { secretNames, stockResources } from './stock';

/** A request of Istio's simulation, as it words it. */
export interface SimulatedCall {
  readonly address: string;
  readonly port: number;
  readonly protocol: 'http' | 'http2' | 'tcp';
  readonly mode: Call['mode'];
  readonly tls?: 'plaintext' | 'tls' | 'mtls';
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly sni?: string;
  readonly alpn?: string;
}

export interface Replay {
  readonly observations: readonly Observation[];
  /** Of the Envoy that answered. */
  readonly configDump: string;
  readonly clusters: string;
}

const SOURCE_IP = '10.244.0.5';
const FIRST_SOURCE_PORT = 30_000;

export async function replay(dump: string, calls: readonly SimulatedCall[]): Promise<Replay> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-corpus-'));
  chmodSync(directory, 0o755);
  const network = await Network.create();
  const envoy = new Envoy(network, join(directory, 'envoy'));
  try {
    wire(
      network,
      calls.some(({ mode }) => mode === 'gateway'),
    );
    const authority = new Authority(directory);
    const server = authority.issue('spiffe://cluster.local/ns/istio-system/sa/server', ['*.example.com']);
    const client = authority.issue('spiffe://cluster.local/ns/bookinfo/sa/client');
    const secrets = secretNames(dump).map((name) => secretOf(name, server, authority.root));
    const node = { id: `sidecar~${SOURCE_IP}~client.bookinfo~bookinfo.svc.cluster.local`, cluster: 'client.bookinfo' };
    await envoy.start(node, stockResources(dump, envoy.directory, secrets));
    const numbered = calls.map((call, index) => ({ ...sent(call, client), sourcePort: FIRST_SOURCE_PORT + index }));
    const answers = await sendCalls(network, program('caller', directory), numbered);
    const log = await logOf(
      join(envoy.directory, 'access.log'),
      numbered.map(({ sourcePort }) => sourcePort),
    );
    return {
      observations: numbered.map((call, index) => ({
        call,
        answer: answers[index]!,
        lines: log.get(call.sourcePort) ?? [],
      })),
      configDump: await envoy.admin('/config_dump?include_eds'),
      clusters: await envoy.admin('/clusters?format=json'),
    };
  } finally {
    await envoy.stop();
    await network.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Every address is local; what Envoy listens on is reached as it is, the rest is redirected as in a sidecar's pod. */
function wire(network: Network, isGateway: boolean): void {
  network.run(['ip', 'address', 'add', `${SOURCE_IP}/32`, 'dev', 'lo']);
  network.run(['ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo']);
  if (isGateway) return;
  network.nat([
    `-A OUTPUT -m owner --uid-owner ${PROXY_UID} -j RETURN`,
    '-A OUTPUT -d 127.0.0.1/32 -j RETURN',
    '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
  ]);
}

/** A secret that a dump names, of the rig's own authority. */
export function secretOf(name: string, own: Certificate, root: string): Message {
  const bytes = (file: string): Message => ({ inline_bytes: readFileSync(file).toString('base64') });
  const secret = { ...typed('envoy.extensions.transport_sockets.tls.v3.Secret'), name };
  return name === 'ROOTCA' || name.endsWith('-cacert')
    ? { ...secret, validation_context: { trusted_ca: bytes(root) } }
    : { ...secret, tls_certificate: { certificate_chain: bytes(own.chain), private_key: bytes(own.key) } };
}

/** The simulation's request as it goes over the wire; its mutual TLS presents a certificate. */
function sent(call: SimulatedCall, client: Certificate): Call {
  const { address, port, mode, protocol, tls = 'plaintext' } = call;
  const isHttp = protocol !== 'tcp';
  const headers = Object.entries(call.headers ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const alpn = alpnOf(call);
  return {
    mode,
    address,
    port,
    sourceIp: SOURCE_IP,
    payload: protocol === 'http2' ? 'http/2' : protocol === 'http' ? 'http/1.1' : 'tcp',
    tls:
      tls === 'plaintext'
        ? null
        : {
            sni: call.sni ?? (tls === 'tls' ? (call.host ?? '') : ''),
            alpn: alpn === '' ? [] : [alpn],
            certificate: tls === 'mtls' ? client : null,
          },
    http: isHttp ? { method: call.method ?? 'GET', path: call.path ?? '/', host: call.host ?? '', headers } : null,
  };
}

const OFFERS = {
  mtls: { http: 'istio-http/1.1', http2: 'istio-h2', tcp: 'istio' },
  tls: { http: 'http/1.1', http2: 'h2', tcp: '' },
} as const;

function alpnOf({ alpn, tls = 'plaintext', protocol }: SimulatedCall): string {
  return alpn ?? (tls === 'plaintext' ? '' : OFFERS[tls][protocol]);
}
