/** The kubelet's side of exec: a container in which pilot-agent and a few commands run. */
import { request } from 'node:http';
import type { WebSocket } from 'ws';
import type { Backend, Result } from './backend';

/** What a client runs. */
export interface Asked {
  readonly words: readonly string[];
  readonly container: string;
  readonly hasInput: boolean;
}

const FRAME = 32 << 10;

/** Plays a command until it has ended, and says how. */
export async function playExec(socket: WebSocket, asked: Asked, backend: Backend): Promise<void> {
  const command = asked.words;
  const send = (channel: number, text: string): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += FRAME) {
      socket.send(Buffer.concat([Buffer.of(channel), bytes.subarray(at, at + FRAME)]), { binary: true });
    }
  };
  if (backend.fault?.kind === 'dies') {
    send(1, '{"configs": [');
    setTimeout(() => {
      socket.terminate();
    }, 50);
    return;
  }
  const input = asked.hasInput ? await inputOf(socket) : null;
  const result = (await run(command, backend)) ?? (await backend.run?.(command, asked.container, input)) ?? null;
  if (result === null) {
    const message = `error executing command in container: exec: "${command[0] ?? ''}": executable file not found in $PATH`;
    send(3, JSON.stringify({ metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 }));
  } else {
    send(1, result.stdout);
    send(2, result.stderr);
    const { exitCode } = result;
    const failure = {
      metadata: {},
      status: 'Failure',
      message: `command terminated with non-zero exit code: exit status ${exitCode}`,
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
    };
    send(3, JSON.stringify(exitCode === 0 ? { metadata: {}, status: 'Success' } : failure));
  }
  socket.close(1000);
}

/** Standard input: to its end, which version 5 of the protocol tells, and before that to the end of its first line. */
async function inputOf(socket: WebSocket): Promise<string> {
  return await new Promise((resolve) => {
    let text = '';
    socket.on('message', (frame: Buffer) => {
      if (frame[0] === 0) text += frame.subarray(1).toString('utf8');
      const isEnd = socket.protocol.startsWith('v5.') ? frame[0] === 255 : text.includes('\n');
      if (isEnd) resolve(text);
    });
    socket.on('close', () => {
      resolve(text);
    });
  });
}

async function run(command: readonly string[], backend: Backend): Promise<Result | null> {
  const canned = backend.commands?.[command.join(' ')];
  if (canned !== undefined) return { stdout: canned, stderr: '', exitCode: 0 };
  if (command[0] !== 'pilot-agent' || command[1] !== 'request') return null;
  const words = command.slice(2);
  const flag = words.find((word) => word.startsWith('--debug-port='));
  const [method = '', path = ''] = words.filter((word) => word !== flag);
  const port = Number(flag?.slice('--debug-port='.length) ?? 15000);
  if (backend.port === null || port !== (backend.podPort ?? 15000)) {
    const url = `http://localhost:${port}/${path}`;
    return {
      stdout: '',
      stderr: `Error: Get "${url}": dial tcp 127.0.0.1:${port}: connect: connection refused\n`,
      exitCode: 1,
    };
  }
  const answer = await ask(backend.port, method, path);
  if (answer.status > 399 && answer.status !== 404) {
    return {
      stdout: '',
      stderr: `Error: received unsuccessful status code ${answer.status}: ${answer.text}\n`,
      exitCode: 1,
    };
  }
  return { stdout: `${answer.text}\n`, stderr: '', exitCode: 0 };
}

async function ask(
  port: number | string,
  method: string,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return await new Promise((resolve, reject) => {
    const where = typeof port === 'string' ? { socketPath: port } : { port, host: '127.0.0.1' };
    request({ ...where, method, path: `/${path}` }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => parts.push(chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
      });
    })
      .on('error', reject)
      .end();
  });
}
