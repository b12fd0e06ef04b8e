/** The client: reads calls from standard input, a line each, sends them, and writes an answer a line. Runs in a namespace. */
import { readFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Answer, HttpCall, NumberedCall } from '../rig/call';

const AT_ONCE = 12;
const PATIENCE_MS = Number(process.env['CALLER_PATIENCE_MS'] ?? 4000);

type Reply = Pick<Answer, 'status' | 'location' | 'body'>;

async function main(): Promise<void> {
  const calls = readFileSync(0, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as NumberedCall);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
      const answer = await send(call);
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function send(call: NumberedCall): Promise<Answer> {
  const nothing: Reply = { status: null, location: null, body: '' };
  let socket: net.Socket | null = null;
  const timer = setTimeout(() => socket?.destroy(new Error('no answer in time')), PATIENCE_MS);
  try {
    socket = await connect(call);
    if (call.proxyProtocol !== undefined) {
      socket.write(`PROXY TCP4 ${call.proxyProtocol} ${call.address} 4321 ${call.port}\r\n`);
    }
    const secured = call.tls === null ? socket : await handshake(call, socket);
    if (call.tunnel !== undefined) {
      const inner = await tunnel(call.tunnel, secured);
      return { sourcePort: call.sourcePort, ...(await talk({ ...call, tls: null }, inner)), error: null };
    }
    return { sourcePort: call.sourcePort, ...(await talk(call, secured)), error: null };
  } catch (error) {
    return { sourcePort: call.sourcePort, ...nothing, error: (error as Error).message };
  } finally {
    clearTimeout(timer);
    socket?.destroy();
  }
}

function connect(call: NumberedCall): Promise<net.Socket> {
  const options = { host: call.address, port: call.port, localAddress: call.sourceIp, localPort: call.sourcePort };
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...options, noDelay: true });
    socket
      .once('connect', () => {
        resolve(socket);
      })
      .once('error', reject);
  });
}

function handshake({ tls: offer }: NumberedCall, socket: net.Socket): Promise<tls.TLSSocket> {
  const certificate = offer?.certificate ?? null;
  const secured = tls.connect({
    socket,
    rejectUnauthorized: false,
    ...(offer!.sni === '' ? {} : { servername: offer!.sni }),
    ...(offer!.alpn.length === 0 ? {} : { ALPNProtocols: [...offer!.alpn] }),
    ...(certificate === null ? {} : { cert: readFileSync(certificate.chain), key: readFileSync(certificate.key) }),
  });
  return new Promise((resolve, reject) => {
    secured
      .once('secureConnect', () => {
        resolve(secured);
      })
      .once('error', reject);
    secured.once('close', () => {
      reject(new Error('closed in the handshake'));
    });
  });
}

/** Opens a tunnel with an HTTP/2 CONNECT; what is sent in it goes over the stream. */
function tunnel(authority: string, socket: net.Socket): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const session = http2.connect('https://placeholder', { createConnection: () => socket });
    session.once('error', reject).once('close', () => {
      reject(new Error('closed before the tunnel was open'));
    });
    const stream = session.request({ ':method': 'CONNECT', ':authority': authority });
    stream.once('error', reject).once('response', (got) => {
      if (got[':status'] === 200) resolve(stream as unknown as net.Socket);
      else reject(new Error(`the tunnel was answered with ${String(got[':status'])}`));
    });
  });
}

function talk(call: NumberedCall, socket: net.Socket): Promise<Reply> {
  if (call.http === null)
    return exchange(socket, call.payload === 'tcp' ? Buffer.from([0, 1, 0x50, 0x49, 0x4e, 0x47, 10]) : null);
  const agreed = socket instanceof tls.TLSSocket ? socket.alpnProtocol : false;
  if (call.payload === 'http/2' || (call.payload === 'http/1.1' && agreed === 'h2')) return askHttp2(socket, call.http);
  return askHttp1(socket, call.http, call.payload === 'http/1.0' ? '1.0' : '1.1');
}

/** Sends bytes, or waits for the server to speak first; the reply is what came first. */
function exchange(socket: net.Socket, bytes: Buffer | null): Promise<Reply> {
  return new Promise((resolve, reject) => {
    socket.once('data', (data: Buffer) => {
      resolve({ status: null, location: null, body: data.toString('latin1') });
    });
    socket.once('error', reject).once('close', () => {
      reject(new Error('closed without a byte'));
    });
    if (bytes !== null) socket.write(bytes);
  });
}

function askHttp1(socket: net.Socket, call: HttpCall, version: string): Promise<Reply> {
  const { method, path, host, headers } = call;
  const lines = [`${method} ${method === 'CONNECT' ? host : path} HTTP/${version}`, `Host: ${host}`];
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`), '', '');
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      if (isWhole(text, method)) resolve(parseHttp1(text));
    });
    socket.once('error', reject).once('close', () => {
      if (text === '') reject(new Error('closed without a byte'));
      else resolve(parseHttp1(text));
    });
    socket.write(lines.join('\r\n') + bodyOf(call), 'latin1');
  });
}

/** One chunk and the last one, or as long as one Content-Length says; none where the request has no such header or several. */
function bodyOf({ headers, chunk }: HttpCall): string {
  if (chunk !== undefined) return `${chunk === 0 ? '' : `${chunk.toString(16)}\r\n${'x'.repeat(chunk)}\r\n`}0\r\n\r\n`;
  const [length, ...others] = headers.filter(([name]) => name === 'content-length');
  return length !== undefined && others.length === 0 && /^\d{1,5}$/.test(length[1])
    ? 'x'.repeat(Number(length[1]))
    : '';
}

/** No header of the client's own asks Envoy to close: what is counted and matched is what the call has. */
function isWhole(text: string, method: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
  if (method === 'HEAD' || method === 'CONNECT' || status < 200 || status === 204 || status === 304) return true;
  if (/^transfer-encoding: *chunked/im.test(head)) return body.endsWith('0\r\n\r\n');
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  return length !== undefined && body.length >= Number(length);
}

function parseHttp1(text: string): Reply {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1];
  const location = lines
    .find((line) => /^location:/i.test(line))
    ?.slice('location:'.length)
    .trim();
  return {
    status: status === undefined ? null : Number(status),
    location: location ?? null,
    body: text.slice(end + 4),
  };
}

function askHttp2(socket: net.Socket, call: HttpCall): Promise<Reply> {
  const { method, path, host, headers } = call;
  return new Promise((resolve, reject) => {
    const scheme = socket instanceof tls.TLSSocket ? 'https' : 'http';
    const session = http2.connect(`${scheme}://placeholder`, { createConnection: () => socket });
    session.once('error', reject).once('close', () => {
      reject(new Error('closed without an answer'));
    });
    const fields: Record<string, string | string[]> = {
      ':method': method,
      ':authority': host,
      ...(method === 'CONNECT' ? {} : { ':path': path, ':scheme': scheme }),
    };
    for (const [name, value] of headers) {
      const before = fields[name];
      fields[name] = before === undefined ? value : [before, value].flat();
    }
    const content = bodyOf(call);
    const stream = session.request(fields, { endStream: content === '' && method !== 'CONNECT' });
    // The end comes in a frame of its own, as with HTTP/1: a body that comes whole with its end Envoy's buffer filter does not count.
    if (content !== '') stream.write(content, () => stream.end());
    let body = '';
    let reply: Reply = { status: null, location: null, body: '' };
    stream.on('response', (got) => {
      reply = { ...reply, status: got[':status'] ?? null, location: got.location ?? null };
    });
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    stream.once('error', reject).once('end', () => {
      resolve({ ...reply, body });
      session.close();
    });
  });
}

void main();
