/**
 * The application: on each of its ports it answers HTTP/1.1 with what it saw and the status that `x-answer` asks for, other bytes
 * with `PONG`, and speaks first where a client keeps silent. Arguments: ADDRESS:PORT…
 */
import * as net from 'node:net';
import type { Echo } from '../rig/call';

/** Long enough for a request to come on a busy machine, short enough for a client that waits. */
const SILENCE_MS = 1200;

function serve(socket: net.Socket): void {
  let text = '';
  const silence = setTimeout(() => socket.end('HELLO\n'), SILENCE_MS);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(silence);
  });
  socket.on('data', (data: Buffer) => {
    clearTimeout(silence);
    text += data.toString('latin1');
    if (!/^[A-Z]+ /.test(text)) socket.end('PONG\n');
    else if (text.includes('\r\n\r\n')) socket.end(answer(text, socket.localPort ?? 0));
  });
}

function answer(text: string, port: number): string {
  const [first = '', ...lines] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const host = headers.find(([name]) => name === 'host')?.[1] ?? null;
  const echo: Echo = { port, method, path, host, headers: headers.filter(([name]) => name !== 'host') };
  const body = JSON.stringify(echo);
  const status = /^\d{3}$/.exec(headers.find(([name]) => name === 'x-answer')?.[1] ?? '')?.[0] ?? '200';
  const head = [
    `HTTP/1.1 ${status} As asked`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body, 'latin1')}`,
  ];
  return [...head, 'connection: close', '', method === 'HEAD' ? '' : body].join('\r\n');
}

let starting = process.argv.length - 2;
for (const address of process.argv.slice(2)) {
  const colon = address.lastIndexOf(':');
  net.createServer(serve).listen(Number(address.slice(colon + 1)), address.slice(0, colon), 512, () => {
    starting -= 1;
    if (starting === 0) process.stdout.write('ready\n');
  });
}
