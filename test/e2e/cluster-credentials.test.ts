/** Credentials that end in the middle of a run, OpenID Connect, kubeconfigs that name the same things, a pod's own account. */
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { corpusFiles } from '../helpers/corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type CliRun, runCli } from '../helpers/run-cli';
import { temporaryDirectory } from '../helpers/temporary-directory';

const directory = temporaryDirectory();
const dump = corpusFiles()['bookinfo/productpage-v1-6b746f74dc-9stvs.config_dump.json'] ?? '';
let api: KubeApi;
let envoy: CannedEnvoy;

beforeAll(async () => {
  envoy = await CannedEnvoy.start({ configDump: dump });
  api = await KubeApi.start();
  for (const name of ['web-1', 'web-2']) api.addPod({ name, namespace: 'shop' }, { port: envoy.port });
});

beforeEach(() => {
  api.requests.length = 0;
  api.accepts = (token) => token === api.token;
});

afterAll(async () => {
  await envoy.close();
  await api.close();
  directory.remove();
});

let count = 0;
const file = (text: string): string => directory.write(`kubeconfig-${count++}`, text);
const withUser = (user: object): string => file(api.kubeconfig({ user }));
const tokens = (): readonly string[] => api.requests.map(({ headers }) => String(headers.authorization).slice(7));

async function view(kubeconfig: string, target = 'web-1.shop', ...flags: readonly string[]): Promise<CliRun> {
  return await runCli(['pc', 'listener', target, '--port', '15001', '-o', 'name', '-c', kubeconfig, ...flags]);
}

/** What reads the pod, and then forwards a port to it. */
async function readAndForward(kubeconfig: string): Promise<CliRun> {
  return await runCli(['pc', 'bootstrap', 'web-1.shop', '-o', 'json', '-c', kubeconfig]);
}

/** A script that prints `token-0`, `token-1` and so on, one for each time that it is run. */
function plugin(): object {
  const counter = join(directory.path, `counter-${count++}`);
  const script = directory.write(
    `plugin-${count++}.js`,
    `const fs = require('fs');
    const seen = fs.existsSync(${JSON.stringify(counter)}) ? fs.readFileSync(${JSON.stringify(counter)}, 'utf8') : '';
    fs.writeFileSync(${JSON.stringify(counter)}, seen + '.');
    console.log(JSON.stringify({ kind: 'ExecCredential', status: { token: 'token-' + seen.length } }));`,
  );
  return {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script] },
  };
}

describe('a token that expires in the middle of a run', () => {
  it('of a plug-in is asked for anew, once, for a port-forward', async () => {
    let asked = 0;
    api.accepts = (token) => token === `token-${Math.min(1, asked++)}`;
    const run = await readAndForward(withUser(plugin()));
    expect(run).toMatchObject({ status: 0, stderr: '' });
    // The pod is read with the first, which the port-forward is refused with.
    expect(tokens()).toEqual(['token-0', 'token-0', 'token-1']);
  });

  it('of a file is read anew', async () => {
    const path = directory.write('token', 'an-old-one\n');
    api.accepts = (token) => {
      directory.write('token', `${api.token}\n`);
      return token === api.token;
    };
    expect(await view(withUser({ tokenFile: path }))).toMatchObject({ status: 0, stderr: '' });
    expect(tokens().slice(0, 2)).toEqual(['an-old-one', api.token]);
  });

  it('is refused where another is refused as well, and one that stands in the kubeconfig is not tried again', async () => {
    api.accepts = () => false;
    const run = await view(withUser(plugin()));
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(/401 Unauthorized to user "tester"/);
    expect(tokens()).toEqual(['token-0', 'token-1']);
    api.requests.length = 0;
    expect(await view(file(api.kubeconfig()))).toMatchObject({ status: 69 });
    expect(tokens()).toEqual([api.token]);
  });

  it('costs a capture of many pods nothing', async () => {
    let asked = 0;
    api.accepts = (token) => token === `token-${(asked += 1) > 4 ? 1 : 0}`;
    const out = join(directory.path, 'captured');
    const run = await runCli(['capture', out, '-n', 'shop', '-c', withUser(plugin())]);
    expect(run).toMatchObject({ status: 0 });
    for (const name of ['web-1', 'web-2']) expect(existsSync(join(out, `proxies/shop/${name}`))).toBe(true);
    expect(new Set(tokens())).toEqual(new Set(['token-0', 'token-1']));
  });
});

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A JSON Web Token that ends so many seconds from now. */
const jwt = (seconds: number): string =>
  `${encoded({ alg: 'none' })}.${encoded({ exp: Math.floor(Date.now() / 1000) + seconds })}.${count++}`;

describe('OpenID Connect', () => {
  let provider: Server;
  let answer: { status: number; body: object };
  const forms: { form: URLSearchParams; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    provider = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const isDiscovery = request.url === '/realm/.well-known/openid-configuration';
        if (!isDiscovery) forms.push({ form: new URLSearchParams(text), authorization: request.headers.authorization });
        response.writeHead(isDiscovery ? 200 : answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isDiscovery ? { token_endpoint: `${address()}/token` } : answer.body));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  });

  beforeEach(() => {
    forms.length = 0;
  });

  afterAll(() => {
    provider.close();
  });

  const address = (): string => `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const user = (config: object): object => ({
    'auth-provider': {
      name: 'oidc',
      config: { 'client-id': 'kube', 'idp-issuer-url': `${address()}/realm`, ...config },
    },
  });

  it('takes a token that holds, and asks nobody', async () => {
    const token = jwt(3600);
    api.accepts = (one) => one === token;
    expect(await view(withUser(user({ 'id-token': token })))).toMatchObject({ status: 0, stderr: '' });
    expect(forms).toEqual([]);
  });

  it('renews one that has expired, and keeps both tokens in the kubeconfig, of which nothing else changes', async () => {
    const token = jwt(3600);
    api.accepts = (one) => one === token;
    answer = { status: 200, body: { id_token: token, refresh_token: 'second' } };
    const config = JSON.parse(
      api.kubeconfig({ user: user({ 'id-token': jwt(-60), 'refresh-token': 'first' }) }),
    ) as object;
    const { stringify } = await import('yaml');
    const path = file(`# Written by hand.\n${stringify(config)}`);
    chmodSync(path, 0o600);
    const link = join(directory.path, 'link');
    symlinkSync(path, link);
    expect(await view(link)).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
    expect(forms.map(({ form }) => Object.fromEntries(form))).toEqual([
      { grant_type: 'refresh_token', refresh_token: 'first', client_id: 'kube' },
    ]);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/^# Written by hand\.\n/);
    const after = JSON.parse(
      api.kubeconfig({ user: user({ 'id-token': token, 'refresh-token': 'second' }) }),
    ) as object;
    expect(parse(text)).toEqual(after);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    // And the next run finds it there.
    expect(await view(link)).toMatchObject({ status: 0 });
    expect(forms).toHaveLength(1);
  });

  it('renews one that the API server refuses in the middle of a run, by a client with a secret', async () => {
    const [old, token] = [jwt(3600), jwt(7200)];
    let asked = 0;
    api.accepts = (one) => one === ((asked += 1) > 1 ? token : old);
    answer = { status: 200, body: { id_token: token } };
    const path = withUser(user({ 'id-token': old, 'refresh-token': 'first', 'client-secret': 's:1' }));
    expect(await readAndForward(path)).toMatchObject({ status: 0, stderr: '' });
    expect(forms.map(({ authorization }) => authorization)).toEqual([
      `Basic ${Buffer.from('kube:s%3A1').toString('base64')}`,
    ]);
    expect(parse(readFileSync(path, 'utf8'))).toMatchObject({
      users: [{ user: { 'auth-provider': { config: { 'refresh-token': 'first', 'id-token': token } } } }],
    });
  });

  it.each([
    ['the provider refuses', { 'refresh-token': 'secret-one' }, /answered 400 it is revoked/],
    ['there is no refresh token', {}, /expired and there is no refresh token/],
    [
      'nobody answers',
      { 'refresh-token': 'secret-one', 'idp-issuer-url': 'http://127.0.0.1:1' },
      /127\.0\.0\.1:1 cannot be asked/,
    ],
    [
      'the issuer is of another scheme',
      { 'refresh-token': 'secret-one', 'idp-issuer-url': 'ftp://127.0.0.1/' },
      /no idp-issuer-url of http or https/,
    ],
    ['the token is no text', { 'id-token': 5 }, /expired and there is no refresh token/],
  ])('says so where %s, without the token', async (_why, config, message) => {
    answer = { status: 400, body: { error: 'invalid_grant', error_description: 'it is revoked' } };
    const run = await view(withUser(user({ 'id-token': jwt(-60), ...config })));
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toMatch(/Log in again/);
    expect(run.stderr).not.toMatch(/secret-one/);
    expect(api.requests).toEqual([]);
  });

  it.each<readonly [string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
    ['names no address', (_, response) => response.end('{"token_endpoint":"ftp://a"}'), /no token_endpoint of http/],
    ['answers with a page', (_, response) => response.end('<html>'), /answered 200/],
    [
      'breaks off its answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"a":');
        setTimeout(() => request.socket.destroy(), 50);
      },
      /broke off its answer: aborted/,
    ],
    [
      'sends its answer for ever',
      (request, response) => {
        const drip = setInterval(() => response.write(' '), 100);
        request.socket.once('close', () => {
          clearInterval(drip);
        });
      },
      /sent no whole answer for 1\.5 s/,
    ],
  ])('says so where the provider %s', async (_what, play, message) => {
    const other = createServer(play);
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const config = { 'id-token': jwt(-60), 'refresh-token': 'first', 'idp-issuer-url': issuer };
    const run = await view(withUser(user(config)), 'web-1.shop', '--timeout', '1500ms');
    other.closeAllConnections();
    other.close();
    expect(run).toMatchObject({ status: 69, stdout: '' });
    expect(run.stderr).toMatch(message);
  });
});

it('takes the first of contexts, clusters and users of one name, as kubectl does', async () => {
  const own = JSON.parse(api.kubeconfig({ context: { namespace: 'shop' } })) as Record<string, { name: string }[]>;
  const other = {
    ...own,
    'current-context': 'other',
    clusters: [{ name: 'test', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'tester', user: { token: 'wrong' } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'nobody', namespace: 'elsewhere' } }],
  };
  const [first, second] = [file(JSON.stringify(own)), file(JSON.stringify(other))];
  const argv = ['pc', 'listener', 'web-1', '--port', '15001', '-o', 'name'];
  const run = await runCli(argv, { env: { KUBECONFIG: `${first}:${second}` } });
  expect(run).toMatchObject({ status: 0, stdout: 'listener/virtualOutbound\n', stderr: '' });
  const reversed = await runCli(argv, { env: { KUBECONFIG: `${second}:${first}` } });
  expect(reversed.status).toBe(69);
  expect(reversed.stderr).toMatch(/context "other" does not exist/);
});
