/** A request sent by mctl itself, to an Envoy that can be reached from here. */
import { connect as connectHttp2 } from 'node:http2';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { MctlError, UnavailableError } from '../errors';
import { type Answer, answerOf } from './answer';
import { rawRequest } from './raw-text';
import type { RequestToSend } from './request';

/** The head of an answer is no larger: Envoy's own limit is 60 KiB. */
const LARGEST_HEAD = 1 << 20;

/**
 * Sends a request and waits for its answer's head. Throws UnavailableError where the host is not found.
 * @param dial opens the connection that it goes over, in place of one to the host that the request names
 */
export async function sendFromHere(request: RequestToSend, dial?: () => Promise<Duplex>): Promise<Answer> {
  let socket: Duplex;
  try {
    socket = await withTls(request, dial === undefined ? await connected(request) : await dial());
  } catch (error) {
    if (error instanceof MctlError) throw error;
    const { host, port } = request.connectTo ?? request;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
      throw new UnavailableError(`The request cannot be sent: the host ${host} is not found from here`, {
        hint: 'Name the address that Envoy listens on with --original-dst IP:PORT or --resolve HOST:PORT:IP.',
      });
    }
    return answerOf('', `${host}:${port}: ${message}`);
  }
  const alpn = 'alpnProtocol' in socket ? (socket as TLSSocket).alpnProtocol : null;
  const timer = setTimeout(() => socket.destroy(tooLate()), request.timeoutMs);
  try {
    return request.version === '2' || alpn === 'h2' ? await byHttp2(socket, request) : await byHttp1(socket, request);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(): Error {
  return new Error('nothing came back in time');
}

async function connected({ connectTo, host, port, timeoutMs }: RequestToSend): Promise<Duplex> {
  const socket = connect(connectTo ?? { host, port });
  return await opened(socket, 'connect', timeoutMs);
}

async function withTls({ tls, timeoutMs }: RequestToSend, socket: Duplex): Promise<Duplex> {
  // What breaks it is told by whatever reads it.
  socket.on('error', () => undefined);
  if (tls === null) return socket;
  const secure = connectTls({
    socket,
    // As curl -k: the proof is of the way, not of the certificate.
    rejectUnauthorized: false,
    ALPNProtocols: [...tls.alpn],
    ...(tls.sni === null || isIP(tls.sni) !== 0 ? {} : { servername: tls.sni }),
  });
  return await opened(secure, 'secureConnect', timeoutMs);
}

async function opened<S extends Duplex>(socket: S, event: string, timeoutMs: number): Promise<S> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(tooLate()), timeoutMs);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

async function byHttp1(socket: Duplex, request: RequestToSend): Promise<Answer> {
  return await new Promise((resolve) => {
    let head = '';
    const end = (failure: string | null): void => {
      socket.destroy();
      resolve(answerOf(head.split('\r\n\r\n', 2).join('\r\n'), failure));
    };
    socket.on('data', (bytes: Buffer) => {
      head += bytes.toString('latin1');
      const isWhole = /^HTTP\/1\.[01] 1(?!01)\d\d/.test(head)
        ? head.split('\r\n\r\n').length > 2
        : head.includes('\r\n\r\n');
      if (isWhole || head.length > LARGEST_HEAD) end(null);
    });
    socket.on('error', (error) => {
      end(error.message);
    });
    for (const event of ['end', 'close'])
      socket.on(event, () => {
        end(null);
      });
    socket.write(Buffer.from(rawRequest(request), 'latin1'));
  });
}

async function byHttp2(socket: Duplex, request: RequestToSend): Promise<Answer> {
  const { method, target, authority, scheme, headers, body, timeoutMs } = request;
  return await new Promise((resolve) => {
    const session = connectHttp2(`${scheme}://${authority}`, { createConnection: () => socket });
    const end = (answer: Answer): void => {
      session.destroy();
      resolve(answer);
    };
    const fail = (error: Error): void => {
      end(answerOf('', error.message));
    };
    session.on('error', fail);
    const fields = new Map<string, string[]>();
    for (const [name, value] of headers) fields.set(name, [...(fields.get(name) ?? []), value]);
    const stream = session.request(
      { ':method': method, ':path': target, ':authority': authority, ':scheme': scheme, ...Object.fromEntries(fields) },
      { endStream: body === null },
    );
    stream.setTimeout(timeoutMs, () => {
      fail(new Error('nothing came back in time'));
    });
    stream.on('response', (answer) => {
      end({ status: answer[':status'] ?? null, failure: null });
    });
    stream.on('error', fail);
    stream.on('close', () => {
      end(answerOf('', null));
    });
    if (body !== null) stream.end(body);
  });
}
