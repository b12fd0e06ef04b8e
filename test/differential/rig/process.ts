/** Programs that a rig runs: short ones to their end, long ones until they are stopped. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** A program that failed, with what it printed. */
export class ProgramError extends Error {}

/** Runs a program to its end and gives its standard output. Throws ProgramError where it fails. */
export function run(program: readonly string[], input = ''): string {
  const [name = '', ...args] = program;
  const done = spawnSync(name, args, { input, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });
  if (done.status !== 0) {
    throw new ProgramError(
      `${program.join(' ')}: ${done.error?.message ?? `exit ${done.status ?? '?'}`}\n${done.stderr}`,
    );
  }
  return done.stdout;
}

/** Whether a program can be started and says that all is well. */
export function works(program: readonly string[]): boolean {
  const [name = '', ...args] = program;
  return spawnSync(name, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/** A program that dies with this process, however this process dies. */
export function start(program: readonly string[], onOutput: (text: string) => void = () => undefined): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...program], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', onOutput);
  child.stderr.setEncoding('utf8').on('data', onOutput);
  child.stdin.on('error', () => undefined);
  return child;
}

/** Asks a program to stop, and makes it stop where it does not within two seconds. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
  await ended;
  clearTimeout(timer);
}

/** Runs a program to its end without blocking, with `input` on its standard input; gives its standard output. */
export async function talk(program: readonly string[], input: string, timeoutMs = 120_000): Promise<string> {
  let out = '';
  let err = '';
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...program], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new ProgramError(`${program.join(' ')}: exit ${code ?? 'by signal'}\n${err}`);
  return out;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
