/** Every program that can send a request, run for real against a plain server: what arrives is what is traced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { answerOf } from '../../../src/lib/send/answer';
import { sendFromHere } from '../../../src/lib/send/local';
import { requestToSend } from '../../../src/lib/send/request';
import type { Command } from '../../../src/lib/send/tool';
import { toolsFor } from '../../../src/lib/send/tools';
import type { TraceQuery } from '../../../src/lib/trace/request/query';

let server: Server;
let port = 0;
let arrived = '';
let reply = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

function answer(socket: Socket): void {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    const [head = '', body] = text.split('\r\n\r\n', 2);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    if (body === undefined || body.length < length) return;
    arrived = text;
    if (reply === '') socket.destroy();
    else socket.write(reply);
  });
  socket.on('error', () => undefined);
}

beforeAll(async () => {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  arrived = '';
  reply = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
});

async function run({ words, input }: Command): Promise<{ status: number | null; output: string; said: string } | null> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString('latin1')));
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  return await new Promise((resolve) => {
    child.once('error', () => {
      resolve(null);
    });
    child.once('close', (status) => {
      resolve({ status, output, said });
    });
  });
}

function query(more: Partial<TraceQuery> = {}): TraceQuery {
  return { url: `http://127.0.0.1:${port}/reviews/0?x=1`, ...more };
}

/** The request line and the headers in lower case, sorted, without those that a program must add. */
function essence(text: string): readonly string[] {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [first = '', ...headers] = head.split('\r\n');
  return [first, ...headers.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()).trimEnd()).sort(), body];
}

const REQUESTS: readonly (readonly [string, Partial<TraceQuery>, string | null])[] = [
  ['a plain GET', {}, null],
  [
    'headers and another host',
    {
      headers: [
        ['Host', 'reviews:9080'],
        ['end-user', 'luffy'],
        ['x-empty', ''],
      ],
    },
    null,
  ],
  ['dots and brackets in the path', { url: 'http://127.0.0.1:0/a/../[b]/{c}' }, null],
  ['quotes and backslashes', { headers: [['x-odd', `a"b'c\\d$(id)\`id\`%41 €`]] }, null],
  [
    'a secret header',
    {
      headers: [
        ['authorization', 'Bearer abc.def'],
        ['x-other', 'y\\"z'],
      ],
    },
    null,
  ],
  [
    'a body',
    {
      method: 'POST',
      headers: [
        ['content-type', 'text/plain'],
        ['content-length', '9'],
      ],
    },
    'a=b&c"d\\e',
  ],
  ['OPTIONS with a target of its own', { method: 'OPTIONS', requestTarget: '*' }, null],
];

describe.each(toolsFor(null).map((tool) => [tool.name, tool] as const))('%s', (name, tool) => {
  it.each(REQUESTS)('%s arrives as it is traced', async (_what, more, body) => {
    const asked = query(more);
    const url = asked.url.replace(':0/', `:${port}/`);
    const request = requestToSend({ ...asked, url }, body, 5000);
    const command = tool.command(request);
    if (command === null) {
      expect(name).toMatch(/wget/);
      return;
    }
    const ran = await run(command);
    if (ran === null) return;
    expect(answerOf(`${ran.output}\n${ran.said}`, ran.said)).toEqual({ status: 200, failure: null });
    const here = essence(arrived);
    await sendFromHere(request);
    if (name === 'wget') expect(here).toEqual(expect.arrayContaining(essence(arrived).slice(0, 2)));
    else expect(here).toEqual(essence(arrived));
  });

  it('no secret is a word of the command', () => {
    const headers: TraceQuery['headers'] = [['authorization', 'Bearer abc.def']];
    const command = tool.command(requestToSend(query({ headers }), null, 5000));
    expect(command?.words.join(' ') ?? '').not.toMatch(/abc\.def/);
  });

  it('a connection that ends without an answer', async () => {
    const command = tool.command(requestToSend(query(), null, 5000));
    reply = '';
    const ran = command === null ? null : await run(command);
    if (ran === null) return;
    const { status, failure } = answerOf(`${ran.output}\n${ran.said}`, ran.said);
    expect(status).toBeNull();
    expect(failure).not.toBe('');
  });
});

describe('from here', () => {
  it('says why no answer came', async () => {
    reply = '';
    expect(await sendFromHere(requestToSend(query(), null, 5000))).toMatchObject({ status: null });
    const closed = requestToSend({ url: 'http://127.0.0.1:1/' }, null, 5000);
    expect(await sendFromHere(closed)).toEqual({ status: null, failure: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('passes over an interim answer', async () => {
    reply = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';
    expect(await sendFromHere(requestToSend(query(), null, 5000))).toEqual({ status: 404, failure: null });
  });
});

describe('what cannot be sent', () => {
  it.each<[string, TraceQuery, RegExp]>([
    ['a supposed user', { url: 'http://x/', uid: 1337 }, /--uid only supposes/],
    ['supposed claims', { url: 'http://x/', claims: { iss: 'x' } }, /--claim only supposes/],
    ['a connection without HTTP', { url: 'tcp://x:3306' }, /tcp:\/\/ is none/],
    ['a client certificate', { url: 'https://x/', tls: 'mtls' }, /no client certificate/],
    [
      'a body that is not at hand',
      { url: 'http://x/', method: 'POST', headers: [['content-length', '5']] },
      /of 5 octets/,
    ],
    ['a line break', { url: 'http://x/', headers: [['x-a', 'b\r\nx-c: d']] }, /line break/],
  ])('%s', (_what, asked, message) => {
    expect(() => requestToSend(asked, null, 1000)).toThrow(message);
  });
});
