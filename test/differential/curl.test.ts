/** What the real curl sends, held against what mctl says that it sends. Releases differ in what they call themselves. */
import { execFileSync, spawn } from 'node:child_process';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { USER_AGENT } from '../../src/lib/curl/headers';
import { curlQuery } from '../../src/lib/curl/request';
import { shellWords } from '../../src/lib/curl/shell-words';
import { planRequest } from '../../src/lib/trace/request/plan';
import { issue } from '../helpers/certificates';
import { CURL_LINES } from './curl-lines';
import { describeWithEnvoy } from './rig/requirements';

interface Sent {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly authority: string;
  readonly headers: readonly string[];
}

const noFiles = (): never => {
  throw new Error('no line names a file');
};

/** The one request that a server without manners gets: everything up to the blank line. */
async function sentBy(words: readonly string[], server: Server): Promise<Sent> {
  const head = new Promise<string>((resolve) => {
    server.once('connection', (socket) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        text += data.toString('utf8');
        const end = text.indexOf('\r\n\r\n');
        if (end < 0) return;
        resolve(text.slice(0, end));
        if (!socket.destroyed) socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      });
    });
  });
  await curl(words);
  return parsed(await head);
}

/** curl may complain of an answer: what it sent is all that counts. */
async function curl(words: readonly string[]): Promise<void> {
  await new Promise<void>((resolve) => {
    const child = spawn('curl', ['-q', '--noproxy', '*', '--max-time', '5', '-s', ...words.slice(1)], {
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
  return { method, target, version, authority, headers: comparable(pairs.filter(([name]) => name !== 'host')) };
}

/** Header lines in one order, without what differs from release to release. */
function comparable(pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs
    .map(([name, value]) => {
      if (name === 'user-agent') return `${name}: ${value.replace(/^curl\/\d+(?:\.\d+)*/, 'curl/N')}`;
      if (name === 'accept-encoding') return `${name}: ${value.includes('gzip') ? 'gzip and others' : value}`;
      if (name === 'content-type') return `${name}: ${value.replace(/boundary=.*/, 'boundary=…')}`;
      if (name === 'http2-settings') return name;
      return `${name}: ${value}`;
    })
    .sort();
}

function told(words: readonly string[]): Sent {
  const { message } = planRequest(curlQuery(words, noFiles));
  if (message === null) throw new Error('curl sends HTTP');
  const isForm = message.headers.some(([, value]) => value.startsWith('multipart/'));
  return {
    method: message.method,
    target: message.path,
    version: message.protocol,
    authority: message.authority ?? '',
    headers: comparable(message.headers.filter(([name]) => !(isForm && name === 'content-length'))),
  };
}

/** The length of a form depends on the release's boundary: of the two, only that there is one is compared. */
function withoutFormLength(sent: Sent): Sent {
  const isForm = sent.headers.some((line) => line.startsWith('content-type: multipart/'));
  return isForm ? { ...sent, headers: sent.headers.filter((line) => !line.startsWith('content-length')) } : sent;
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

function compareLines(): void {
  let server: Server;

  beforeAll(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    server.close();
  });

  it.each(CURL_LINES)('%s', async (line) => {
    const { port } = server.address() as AddressInfo;
    const words = shellWords(line.replace(/&z=1/, '\\&z=1').replace('HOST', `http://127.0.0.1:${port}`));
    expect(told(words)).toEqual(withoutFormLength(await sentBy(words, server)));
  });

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
    const { tls } = planRequest(curlQuery(words, noFiles));
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
    const plan = planRequest(curlQuery(words, noFiles));
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
