/** Runs the built program as its user does, while this process serves what it asks for. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory';

const BIN = join(__dirname, '../../bin/run.js');
const LISTENING = join(__dirname, 'kube-api/listening.js');

export interface CliRun {
  /** As a shell says it: 130 of a process that died of Ctrl-C. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Sockets that it listened on. */
  readonly listening: readonly string[];
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called when it has begun. */
  readonly meanwhile?: (interrupt: () => void) => void;
}

/** What a shell adds to a signal's number. */
const SIGNALLED = 128;

/** Variables that would lead a run elsewhere than the test says. */
const STRAY = ['MCTL_SNAPSHOT', 'KUBECONFIG', 'HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy', 'DEBUG'];

export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const directory = temporaryDirectory();
  const listening = join(directory.path, 'listening');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !STRAY.includes(name)));
  const child = spawn(process.execPath, ['--require', LISTENING, BIN, ...argv], {
    env: { ...env, HOME: directory.path, MCTL_TEST_LISTENING: listening, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.meanwhile?.(() => child.kill('SIGINT'));
  const [stdout, stderr, status] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal === null ? code : SIGNALLED + constants.signals[signal]);
      });
    }),
  ]);
  const lines = existsSync(listening) ? readFileSync(listening, 'utf8').trim().split('\n') : [];
  directory.remove();
  return { status, stdout, stderr, listening: lines };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
