/** How a pod takes part in the mesh. */
import type { PodEntry } from '../../mesh/address-book';

/** Whether a pod has an Envoy beside it; null where that is not known. */
export function hasSidecar({ pod }: PodEntry): boolean | null {
  if (pod === null) return true;
  const names = [...pod.containers, ...pod.initContainers].map(({ name }) => name);
  if (names.includes('istio-proxy') || pod.annotations['sidecar.istio.io/status'] !== undefined) return true;
  // istiod's injector writes this label; endpoints are then called with mutual TLS.
  if (pod.labels['security.istio.io/tlsMode'] === 'istio') return true;
  return names.length === 0 ? null : false;
}

/** Whether ztunnel takes a pod's traffic. https://istio.io/latest/docs/ambient/architecture/traffic-redirection/ */
export function isAmbient({ pod }: PodEntry): boolean {
  return pod?.annotations['ambient.istio.io/redirection'] === 'enabled';
}
