/**
 * A command in a container, its output as a stream: the frames of exec's WebSocket.
 * https://kubernetes.io/docs/reference/using-api/websocket/
 */
import { wordFor } from '../../caller';
import { UnavailableError } from '../../errors';
import { Silence } from '../admin-client';
import type { ProxyId } from '../../proxy-id';
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import type { ApiServer } from './api-server';
import type { WebSocket } from './client';
import { lost } from './pod-socket';
import { podPath } from './port-forward';

/** The newer one is what kubectl asks for first. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** Its second byte names the channel that has come to its end; version 5 alone has it. */
const CLOSE = 255;
const INPUT = 0;
const OUTPUT = 1;
const ERRORS = 2;
const STATUS = 3;
/** How much may wait for its reader before the connection is paused. */
const HIGH_WATER = 1 << 20;
const ERRORS_KEPT = 64 << 10;

/** The command ran and failed, or could not be run. */
export class CommandFailed extends UnavailableError {
  /** What it wrote to standard error, and the runtime's own words. */
  readonly said: string;
  /** What it ended with; null where it could not be run. */
  readonly status: number | null;

  constructor(message: string, said: string, status: number | null, hint: string) {
    super(message, { hint });
    this.said = said;
    this.status = status;
  }
}

export interface ExecOptions {
  readonly container: string;
  /** Milliseconds without a byte after which it is given up; zero means never. */
  readonly idleTimeoutMs: number;
  /** Its standard input; none where it is left out. */
  readonly input?: CommandInput | undefined;
}

export interface CommandInput {
  readonly text: string;
  /** Whether the command reads to the end, which an older server cannot tell it: it is then not written at all. */
  readonly isToEnd: boolean;
}

/** What a running command offers. */
export interface Running {
  /** Its standard output. Reading throws CommandFailed, and ConnectionLost where the connection breaks. */
  output(): AsyncIterable<Uint8Array>;
  /** What it wrote to standard error so far. */
  readonly said: string;
  stop(): void;
}

/** Starts a command. Throws ApiRefusal and UnavailableError. */
export async function execInPod(
  api: ApiServer,
  pod: ProxyId,
  command: readonly string[],
  options: ExecOptions,
): Promise<Running> {
  const stdin = options.input === undefined ? {} : { stdin: 'true' };
  const query = new URLSearchParams({ container: options.container, ...stdin, stdout: 'true', stderr: 'true' });
  for (const word of command) query.append('command', word);
  // A plus sign in a query is a space to some, and none to others.
  const path = `${podPath(pod)}/exec?${query.toString().replaceAll('+', '%20')}`;
  return await api.upgrade(path, PROTOCOLS, (socket) => new ExecStream(socket, command, options));
}

class ExecStream implements Running {
  readonly #socket: WebSocket;
  readonly #command: string;
  readonly #options: ExecOptions;
  readonly #waiting: Uint8Array[] = [];
  #size = 0;
  #errors = '';
  #end: { readonly error: Error | null } | null = null;
  #wake: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, command: readonly string[], options: ExecOptions) {
    this.#socket = socket;
    this.#command = command.join(' ');
    this.#options = options;
    socket.on('message', (data: Buffer) => {
      this.#take(data);
    });
    socket.on('close', (code: number) => {
      this.#finish(lost(`the connection broke before ${this.#command} had ended (close ${code})`));
    });
    socket.on('error', (error) => {
      this.#finish(lost(error.message));
    });
    this.#wait();
    if (options.input !== undefined) this.#write(options.input);
  }

  #write({ text, isToEnd }: CommandInput): void {
    const canEnd = this.#socket.protocol === PROTOCOLS[0];
    if (isToEnd && !canEnd) {
      this.#finish(
        new CommandFailed(
          `${this.#command}: the API server cannot end its standard input`,
          '',
          null,
          'It speaks an older protocol.',
        ),
      );
      return;
    }
    this.#socket.send(Buffer.concat([Buffer.of(INPUT), Buffer.from(text)]), { binary: true });
    if (canEnd) this.#socket.send(Buffer.of(CLOSE, INPUT), { binary: true });
  }

  async *output(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) {
          this.#size -= chunk.length;
          if (this.#socket.isPaused && this.#size < HIGH_WATER) this.#socket.resume();
          yield chunk;
        } else if (this.#end === null) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        } else {
          if (this.#end.error !== null) throw this.#end.error;
          return;
        }
      }
    } finally {
      this.stop();
    }
  }

  get said(): string {
    return this.#errors;
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#end === null || this.#socket.isPaused) this.#socket.terminate();
    else this.#socket.close();
  }

  #take(frame: Buffer): void {
    this.#wait();
    const bytes = frame.subarray(1);
    switch (frame[0]) {
      case OUTPUT:
        if (bytes.length === 0) return;
        this.#waiting.push(bytes);
        this.#size += bytes.length;
        if (this.#size >= HIGH_WATER) this.#socket.pause();
        this.#wake?.();
        return;
      case ERRORS:
        this.#errors = (this.#errors + bytes.toString('utf8')).slice(0, ERRORS_KEPT);
        return;
      case STATUS:
        if (bytes.length > 0) this.#finish(this.#failureOf(bytes.toString('utf8')));
        return;
      default:
    }
  }

  /** The Status that ends every command; null where it went well. */
  #failureOf(text: string): Error | null {
    let status: unknown;
    try {
      status = JSON.parse(text);
    } catch {
      status = { message: text };
    }
    if (textOrEmpty(field(status, 'status')) === 'Success') return null;
    const code = listOf(fieldAt(status, 'details', 'causes')).find(
      (cause) => textOrEmpty(field(cause, 'reason')) === 'ExitCode',
    );
    const message = textOrEmpty(field(status, 'message'));
    const [line = ''] = (this.#errors.trim() || message).replace(/^Error: /, '').split('\n');
    const how = code === undefined ? 'could not be run' : `ended with status ${textOrEmpty(field(code, 'message'))}`;
    return new CommandFailed(
      `${this.#command} in container ${this.#options.container} ${how}: ${line}`,
      `${this.#errors}\n${message}`,
      code === undefined ? null : Number(textOrEmpty(field(code, 'message'))),
      'kubectl exec with the same command shows what the container says.',
    );
  }

  #finish(error: Error | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    clearTimeout(this.#timer);
    this.#wake?.();
  }

  #wait(): void {
    const { idleTimeoutMs } = this.#options;
    clearTimeout(this.#timer);
    if (idleTimeoutMs <= 0 || this.#end !== null) return;
    this.#timer = setTimeout(() => {
      if (this.#socket.isPaused) {
        this.#wait();
        return;
      }
      this.#finish(
        new Silence(`${this.#command} in the pod: no byte came for ${idleTimeoutMs / 1000} s`, {
          hint: `A longer wait is set with ${wordFor('timeout')}.`,
        }),
      );
    }, idleTimeoutMs);
  }
}
