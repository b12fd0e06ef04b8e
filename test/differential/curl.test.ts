/** What the real curl sends, held against what mctl says that it sends. Releases differ in what they call themselves. */
import { execFileSync, spawn } from 'node:child_process';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import fc from 'fast-check';
import { USER_AGENT } from '../../src/lib/curl/headers';
import { curlQuery } from '../../src/lib/curl/request';
import { shellWords } from '../../src/lib/curl/shell-words';
import { MctlError, UsageError } from '../../src/lib/errors';
import { planRequest } from '../../src/lib/trace/request/plan';
import { issue } from '../helpers/certificates';
import { CURL_FILES, CURL_LINES, FILE_LINES, HOST_LINES, REFUSED_LINES } from './curl-lines';
import { commandWords } from './curl-drawn';
import { describeWithEnvoy } from './rig/requirements';

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly authority: string;
  readonly headers: readonly string[];
}

/** The files that the lines name, where curl and mctl read them. */
const folder = mkdtempSync(join(tmpdir(), 'mctl-curl-'));
for (const [path, content] of Object.entries(CURL_FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

const readFile = (path: string): Uint8Array => readFileSync(join(folder, path));

/** The one request that a server without manners gets: everything up to the blank line; null where curl sends none. */
async function sentBy(words: readonly string[], server: Server): Promise<Sent | null> {
  const heads: string[] = [];
  const listen = (socket: Socket): void => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text += data.toString('utf8');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      heads.push(text.slice(0, end));
      if (!socket.destroyed) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  };
  server.on('connection', listen);
  await curl(words);
  await new Promise((resolve) => setImmediate(resolve));
  server.off('connection', listen);
  const [head] = heads;
  return head === undefined ? null : parsed(head);
}

/** curl may complain of an answer: what it sent is all that counts. */
async function curl(words: readonly string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const child = spawn('curl', ['-q', '--noproxy', '*', '--max-time', '5', '-s', ...words.slice(1)], {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    child.on('close', () => {
      resolve();
    });
  });
}

function parsed(head: string): Sent {
  const [first = '', ...lines] = head.split('\r\n');
  const [method = '', target = '', version = ''] = first.split(' ');
  const pairs = lines.map((line): [string, string] => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  const authority = pairs.find(([name]) => name === 'host')?.[1] ?? '';
  const headers = comparable(pairs.filter(([name]) => name !== 'host'));
  return { method, target: sameCase(target), version, authority, headers };
}

/** Releases differ in the case in which they write percent-encoded octets. */
function sameCase(target: string): string {
  return target.replace(/%[0-9a-f]{2}/gi, (octet) => octet.toUpperCase());
}

/**
 * Header lines in one order, without what differs from release to release: its name, encodings that it was built with, the boundary's
 * length and digits, whether what it adds to Connection has a line of its own.
 */
function comparable(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const connection = pairs.filter(([name]) => name === 'connection').flatMap(([, value]) => value.split(/, */));
  const others = pairs.filter(([name]) => name !== 'connection');
  return [...others, ...(connection.length === 0 ? [] : [['connection', connection.sort().join(', ')] as const])]
    .map(([name, value]) => {
      if (name === 'user-agent') return `${name}: ${value.replace(/^curl\/\d+(?:\.\d+)*/, 'curl/N')}`;
      if (name === 'accept-encoding') return `${name}: ${value.includes('gzip') ? 'gzip and others' : value}`;
      if (name === 'content-type') return `${name}: ${value.replace(/boundary=.*/, 'boundary=…')}`;
      if (name === 'content-length') return `${name}: ${Number(value) - boundaries(pairs)}`;
      if (name === 'http2-settings') return name;
      return `${name}: ${value}`;
    })
    .sort();
}

/** Octets that the boundaries of a form take: one for each part, which the forms of the tests say, and one at the end. */
function boundaries(pairs: readonly (readonly [string, string])[]): number {
  const type = pairs.find(([name]) => name === 'content-type')?.[1] ?? '';
  return (/boundary=(.*)/.exec(type)?.[1] ?? '').length * (partsOfForm + 1);
}

let partsOfForm = 0;

function countParts(words: readonly string[]): void {
  partsOfForm = words.filter((word) => /^(?:-F|--form(?:-string)?$)/.test(word)).length;
}

function told(words: readonly string[]): Sent {
  const { message } = planRequest(curlQuery(words, readFile));
  if (message === null) throw new Error('curl sends HTTP');
  return {
    method: message.method,
    target: sameCase(message.path),
    version: message.protocol,
    authority: message.authority ?? '',
    headers: comparable(message.headers),
  };
}

/** Older releases announce a file of any size with Expect, current ones a large one. */
function withoutExpect(sent: Sent): Sent {
  const length = Number(sent.headers.find((line) => line.startsWith('content-length: '))?.slice(16) ?? Number.NaN);
  const isSmall = !(length >= 1024 * 1024);
  return isSmall ? { ...sent, headers: sent.headers.filter((line) => line !== 'expect: 100-continue') } : sent;
}

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describeWithEnvoy(
  'curl',
  () => {
    compareLines();
  },
  hasCurl() ? [] : ['curl'],
);

/** Command lines that the property draws. */
const RUNS = 150;

function compareLines(): void {
  let server: Server;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** Of a line whose host is any: curl calls the server, and mctl is told nothing of that. */
  async function sentAnywhere(words: readonly string[]): Promise<Sent | null> {
    countParts(words);
    const { port } = server.address() as AddressInfo;
    return await sentBy(['curl', '--connect-to', `::127.0.0.1:${port}`, ...words.slice(1)], server);
  }

  it.each(CURL_LINES)('%s', async (line) => {
    const { port } = server.address() as AddressInfo;
    const words = shellWords(line.replace(/&z=1/, '\\&z=1').replace('HOST', `http://127.0.0.1:${port}`));
    countParts(words);
    expect(told(words)).toEqual(await sentBy(words, server));
  });

  it.each([...HOST_LINES, ...FILE_LINES])('%s', async (line) => {
    const words = shellWords(line);
    const sent = await sentAnywhere(words);
    expect(sent).not.toBeNull();
    expect(withoutExpect(told(words))).toEqual(sent === null ? null : withoutExpect(sent));
  });

  it.each(REFUSED_LINES)('is refused by both: %s', async (line) => {
    const words = shellWords(line);
    expect(await sentAnywhere(words)).toBeNull();
    expect(() => told(words)).toThrow(UsageError);
  });

  it('sends what is told, whatever options come together', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(commandWords, async (words) => {
        const sent = await sentAnywhere(words);
        const mine = tried(words);
        if (mine === null) return;
        expect(mine).toEqual(sent === null ? 'refused' : withoutExpect(sent));
        compared += 1;
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  });

  /** What is told; `refused` where curl refuses it by what mctl says, null where mctl says that it cannot be traced. */
  function tried(words: readonly string[]): Sent | 'refused' | null {
    try {
      return withoutExpect(told(words));
    } catch (error) {
      if (!(error instanceof MctlError)) throw error;
      return error.message.includes('cannot be traced') ? null : 'refused';
    }
  }

  it('says who it is by a name that only differs in the release', () => {
    const [first = ''] = execFileSync('curl', ['--version'], { encoding: 'utf8' }).split(' (');
    expect(first).toMatch(/^curl \d/);
    expect(USER_AGENT).toMatch(/^curl\/\d/);
  });

  it.each([
    ['curl -k', ['h2', 'http/1.1']],
    ['curl -k --http1.1', ['http/1.1']],
    ['curl -k --http2', ['h2', 'http/1.1']],
  ])('%s offers the protocols and the server name that are traced', async (begin, protocols) => {
    const { pem, keyPem } = issue({ subject: 'curl test' });
    let offered: { readonly servername: string; readonly protocols: readonly string[] } | undefined;
    const secure = createTlsServer({
      cert: pem,
      key: keyPem,
      ALPNCallback: (asked) => {
        offered = asked;
        return asked.protocols.includes('http/1.1') ? 'http/1.1' : undefined;
      },
    });
    secure.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    const words = shellWords(`${begin} --resolve shop.example:${port}:127.0.0.1 https://shop.example:${port}/`);
    secure.on('secureConnection', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    await curl(words);
    secure.close();
    const { tls } = planRequest(curlQuery(words, readFile));
    expect(offered).toEqual({ servername: tls?.sni, protocols: [...(tls?.alpn ?? [])] });
    expect(offered?.protocols).toEqual(protocols);
  });

  it('speaks HTTP/2 by prior knowledge', async () => {
    const h2 = createHttp2Server();
    const heard = new Promise<Record<string, unknown>>((resolve) => {
      h2.on('stream', (stream, headers) => {
        resolve({ ...headers });
        stream.respond({ ':status': 200 });
        stream.end();
      });
    });
    await new Promise<void>((resolve) => h2.listen(0, '127.0.0.1', resolve));
    const { port } = h2.address() as AddressInfo;
    const words = shellWords(`curl --http2-prior-knowledge -H 'X-One: 1' -d a=b http://127.0.0.1:${port}/x?y`);
    await curl(words);
    h2.close();
    const plan = planRequest(curlQuery(words, readFile));
    const headers = await heard;
    expect(plan.payload).toBe('http/2');
    expect(comparable(plan.message?.headers ?? [])).toEqual(
      comparable(
        Object.entries(headers)
          .filter(([name]) => !name.startsWith(':'))
          .map(([name, value]) => [name, String(value)]),
      ),
    );
    expect(headers[':path']).toBe(plan.message?.path);
  });
}
