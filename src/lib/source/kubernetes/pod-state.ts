/** What a Pod object says of the Envoy in it: its containers, and whether it can be asked anything. */
import { field, fieldAt, listOf, textOrEmpty } from '../../json-fields';
import { isZtunnelPod } from '../ztunnel';

/** The container that Istio runs Envoy in: of sidecars, gateways and waypoints alike. */
export const PROXY_CONTAINER = 'istio-proxy';

/** https://istio.io/latest/docs/reference/config/labels/ */
const TLS_MODE = 'security.istio.io/tlsMode';

export interface PodState {
  /** Names of its containers, those that run beside them from the start (native sidecars) included. */
  readonly containers: readonly string[];
  /** Whether Envoy runs in it, by its containers or by the label that the injector gives. */
  readonly hasProxy: boolean;
  /** Why nothing in it can be asked; null where it can. */
  readonly obstacle: { readonly because: string; readonly hint: string; readonly hasEnded: boolean } | null;
  /** Why Envoy's container does not run; null where it does or nothing is known of it. */
  readonly proxyTrouble: string | null;
}

/** Reads a Pod as the API server sends it. */
export function podState(pod: unknown): PodState {
  const native = listOf(fieldAt(pod, 'spec', 'initContainers')).filter(
    (container) => textOrEmpty(field(container, 'restartPolicy')) === 'Always',
  );
  const containers = [...listOf(fieldAt(pod, 'spec', 'containers')), ...native].map((one) =>
    textOrEmpty(field(one, 'name')),
  );
  return {
    containers,
    hasProxy:
      (containers.includes(PROXY_CONTAINER) && !isZtunnel(pod)) ||
      textOrEmpty(fieldAt(pod, 'metadata', 'labels', TLS_MODE)) === 'istio',
    obstacle: obstacleOf(pod),
    proxyTrouble: troubleOf(proxyStatus(pod)),
  };
}

/** The container of a ztunnel has the name of Envoy's, and no Envoy is in it. */
function isZtunnel(pod: unknown): boolean {
  const app = textOrEmpty(fieldAt(pod, 'metadata', 'labels', 'app'));
  return isZtunnelPod(textOrEmpty(fieldAt(pod, 'metadata', 'name')), app);
}

const ENDED = 'Its Envoy ended with it. Name a pod that runs.';

function obstacleOf(pod: unknown): PodState['obstacle'] {
  const status = field(pod, 'status');
  const phase = textOrEmpty(field(status, 'phase'));
  const reason = textOrEmpty(field(status, 'reason')) || textOrEmpty(field(status, 'message'));
  const more = reason === '' ? '' : `: ${reason}`;
  switch (phase) {
    case 'Succeeded':
      return { because: `has completed (phase Succeeded)${more}`, hint: ENDED, hasEnded: true };
    case 'Failed':
      return { because: `has failed (phase Failed)${more}`, hint: ENDED, hasEnded: true };
    case 'Pending': {
      // A native sidecar runs while the pod is still pending.
      if (field(fieldAt(proxyStatus(pod), 'state'), 'running') !== undefined) return null;
      const because = `is pending (phase Pending): ${pendingReason(pod)}`;
      return { because, hint: 'Wait for it to run; kubectl describe pod tells what it waits for.', hasEnded: false };
    }
    default:
      return null;
  }
}

function pendingReason(pod: unknown): string {
  const conditions = listOf(fieldAt(pod, 'status', 'conditions'));
  const scheduled = conditions.find((one) => textOrEmpty(field(one, 'type')) === 'PodScheduled');
  if (textOrEmpty(field(scheduled, 'status')) === 'False') {
    return `not scheduled: ${textOrEmpty(field(scheduled, 'message')) || textOrEmpty(field(scheduled, 'reason'))}`;
  }
  const waiting = statuses(pod).flatMap((one) => {
    const trouble = troubleOf(one);
    return trouble === null ? [] : [`${textOrEmpty(field(one, 'name'))} ${trouble}`];
  });
  return waiting[0] ?? 'its containers have not started';
}

function statuses(pod: unknown): readonly unknown[] {
  return [
    ...listOf(fieldAt(pod, 'status', 'initContainerStatuses')),
    ...listOf(fieldAt(pod, 'status', 'containerStatuses')),
  ];
}

function proxyStatus(pod: unknown): unknown {
  return statuses(pod).find((one) => textOrEmpty(field(one, 'name')) === PROXY_CONTAINER);
}

function troubleOf(status: unknown): string | null {
  const waiting = fieldAt(status, 'state', 'waiting');
  if (waiting !== undefined) return `is waiting: ${textOrEmpty(field(waiting, 'reason')) || 'no reason given'}`;
  const terminated = fieldAt(status, 'state', 'terminated');
  if (terminated === undefined || textOrEmpty(field(terminated, 'reason')) === 'Completed') return null;
  return `has ended: ${textOrEmpty(field(terminated, 'reason')) || 'no reason given'}`;
}
