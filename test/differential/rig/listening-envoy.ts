/** An Envoy in this network whose admin interface is a port and whose log is a file, as a person starts one. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { sleep, start, stop } from './process';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export class ListeningEnvoy {
  readonly admin: string;
  readonly log: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, name: string, port: number, config: string) {
    this.admin = `http://127.0.0.1:${port}`;
    this.log = join(directory, `${name}.log`);
    const flags = ['--disable-hot-restart', '--concurrency', '1', '--file-flush-interval-msec', '50', '-l', 'warning'];
    this.#process = start([process.env['ENVOY'] ?? 'envoy', '-c', config, '--log-path', this.log, ...flags]);
  }

  static async start(directory: string, name: string, bootstrap: object): Promise<ListeningEnvoy> {
    const port = await freePort();
    const config = join(directory, `${name}.json`);
    const admin = { address: { socket_address: { address: '127.0.0.1', port_value: port } } };
    writeFileSync(config, JSON.stringify({ ...bootstrap, admin }));
    const envoy = new ListeningEnvoy(directory, name, port, config);
    for (let tries = 0; tries < 400; tries++) {
      const ready = await fetch(`${envoy.admin}/ready`).catch(() => null);
      if (ready?.ok === true) return envoy;
      await sleep(50);
    }
    throw new Error('Envoy did not become ready');
  }

  async levels(): Promise<Record<string, string>> {
    const text = await (await fetch(`${this.admin}/logging`, { method: 'POST' })).text();
    return Object.fromEntries([...text.matchAll(/^ {2}(\S+): (\S+)$/gm)].map(([, name, level]) => [name, level]));
  }

  async stop(): Promise<void> {
    await stop(this.#process);
  }
}
