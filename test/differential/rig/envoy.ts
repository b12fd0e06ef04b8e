/** An Envoy process in a network, with dynamic resources from files and its admin interface on a Unix socket. */
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { extension, type Message } from '../generate/message';
import type { Network } from './network';
import { sleep, start, stop } from './process';

/** What Envoy is given: each list becomes a file that it watches. */
export interface Resources {
  /** Layers of the bootstrap's runtime; none where they are left out. */
  readonly runtime?: readonly Message[];
  readonly listeners: readonly Message[];
  readonly clusters: readonly Message[];
  readonly routeConfigurations: readonly Message[];
  readonly loadAssignments: readonly Message[];
  readonly secrets: readonly Message[];
}

/** Envoy runs as this user, which the capture rules let pass. */
export const PROXY_UID = 1337;
const READY_WITHIN_MS = 20_000;

/** Without it Envoy refuses internal listeners, which waypoints have. */
const INTERNAL_LISTENERS = extension(
  'envoy.bootstrap.internal_listener',
  'envoy.extensions.bootstrap.internal_listener.v3.InternalListener',
);

export class Envoy {
  readonly directory: string;
  readonly #network: Network;
  #process: ChildProcess | null = null;
  #output = '';

  constructor(network: Network, directory: string) {
    this.#network = network;
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o777);
  }

  /** Where a resource type's file stands; resources name it in their config sources. */
  file(name: string): string {
    return join(this.directory, `${name}.json`);
  }

  /** Writes the resources, starts Envoy and waits until it is ready. */
  async start(node: Message, resources: Resources): Promise<void> {
    this.#write('lds', resources.listeners);
    this.#write('cds', resources.clusters);
    for (const resource of resources.routeConfigurations) this.#write(`rds-${fileName(resource['name'])}`, [resource]);
    for (const resource of resources.loadAssignments)
      this.#write(`eds-${fileName(resource['cluster_name'])}`, [resource]);
    for (const resource of resources.secrets) this.#write(`sds-${fileName(resource['name'])}`, [resource]);
    const bootstrap = {
      node,
      admin: { address: { pipe: { path: join(this.directory, 'admin.sock'), mode: 0o666 } } },
      bootstrap_extensions: [INTERNAL_LISTENERS],
      ...(resources.runtime === undefined ? {} : { layered_runtime: { layers: resources.runtime } }),
      dynamic_resources: { lds_config: fromFile(this.file('lds')), cds_config: fromFile(this.file('cds')) },
    };
    writeFileSync(this.file('bootstrap'), JSON.stringify(bootstrap));
    const privileges = ['setpriv', '--reuid', `${PROXY_UID}`, '--regid', `${PROXY_UID}`, '--clear-groups'];
    const pdeathsig = ['--pdeathsig', 'KILL'];
    const envoy = [process.env['ENVOY'] ?? 'envoy', '-c', this.file('bootstrap'), '--log-level', 'warning'];
    const options = ['--disable-hot-restart', '--concurrency', '1', '--file-flush-interval-msec', '20'];
    const program = this.#network.inside([...privileges, ...pdeathsig, ...envoy, ...options]);
    this.#process = start(program, (text) => (this.#output += text));
    await this.#ready();
  }

  /** What the admin interface answers to a GET. */
  async admin(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const question = request({ socketPath: join(this.directory, 'admin.sock'), path, timeout: 10_000 }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          resolve(text);
        });
      });
      question.on('error', reject).end();
    });
  }

  /** What Envoy printed: warnings, among them the resources that it refused. */
  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    if (this.#process !== null) await stop(this.#process);
  }

  #write(name: string, resources: readonly Message[]): void {
    writeFileSync(this.file(name), JSON.stringify({ version_info: '1', resources }));
  }

  async #ready(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    while (Date.now() < end && this.#process?.exitCode === null) {
      const state = await this.admin('/ready').catch(() => '');
      if (state.startsWith('LIVE')) return;
      await sleep(50);
    }
    throw new Error(`Envoy did not become ready:\n${this.#output.slice(-4000)}`);
  }
}

/** A config source that is a file. */
export function fromFile(path: string): Message {
  return { path_config_source: { path }, resource_api_version: 'V3' };
}

/** A resource's name as a file's. */
export function fileName(name: unknown): string {
  return String(name).replace(/[^A-Za-z0-9.-]/g, '_');
}
