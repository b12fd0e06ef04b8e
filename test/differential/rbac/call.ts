/** Random calls to the listeners, sent for real over loopback. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RandomListener } from './configuration';
import type { Identities, Issued } from './identity';
import type { Random } from '../rig/random';
import { CLAIMS, FORWARDED, HEADERS, HOSTS, METHODS, PATHS, QUERIES, SNIS, SOURCES } from './vocabulary';

export interface Call {
  readonly id: string;
  readonly listener: RandomListener;
  readonly source: string;
  readonly sni: string;
  readonly client: Issued | null;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** Names in lower case, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly claims: Readonly<Record<string, unknown>> | null;
}

export interface Sent {
  readonly call: Call;
  readonly sourcePort: number;
  readonly text: string;
}

export function randomCall(random: Random, id: string, listener: RandomListener, identities: Identities): Call {
  const claims = random.chance(0.5) ? random.pick(CLAIMS) : null;
  return {
    id,
    listener,
    source: random.pick(SOURCES),
    sni: listener.isTls ? random.pick(SNIS) : '',
    client: listener.isTls && random.chance(0.8) ? random.pick(identities.clients) : null,
    method: random.pick(METHODS),
    path: random.pick(PATHS) + random.pick(QUERIES),
    host: random.pick(HOSTS),
    headers: headersOf(random, id, claims === null ? null : identities.sign(claims)),
    claims,
  };
}

function headersOf(random: Random, id: string, token: string | null): Call['headers'] {
  const headers: (readonly [string, string])[] = [
    ['x-case', id],
    ['x-route', String(random.int(0, 4))],
  ];
  for (const [name, values] of Object.entries(HEADERS)) {
    if (random.chance(0.5)) headers.push([name, random.pick(values)]);
    if (random.chance(0.12)) headers.push([name, random.pick(values)]);
  }
  if (random.chance(0.5)) headers.push(['x-forwarded-for', random.pick(FORWARDED)]);
  if (random.chance(0.1)) headers.push(['content-type', 'application/grpc']);
  if (random.chance(0.4))
    headers.push(['origin', random.pick(['https://a.example', 'https://b.example', 'https://c.org'])]);
  if (random.chance(0.4)) headers.push(['access-control-request-method', 'PUT']);
  if (random.chance(0.3)) headers.push(['x-envoy-fault-abort-request', random.pick(['418', '503', '42', 'x'])]);
  if (random.chance(0.1)) headers.push(['x-envoy-fault-abort-request-percentage', random.pick(['0', '100'])]);
  if (random.chance(0.1)) headers.push(['x-envoy-fault-abort-grpc-request', '14']);
  if (token !== null) headers.push(['authorization', `Bearer ${token}`]);
  return headers;
}

/** Sends it over a connection of its own; the answer is what came until the other side closed. */
export async function send(call: Call): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const { listener, source: localAddress } = call;
    const where = { host: '127.0.0.1', port: listener.port, localAddress };
    let sourcePort = 0;
    let text = '';
    const tcp = connect(where);
    const client = call.client === null ? {} : { cert: call.client.certificate, key: call.client.key };
    const name = call.sni === '' ? {} : { servername: call.sni };
    const socket: Socket = listener.isTls
      ? connectTls({ socket: tcp, rejectUnauthorized: false, ...client, ...name })
      : tcp;
    tcp.on('connect', () => (sourcePort = tcp.localPort ?? 0));
    const done = (): void => {
      tcp.destroy();
      resolve({ call, sourcePort, text });
    };
    socket.on(listener.isTls ? 'secureConnect' : 'connect', () => {
      socket.write(listener.kind === 'tcp' ? 'ping' : requestText(call));
    });
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (listener.kind === 'tcp') done();
    });
    socket.on('close', done);
    socket.on('end', done);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') reject(error);
      else done();
    });
    socket.setTimeout(5000, done);
  });
}

function requestText({ method, path, host, headers }: Call): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close'];
  return [...lines, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}
