/**
 * A network namespace without a name: it is held by a sleeping process and goes with it, so that nothing is left behind
 * when a test run is ended.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { run, start, stop } from './process';

export class Network {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async create(): Promise<Network> {
    const holder = start(['unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 3600']);
    await once(holder.stdout!, 'data');
    const network = new Network(holder);
    network.run(['ip', 'link', 'set', 'lo', 'up']);
    return network;
  }

  /** The process whose namespace this is, as `ip link … netns PID` wants it. */
  get pid(): number {
    return this.#holder.pid!;
  }

  /** A command line that runs inside. */
  inside(program: readonly string[]): readonly string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`, ...program];
  }

  run(program: readonly string[], input = ''): string {
    return run(this.inside(program), input);
  }

  /** Appends rules to the nat table; each is the rest of an `iptables -t nat` command line. */
  nat(rules: readonly string[]): void {
    const text = ['*nat', ...rules, 'COMMIT', ''].join('\n');
    this.run(['iptables-restore', '-w', '--noflush'], text);
  }

  async close(): Promise<void> {
    await stop(this.#holder);
  }
}
