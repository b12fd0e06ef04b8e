/** What the command line says about a cluster and the way to a pod's Envoy. */
export interface KubernetesOptions {
  /** Path of a kubeconfig; null for the usual rules (KUBECONFIG, ~/.kube/config, in-cluster). */
  readonly kubeconfig: string | null;
  readonly context: string | null;
  /** As given with -n; null for the context's own. */
  readonly namespace: string | null;
  /** Where istiod and the ztunnels run; null for `istio-system`. */
  readonly istioNamespace: string | null;
  readonly as: string | null;
  readonly asUid: string | null;
  readonly asGroups: readonly string[];
  /** Port of Envoy's admin interface in the pod. */
  readonly adminPort: number;
  /** Milliseconds without a byte after which an answer is given up; there is no limit on the whole. */
  readonly idleTimeoutMs: number;
  /** How many pods are asked at once. */
  readonly concurrency: number;
  /** A label selector in place of a target. */
  readonly selector: string | null;
  /** How to reach Envoy in the pod. */
  readonly via: Via;
  /** A remark for the user: which replica was chosen, which way was taken. */
  readonly note: (line: string) => void;
  /** Called for each request made, as `--show-requests` prints it; null where nobody asked. */
  readonly showRequest: ((line: string) => void) | null;
}

/** `auto` forwards a port, and runs pilot-agent in the container where forwarding is forbidden. */
export type Via = 'port-forward' | 'exec' | 'auto';
