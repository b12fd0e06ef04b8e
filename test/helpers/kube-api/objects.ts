/** Kubernetes objects as a test names them, with what the API server fills in. */

export interface PodWanted {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Container names; an application and istio-proxy where they are left out. */
  readonly containers?: readonly string[];
  /** Names of init containers; those that restart always are native sidecars. */
  readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
  readonly phase?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly ip?: string;
  /** More of its status. */
  readonly status?: object;
}

export function podObject(wanted: PodWanted): Record<string, unknown> {
  const {
    name,
    namespace,
    labels = {},
    containers = ['app', 'istio-proxy'],
    initContainers = [],
    phase = 'Running',
  } = wanted;
  const runs = phase === 'Running';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      creationTimestamp: '2026-01-01T00:00:00Z',
      managedFields: [{ manager: 'kubelet', operation: 'Update' }],
      ...(wanted.owner === undefined ? {} : { ownerReferences: [wanted.owner] }),
    },
    spec: {
      ...(runs ? { nodeName: 'node-1' } : {}),
      containers: containers.map((one) => ({ name: one })),
      ...(initContainers.length === 0 ? {} : { initContainers }),
    },
    status: {
      phase,
      conditions: runs ? [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:10Z' }] : [],
      ...(wanted.ip === undefined ? {} : { podIP: wanted.ip, podIPs: [{ ip: wanted.ip }] }),
      containerStatuses: runs
        ? containers.map((one) => ({ name: one, ready: true, restartCount: 0, state: { running: {} } }))
        : [],
      ...wanted.status,
    },
  };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export function statusObject(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}
