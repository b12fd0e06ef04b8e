/** A pod of a cluster: commands in its containers, and its proxy's log. */
import type { ProxyId } from '../../proxy-id';
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import type { CommandToRun, LivePod, Ran } from '../source';
import type { ApiServer } from './api-server';
import { CommandFailed, execInPod } from './exec';
import { podState, PROXY_CONTAINER } from './pod-state';
import { dialPod, podPath } from './port-forward';

/** What kubectl goes by. https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';
/** How much of a log is read. */
const MOST_LOG = 64 << 20;
/** How much of what a command prints is kept: a head, never a body. */
const MOST_OUTPUT = 1 << 20;

/** @param object the Pod as the API server sent it; null where it may not be read */
export function livePod(api: ApiServer, id: ProxyId, object: unknown, idleTimeoutMs: number): LivePod {
  return {
    containers: applicationContainers(object),
    run: async (command, container) => await run(api, id, command, { container, idleTimeoutMs }),
    proxyLog: async (seconds) => {
      const query = new URLSearchParams({
        container: PROXY_CONTAINER,
        sinceSeconds: String(Math.max(1, Math.ceil(seconds))),
        limitBytes: String(MOST_LOG),
      });
      return await api.text(`${podPath(id)}/log?${query.toString()}`);
    },
    dial: async (port) => await dialPod(api, id, port),
  };
}

function applicationContainers(object: unknown): readonly string[] {
  if (object === null) return [];
  const own = podState(object).containers.filter((name) => name !== PROXY_CONTAINER);
  const debug = listOf(fieldAt(object, 'spec', 'ephemeralContainers')).map((one) => textOrEmpty(field(one, 'name')));
  const first = textOrEmpty(fieldAt(object, 'metadata', 'annotations', DEFAULT_CONTAINER));
  const all = [...own, ...debug];
  return all.includes(first) ? [first, ...all.filter((name) => name !== first)] : all;
}

async function run(
  api: ApiServer,
  id: ProxyId,
  { words, input, readsToEnd }: CommandToRun,
  options: { readonly container: string; readonly idleTimeoutMs: number },
): Promise<Ran> {
  const text = input === null ? undefined : { text: input, isToEnd: readsToEnd };
  const running = await execInPod(api, id, words, { ...options, input: text });
  let output = '';
  try {
    for await (const chunk of running.output()) {
      if (output.length < MOST_OUTPUT) output += Buffer.from(chunk).toString('latin1');
    }
    return { output, said: running.said, status: 0 };
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    // Of a command that ran, the runtime's own words say no more than its status.
    const said = error.said.replace(/^command terminated with (?:non-zero )?exit code.*$/m, '').trim();
    return { output, said, status: error.status };
  }
}
