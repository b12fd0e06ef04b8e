/** The iptables rules of a pod of a cluster, where they can be had. */
import { MctlError } from '../../errors';
import type { ProxyId } from '../../proxy-id';
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import type { KubernetesOptions } from '../kubernetes-options';
import type { ApiServer } from './api-server';
import { execInPod } from './exec';
import { iptablesFromLog } from './iptables-log';
import { PROXY_CONTAINER } from './pod-state';
import { podPath } from './port-forward';

/** Containers that write the rules, or check those of the CNI plug-in. */
const INIT_CONTAINERS = ['istio-init', 'istio-validation'];

/**
 * The rules as iptables-save prints them: from the log of the container that wrote them, else by exec where that way was
 * chosen; null where neither has them, and where nothing captures traffic.
 */
export async function podIptables(
  api: ApiServer,
  pod: ProxyId,
  object: unknown,
  { via, idleTimeoutMs }: KubernetesOptions,
): Promise<string | null> {
  const there = listOf(fieldAt(object, 'spec', 'initContainers')).map((one) => textOrEmpty(field(one, 'name')));
  const asked = object === null ? INIT_CONTAINERS : INIT_CONTAINERS.filter((name) => there.includes(name));
  for (const container of asked) {
    const log = await orNull(api.text(`${podPath(pod)}/log?container=${container}`));
    const rules = log === null ? null : iptablesFromLog(log);
    if (rules !== null) return rules;
  }
  if (asked.length === 0 || via === 'port-forward') return null;
  return await orNull(saved(api, pod, idleTimeoutMs));
}

async function saved(api: ApiServer, pod: ProxyId, idleTimeoutMs: number): Promise<string | null> {
  const running = await execInPod(api, pod, ['iptables-save'], { container: PROXY_CONTAINER, idleTimeoutMs });
  const parts: Uint8Array[] = [];
  for await (const chunk of running.output()) parts.push(chunk);
  return iptablesFromLog(Buffer.concat(parts).toString('utf8'));
}

/** What may not be read is not known: the rules are worked out from the pod itself then. */
async function orNull<T>(asked: Promise<T | null>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MctlError) return null;
    throw error;
  }
}
