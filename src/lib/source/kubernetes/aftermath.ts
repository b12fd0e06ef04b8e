/** After a connection to a pod was lost: what of the pod, its node and the API server is still there. */
import { UnavailableError } from '../../errors';
import type { ProxyId } from '../../proxy-id';
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import { restartsOf } from '../kubernetes-objects';
import { ApiRefusal } from './api-error';
import type { ApiServer } from './api-server';
import { podState } from './pod-state';
import { podPath } from './port-forward';
import { uriComponent } from '../../uri-component';

/** What an answer that only explains a failure says; null where it does not come soon. */
export async function soon<Answer>(
  api: ApiServer,
  asked: Promise<Answer>,
): Promise<{ readonly answer: Answer } | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, api.patienceMs, null);
  });
  try {
    return await Promise.race([asked.then((answer) => ({ answer })), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** That an API server says nothing, so that what is gone is not known. */
export function isSilent(api: ApiServer): string {
  return `The API server ${api.access.server.host} did not say within ${api.patienceMs / 1000} s what of it is gone.`;
}

/** A sentence that names what is gone, or says that nobody answers; null where all is there, or nothing more may be read. */
export async function whatIsGone(api: ApiServer, id: ProxyId, before: unknown): Promise<string | null> {
  const found = await soon(api, lookedAgain(api, id, before));
  return found === null ? isSilent(api) : found.answer;
}

/** A sentence that names what is gone; null where all is there, or nothing more may be read. Never throws for the cluster. */
async function lookedAgain(api: ApiServer, id: ProxyId, before: unknown): Promise<string | null> {
  const { host } = api.access.server;
  const pod = await orRefusal(api.get(podPath(id)));
  if (pod instanceof ApiRefusal) return pod.status === 404 ? 'The pod is gone: it was deleted meanwhile.' : null;
  if (pod instanceof UnavailableError) return `The API server ${host} does not answer any more.`;
  if (
    textOrEmpty(fieldAt(pod, 'metadata', 'uid')) !== textOrEmpty(fieldAt(before, 'metadata', 'uid')) &&
    before !== null
  ) {
    return 'The pod is gone: another of its name has taken its place.';
  }
  if (textOrEmpty(fieldAt(pod, 'metadata', 'deletionTimestamp')) !== '') return 'The pod is being deleted.';
  const obstacle = podState(pod).obstacle;
  if (obstacle !== null) return `The pod ${obstacle.because}.`;
  const gone = await deadNode(api, textOrEmpty(fieldAt(pod, 'spec', 'nodeName')));
  if (gone !== null) return gone;
  return restartsOf(pod) > restartsOf(before) && before !== null
    ? 'A container of the pod was restarted meanwhile.'
    : null;
}

async function deadNode(api: ApiServer, name: string): Promise<string | null> {
  if (name === '') return null;
  const node = await orRefusal(api.get(`/api/v1/nodes/${uriComponent(name)}`));
  if (node instanceof ApiRefusal) return node.status === 404 ? `Its node ${name} is gone.` : null;
  if (node instanceof UnavailableError) return `The API server ${api.access.server.host} does not answer any more.`;
  const ready = listOf(fieldAt(node, 'status', 'conditions')).find(
    (one) => textOrEmpty(field(one, 'type')) === 'Ready',
  );
  const status = textOrEmpty(field(ready, 'status'));
  return status === '' || status === 'True'
    ? null
    : `Its node ${name} is not ready: ${textOrEmpty(field(ready, 'message'))}`;
}

async function orRefusal(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UnavailableError) return error;
    throw error;
  }
}
