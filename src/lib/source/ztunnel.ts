/** Ztunnels as sources: the proxies of ambient mode, one a node, each of which serves the pods of its node. */
import type { Ztunnels, ZtunnelSource } from './source';

/** Where istiod and the ztunnels run unless the command line says otherwise. */
export const ISTIO_NAMESPACE = 'istio-system';

/** Whether a pod is a ztunnel: by its label `app`, where it has one, else by its name. */
export function isZtunnelPod(name: string, app: string | undefined): boolean {
  return app === undefined || app === '' ? name.startsWith('ztunnel') : app === 'ztunnel';
}

/** A source that is one ztunnel. @param isKnown whether it is known to be one, and no Envoy */
export function onlyZtunnel(ztunnel: ZtunnelSource, isKnown: boolean): Ztunnels {
  return {
    known: () => Promise.resolve(isKnown),
    list: () => Promise.resolve([]),
    open: () => Promise.resolve({ ztunnel, workload: null }),
    openAll: () => Promise.resolve([ztunnel]),
  };
}
