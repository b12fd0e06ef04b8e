/** Who sends the request: mctl itself, or the first program in a container that can. */
import type { Duplex } from 'node:stream';
import { UnavailableError, UsageError } from '../../errors';
import { shellWords } from '../../curl/shell-words';
import { type Answer, answerOf } from '../../send/answer';
import { sendFromHere } from '../../send/local';
import type { RequestToSend } from '../../send/request';
import type { Tool } from '../../send/tool';
import { toolsFor } from '../../send/tools';
import { WayLost } from '../../source/admin-client';
import type { LivePod } from '../../source/source';
import type { ProveFlags } from './prove-flags';

export interface RequestSender {
  /** Where it sends from, for what is said before. */
  readonly where: string;
  /** What has sent; known after the first request. */
  by(): string;
  send(request: RequestToSend): Promise<Answer>;
}

export const FROM_HERE: RequestSender = {
  where: 'from here',
  by: () => 'mctl',
  send: async (request) => await sendFromHere(request),
};

/** To a port of a gateway's pod through the API server, as `kubectl port-forward` does: to Envoy the caller is 127.0.0.1. */
export function intoPod(pod: LivePod, name: string, port: number): RequestSender {
  const where = `from here, through a port-forward to port ${port} of ${name}`;
  return {
    where,
    by: () => `mctl, ${where}`,
    send: async (request) => {
      const broken: WayLost[] = [];
      const dial = async (): Promise<Duplex> => {
        const socket = await pod.dial(port);
        return socket.on('error', (error) => {
          if (error instanceof WayLost) broken.push(error);
        });
      };
      const answer = await sendFromHere(request, dial);
      const [lost] = answer.status === null ? broken : [];
      if (lost === undefined) return answer;
      // What Envoy would have answered is not known.
      throw new UnavailableError(
        `The request was sent, and the port-forward to ${name} was lost before an answer came: ${lost.message}`,
        { cause: lost, hint: lost.hint ?? 'Try again.' },
      );
    },
  };
}

const PROXY_CONTAINER = 'istio-proxy';

/** Throws UsageError for what no pod can do. */
export function refuseContainer({ 'prove-container': container, 'prove-command': command }: ProveFlags): void {
  if (container === PROXY_CONTAINER) {
    throw new UsageError(`What ${PROXY_CONTAINER} sends is not captured: its user is Envoy's own`, {
      hint: 'Name a container of the application with --prove-container, or add one: kubectl debug -it POD --image=curlimages/curl --target=CONTAINER.',
    });
  }
  if (command !== undefined && shellWords(command).length === 0) {
    throw new UsageError('--prove-command names no command');
  }
}

/** Throws UsageError where no container can be taken. */
export function fromPod(pod: LivePod, name: string, flags: ProveFlags): RequestSender {
  const container = flags['prove-container'] ?? pod.containers[0];
  if (container === undefined) {
    throw new UsageError(`The containers of ${name} are not known`, { hint: 'Name one with --prove-container.' });
  }
  refuseContainer({ ...flags, 'prove-container': container });
  const command = flags['prove-command'] === undefined ? null : shellWords(flags['prove-command']);
  return new PodSender(pod, container, name, toolsFor(command));
}

class PodSender implements RequestSender {
  readonly where: string;
  readonly #pod: LivePod;
  readonly #container: string;
  #tools: readonly Tool[];
  #used: string | null = null;

  constructor(pod: LivePod, container: string, name: string, tools: readonly Tool[]) {
    this.#pod = pod;
    this.#container = container;
    this.where = `from container ${container} of ${name}`;
    this.#tools = tools;
  }

  by(): string {
    return `${this.#used ?? 'nothing'}, ${this.where}`;
  }

  /** The first program that is there sends; those that are not there are not asked again. */
  async send(request: RequestToSend): Promise<Answer> {
    const tried: string[] = [];
    for (const tool of this.#tools) {
      const command = tool.command(request);
      if (command === null) continue;
      const ran = await this.#pod.run(command, this.#container);
      if (isMissing(ran.status, `${ran.said}\n${ran.output}`)) {
        tried.push(`${tool.name}: ${firstLine(ran.said)}`);
        continue;
      }
      this.#tools = [tool];
      this.#used = tool.name;
      if (ran.status !== null && tool.unsent.has(ran.status)) throw unsent(tool, ran.status, ran.said);
      // wget tells the head on standard error.
      return answerOf(`${ran.output}\n${ran.said}`, ran.said);
    }
    throw new UnavailableError(`Nothing ${this.where} can send this request`, {
      hint: `${tried.length === 0 ? 'No program that mctl knows can send it as it is' : `Tried ${tried.join('; ')}`}. Name a container that has curl with --prove-container (kubectl debug adds one), or a command with --prove-command.`,
    });
  }
}

/** Statuses with which a shell or a runtime says that there is no such program. */
const NOT_FOUND = [126, 127];

function isMissing(status: number | null, said: string): boolean {
  return (
    status === null || (NOT_FOUND.includes(status) && /not found|no such file|permission denied|executable/i.test(said))
  );
}

function unsent(tool: Tool, status: number, said: string): UnavailableError {
  return new UnavailableError(
    `The request was not sent: ${tool.name} ended with status ${status}: ${firstLine(said)}`,
    {
      hint: 'Does the host name resolve in the container? --prove-command names another command.',
    },
  );
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 200);
}
