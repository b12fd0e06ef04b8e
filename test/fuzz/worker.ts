/** A process that makes calls for scripts/fuzz.mjs, told the first seed and the last: what it begins and what came of it goes to its parent. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Bench, type Outcome } from './bench';

export type Message =
  | { readonly begins: number }
  /** @property memory the most that the process took during the call, in bytes; since its start where the system cannot tell */
  | { readonly ended: Outcome; readonly memory: number };

async function work(first: number, last: number): Promise<void> {
  const bench = new Bench();
  await bench.open();
  const send = async (message: Message): Promise<void> => {
    await new Promise((resolve) => process.send?.(message, undefined, undefined, resolve));
  };
  for (let seed = first; seed <= last; seed++) {
    forgetPeak();
    await send({ begins: seed });
    const ended = await bench.call(seed);
    await send({ ended, memory: peak() });
  }
  await bench.close();
  process.disconnect();
}

/** Where Linux says how much memory a process took at most, and may be told to forget it. */
const SELF = '/proc/self';

function forgetPeak(): void {
  if (existsSync(`${SELF}/clear_refs`)) writeFileSync(`${SELF}/clear_refs`, '5');
}

function peak(): number {
  const text = existsSync(`${SELF}/status`) ? readFileSync(`${SELF}/status`, 'utf8') : '';
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(text) ?? [];
  return 1024 * Number(kilobytes ?? process.resourceUsage().maxRSS);
}

async function describe(seed: number): Promise<void> {
  const bench = new Bench();
  await bench.open();
  process.stdout.write(`${JSON.stringify(bench.describe(seed), null, 2)}\n`);
  const { findings } = await bench.call(seed);
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  await bench.close();
}

const [first = '1', last = first] = process.argv.slice(2);
if (process.send === undefined) void describe(Number(first));
else void work(Number(first), Number(last));
