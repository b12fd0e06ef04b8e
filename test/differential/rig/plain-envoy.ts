/** An Envoy in this network, on loopback, with everything in its bootstrap and the admin interface on a Unix socket. */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { sleep, start, stop } from './process';

const READY_WITHIN_MS = 60_000;

export class PlainEnvoy {
  readonly #admin: string;
  readonly #process: ChildProcess;
  #output = '';

  private constructor(directory: string, path: string) {
    this.#admin = join(directory, 'admin.sock');
    const envoy = [process.env['ENVOY'] ?? 'envoy', '-c', path, '--log-level', 'error'];
    const options = ['--disable-hot-restart', '--concurrency', '1', '--file-flush-interval-msec', '20'];
    this.#process = start([...envoy, ...options], (text) => (this.#output += text));
  }

  /** Starts Envoy and waits until it serves. Throws with its own words where it refuses the bootstrap. */
  static async start(directory: string, bootstrap: object): Promise<PlainEnvoy> {
    const path = join(directory, 'envoy.json');
    const admin = { address: { pipe: { path: join(directory, 'admin.sock') } } };
    writeFileSync(path, JSON.stringify({ ...bootstrap, admin }));
    const envoy = new PlainEnvoy(directory, path);
    await envoy.#ready();
    return envoy;
  }

  async #ready(): Promise<void> {
    const end = Date.now() + READY_WITHIN_MS;
    while (Date.now() < end && this.#process.exitCode === null) {
      const state = await this.admin('/ready').catch(() => '');
      if (state.startsWith('LIVE')) return;
      await sleep(50);
    }
    await this.stop();
    throw new Error(`Envoy did not become ready:\n${this.#output.slice(-4000)}`);
  }

  /** What the admin interface answers to a GET. */
  async admin(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const question = get({ socketPath: this.#admin, path, timeout: 10_000 }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => {
          resolve(text);
        });
      });
      question.on('error', ({ message }) => {
        reject(new Error(`${message}: ${this.#output.slice(-4000)}`));
      });
    });
  }

  async stop(): Promise<void> {
    await stop(this.#process);
  }
}
