/** The calling and the called programs of a network. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, NumberedCall } from './call';
import type { Network } from './network';
import { start, stop, talk } from './process';

/** Servers on the given `ADDRESS:PORT`s of a network. */
export class Upstream {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  static async start(network: Network, program: readonly string[], addresses: readonly string[]): Promise<Upstream> {
    let output = '';
    const child = start(network.inside([...program, ...addresses]), (text) => (output += text));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the upstream ended: ${output}`);
    });
    await Promise.race([once(child.stdout!, 'data'), ended]);
    ended.catch(() => undefined);
    return new Upstream(child);
  }

  async stop(): Promise<void> {
    await stop(this.#process);
  }
}

/** Sends calls from inside a network; the answers are in the calls' order. */
export async function sendCalls(
  network: Network,
  program: readonly string[],
  calls: readonly NumberedCall[],
): Promise<readonly Answer[]> {
  const lines = calls.map((call) => JSON.stringify(call)).join('\n');
  const text = await talk(network.inside(program), lines);
  const answers = new Map<number, Answer>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const answer = JSON.parse(line) as Answer;
    answers.set(answer.sourcePort, answer);
  }
  return calls.map((call) => answers.get(call.sourcePort)!);
}
