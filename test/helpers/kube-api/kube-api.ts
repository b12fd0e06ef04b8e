/**
 * A Kubernetes API server for tests, of the parts that mctl uses: TLS, bearer tokens and client certificates, lists and
 * objects with selectors and pages, RBAC, logs, and the WebSocket protocols of port-forward and exec.
 */
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { parseSelector } from '../../../src/lib/source/selector';
import type { Backend } from './backend';
import { Authority, type Certified } from './certificates';
import { playExec } from './exec';
import { podObject, type PodWanted, statusObject } from './objects';
import { playPortForward } from './port-forward';
import { playSpdyPortForward } from './spdy-port-forward';

export interface KubeApiOptions {
  /** Plain http where false. */
  readonly tls?: boolean;
  /** What is wrong with the server's certificate. */
  readonly certificate?: 'expired' | 'other-name';
}

/** Something a user asks for, as RBAC sees it. */
export interface Access {
  readonly user: string;
  readonly verb: 'get' | 'list' | 'create';
  /** With its subresource: `pods/portforward`. */
  readonly resource: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
}

export interface SeenRequest {
  readonly url: string;
  readonly user: string;
  readonly headers: IncomingMessage['headers'];
}

type KubeObject = Readonly<Record<string, unknown>> & { readonly metadata: { name: string; namespace?: string } };

interface Place {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
}

const TOKEN = 'a-bearer-token';
const USER = 'tester';
/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
const TOO_MANY = JSON.stringify(statusObject(429, 'TooManyRequests', 'Too many requests, please try again later.'));

export class KubeApi {
  readonly authority = new Authority('kube-api-test');
  readonly token = TOKEN;
  /** Every request, in order. */
  readonly requests: SeenRequest[] = [];
  /** Says no to what is asked; nothing where it is left alone. */
  deny: (access: Access) => boolean = () => false;
  /** Answers in place of the API: a page of a proxy, a failure, or silence. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  /** The page of what stands before the API server, which answers everything, upgrades as well; null for none. */
  front: { readonly status: number; readonly type: string; readonly text: string } | null = null;
  /** The most WebSockets that were open at once. */
  mostOpen = 0;
  /** How many requests are still answered with 429, and the seconds that Retry-After then names; null for none. */
  busy: { left: number; readonly retryAfter: string | null } = { left: 0, retryAfter: null };
  /** Protocols of exec that the server knows, the newest first. */
  protocols: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
  /** Fields that lists can be selected by. https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/ */
  fields: Readonly<Record<string, (object: any) => unknown>> = {
    'metadata.name': ({ metadata }) => metadata.name,
    'spec.nodeName': ({ spec }) => spec?.nodeName,
    'spec.clusterIP': ({ spec }) => spec?.clusterIP,
    'status.podIP': ({ status }) => status?.podIP,
  };
  /** Whether a bearer token is the tester's. */
  accepts: (token: string) => boolean = (token) => token === TOKEN;
  /** Bytes of the answers, upgrades left out. */
  bytes = 0;
  /** TCP connections made to the server. */
  connections = 0;
  readonly #options: KubeApiOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #objects = new Map<string, KubeObject[]>();
  readonly #backends = new Map<string, Backend>();
  readonly #upgrades = new WebSocketServer({ noServer: true, handleProtocols: (offered) => this.#protocol(offered) });

  private constructor(options: KubeApiOptions) {
    this.#options = options;
    const handler = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response);
    };
    this.#server = options.tls === false ? createPlainServer(handler) : createServer(this.#tls(), handler);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.front === null) this.#upgrade(request, socket, head);
      else refuse(socket, this.front.status, this.front.text, { 'Content-Type': this.front.type });
    });
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: KubeApiOptions = {}): Promise<KubeApi> {
    const api = new KubeApi(options);
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls === false ? 'http' : 'https'}://127.0.0.1:${port}`;
  }

  /** WebSockets that are open now. */
  get open(): number {
    return this.#upgrades.clients.size;
  }

  /** A kubeconfig of one context, `test`, as JSON, which is YAML. */
  kubeconfig(overrides: { readonly cluster?: object; readonly user?: object; readonly context?: object } = {}): string {
    const authority = Buffer.from(this.authority.certificate).toString('base64');
    const trust = this.#options.tls === false ? {} : { 'certificate-authority-data': authority };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: this.url, ...trust, ...overrides.cluster } }],
      users: [{ name: USER, user: overrides.user ?? { token: TOKEN } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: USER, ...overrides.context } }],
    });
  }

  /** A certificate by which a user logs in. */
  clientCertificate(user: string): Certified {
    return this.authority.sign({ name: user });
  }

  /** Adds a pod, and what is behind it. */
  addPod(wanted: PodWanted, backend: Backend = { port: null }): void {
    this.addNamespace(wanted.namespace);
    this.add('/api/v1', 'pods', podObject(wanted));
    this.setBackend(wanted, backend);
  }

  setBackend({ name, namespace }: { readonly name: string; readonly namespace: string }, backend: Backend): void {
    this.#backends.set(`${namespace}/${name}`, backend);
  }

  addNamespace(name: string): void {
    const known = this.#objects.get('/api/v1 namespaces') ?? [];
    if (!known.some(({ metadata }) => metadata.name === name)) {
      this.add('/api/v1', 'namespaces', { kind: 'Namespace', metadata: { name } });
    }
  }

  /** Adds an object: `add('/apis/apps/v1', 'deployments', {metadata: …})`. */
  add(api: string, resource: string, object: object): void {
    const key = `${api} ${resource}`;
    this.#objects.set(key, [...(this.#objects.get(key) ?? []), object as KubeObject]);
  }

  /** Gives an object of the core API other labels; what it returns puts the old ones back. */
  relabel(
    resource: string,
    { name, namespace }: { readonly name: string; readonly namespace: string },
    labels: Readonly<Record<string, string>>,
  ): () => void {
    const key = `/api/v1 ${resource}`;
    const before = this.#objects.get(key) ?? [];
    const isMeant = ({ metadata }: KubeObject): boolean => metadata.name === name && metadata.namespace === namespace;
    const relabelled = before.map((one) => (isMeant(one) ? { ...one, metadata: { ...one.metadata, labels } } : one));
    this.#objects.set(key, relabelled);
    return () => {
      this.#objects.set(key, before);
    };
  }

  /** Takes away all objects of a kind. */
  removeAll(api: string, resource: string): void {
    this.#objects.delete(`${api} ${resource}`);
  }

  /** Every connection breaks, as where a load balancer goes away; new ones may be made. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const client of this.#upgrades.clients) client.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** The headers of a 429 where one is due; the request is noted then. */
  #busyHeaders(request: IncomingMessage): Record<string, string> | null {
    if (this.busy.left <= 0) return null;
    this.requests.push({ url: request.url ?? '', user: '', headers: request.headers });
    this.busy.left -= 1;
    return this.busy.retryAfter === null ? {} : { 'Retry-After': this.busy.retryAfter };
  }

  #tls(): object {
    const { certificate } = this.#options;
    const hosts = certificate === 'other-name' ? ['kubernetes.example'] : ['127.0.0.1', 'localhost'];
    const own = this.authority.sign({ name: 'kube-apiserver', hosts, expired: certificate === 'expired' });
    return {
      cert: own.certificate,
      key: own.key,
      ca: this.authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.front !== null) {
      response.writeHead(this.front.status, { 'content-type': this.front.type }).end(this.front.text);
      return;
    }
    if (this.instead !== null) {
      this.instead(request, response);
      return;
    }
    const busy = this.#busyHeaders(request);
    if (busy !== null) {
      response.writeHead(429, { 'content-type': 'application/json', ...busy }).end(TOO_MANY);
      return;
    }
    const result = this.#resultOf(request, 'get');
    const text = typeof result.body === 'string' ? result.body : JSON.stringify(result.body);
    response.writeHead(result.status, {
      'content-type': typeof result.body === 'string' ? 'text/plain' : 'application/json',
    });
    this.bytes += Buffer.byteLength(text);
    response.end(text);
  }

  #resultOf(
    request: IncomingMessage,
    verb: 'get' | 'create',
  ): { readonly status: number; readonly body: object | string } {
    const url = new URL(request.url ?? '/', this.url);
    const user = this.#userOf(request);
    this.requests.push({ url: request.url ?? '', user: user ?? '', headers: request.headers });
    if (user === null) return { status: 401, body: statusObject(401, 'Unauthorized', 'Unauthorized') };
    const place = placeOf(url.pathname);
    if (place === null) return { status: 404, body: '404 page not found\n' };
    const forbidden = this.#forbidden(user, verb === 'get' && place.name === '' ? 'list' : verb, place);
    if (forbidden !== null) return { status: 403, body: statusObject(403, 'Forbidden', forbidden) };
    return place.name === '' ? this.#list(place, url.searchParams) : this.#object(place, url.searchParams);
  }

  #userOf(request: IncomingMessage): string | null {
    const impersonated = request.headers['impersonate-user'];
    const own = this.accepts(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
      ? USER
      : certifiedUser(request.socket);
    return own !== null && typeof impersonated === 'string' ? impersonated : own;
  }

  #forbidden(user: string, verb: Access['verb'], place: Place): string | null {
    const resource = place.subresource === '' ? place.resource : `${place.resource}/${place.subresource}`;
    const { group, namespace, name } = place;
    if (!this.deny({ user, verb, resource, group, namespace, name })) return null;
    const what = name === '' ? place.resource : `${place.resource} "${name}"`;
    const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    return `${what} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  }

  #list(place: Place, query: URLSearchParams): { readonly status: number; readonly body: object } {
    const meets = parseSelector(query.get('labelSelector') ?? '');
    const [, field = '', wanted] = /^([^=]+)=(.*)$/.exec(query.get('fieldSelector') ?? '') ?? [];
    const read = field === '' ? null : this.fields[field];
    if (read === undefined) {
      return { status: 400, body: statusObject(400, 'BadRequest', `field label not supported: ${field}`) };
    }
    const all = this.#of(place).filter((object) => {
      const labels = (object.metadata as { labels?: Record<string, string> }).labels ?? {};
      const isThere = place.namespace === '' || object.metadata.namespace === place.namespace;
      return isThere && meets(new Map(Object.entries(labels))) && (read === null || read(object) === wanted);
    });
    const from = Number(query.get('continue') ?? 0);
    const to = from + Number(query.get('limit') ?? all.length);
    const metadata = to < all.length ? { continue: String(to) } : {};
    return { status: 200, body: { kind: 'List', apiVersion: 'v1', metadata, items: all.slice(from, to) } };
  }

  #object(place: Place, query: URLSearchParams): { readonly status: number; readonly body: object | string } {
    const { namespace, name, resource, subresource, group } = place;
    const found = this.#of(place).find(
      ({ metadata }) => metadata.name === name && (namespace === '' || metadata.namespace === namespace),
    );
    if (found === undefined) {
      const kind = group === '' ? resource : `${resource}.${group}`;
      return { status: 404, body: statusObject(404, 'NotFound', `${kind} "${name}" not found`) };
    }
    if (subresource !== 'log') return { status: 200, body: found };
    const log = this.#backends.get(`${namespace}/${name}`)?.logs?.[query.get('container') ?? ''];
    if (log !== undefined) return { status: 200, body: typeof log === 'string' ? log : log() };
    return { status: 400, body: statusObject(400, 'BadRequest', 'container is not valid for pod') };
  }

  #of({ group, version, resource }: Place): readonly KubeObject[] {
    return this.#objects.get(`${group === '' ? '/api' : `/apis/${group}`}/${version} ${resource}`) ?? [];
  }

  /** kube-apiserver takes the newest that it knows: for a port-forward, v4. */
  #protocol(offered: Set<string>): string | false {
    return this.protocols.find((protocol) => offered.has(protocol)) ?? false;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', this.url);
    const place = placeOf(url.pathname);
    const busy = this.#busyHeaders(request);
    if (busy !== null) {
      refuse(socket, 429, TOO_MANY, busy);
      return;
    }
    if (request.method === 'POST') {
      this.#upgradeSpdy(request, socket, place);
      return;
    }
    // Since Kubernetes 1.35 the upgrade is a get, and then a create.
    const first = this.#resultOf(request, 'get');
    const forbidden =
      first.status === 200 && place !== null ? this.#forbidden(this.#userOf(request) ?? '', 'create', place) : null;
    const result = forbidden === null ? first : { status: 403, body: statusObject(403, 'Forbidden', forbidden) };
    if (result.status !== 200 || place === null) {
      refuse(socket, result.status, JSON.stringify(result.body));
      return;
    }
    const backend = this.#backends.get(`${place.namespace}/${place.name}`) ?? { port: null };
    const { fault } = backend;
    if (fault?.kind === 'dial-hangs') return;
    if (fault?.kind === 'dial-fails') {
      refuse(socket, fault.status, JSON.stringify(statusObject(fault.status, 'InternalError', fault.message)));
      return;
    }
    this.#upgrades.handleUpgrade(request, socket, head, (upgraded) => {
      this.mostOpen = Math.max(this.mostOpen, this.open);
      const { searchParams } = url;
      const asked = {
        words: searchParams.getAll('command'),
        container: searchParams.get('container') ?? '',
        hasInput: searchParams.get('stdin') === 'true',
      };
      if (place.subresource === 'exec') void playExec(upgraded, asked, backend);
      else playPortForward(upgraded, Number(url.searchParams.get('ports')), backend);
    });
  }

  /** A port-forward that is asked for with POST needs `create` alone. */
  #upgradeSpdy(request: IncomingMessage, socket: Duplex, place: Place | null): void {
    const { status, body } = this.#resultOf(request, 'create');
    if (status !== 200 || place?.subresource !== 'portforward' || request.headers.upgrade !== 'SPDY/3.1') {
      refuse(socket, status === 200 ? 400 : status, JSON.stringify(body));
      return;
    }
    playSpdyPortForward(socket, this.#backends.get(`${place.namespace}/${place.name}`) ?? { port: null });
  }
}

/** The user whom a client certificate names. */
function certifiedUser(socket: Socket): string | null {
  return socket instanceof TLSSocket && socket.authorized ? String(socket.getPeerCertificate().subject.CN) : null;
}

function refuse(socket: Duplex, status: number, body: string, more: Readonly<Record<string, string>> = {}): void {
  // Node's server reads no further request from a connection that an upgrade was asked for on.
  const own = { Connection: 'close', 'Content-Type': 'application/json' };
  const headers = { ...own, 'Content-Length': String(Buffer.byteLength(body)), ...more };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${body}`);
}

const PATH =
  /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/([^/]+)\/(?=[^/]))?([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/;

function placeOf(path: string): Place | null {
  const match = PATH.exec(decodeURIComponent(path));
  if (match === null) return null;
  const [, group = '', version = '', namespace = '', resource = '', name = '', subresource = ''] = match;
  return { group, version, namespace, resource, name, subresource };
}
