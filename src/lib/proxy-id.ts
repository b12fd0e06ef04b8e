/** A proxy's name in the mesh: its pod and namespace. */
export interface ProxyId {
  readonly name: string;
  readonly namespace: string;
}

/** `pod.namespace`, as istioctl and istiod write it. */
export function proxyName(id: ProxyId): string {
  return `${id.name}.${id.namespace}`;
}
