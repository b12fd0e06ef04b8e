/** Names of pods by their address, where the source knows the pods. */
import type { MeshSource } from '../source/source';

interface PodObject {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly status?: { readonly podIP?: string; readonly podIPs?: readonly { readonly ip?: string }[] };
}

/** A look-up of `pod.namespace` by IP; it finds nothing where the source has no list of pods. */
export async function podNames(mesh: MeshSource): Promise<(ip: string) => string | null> {
  const { pods } = await mesh.kubernetes(['pods']);
  const names = new Map<string, string>();
  for (const pod of (pods ?? []) as readonly PodObject[]) {
    const name = `${pod.metadata?.name ?? ''}.${pod.metadata?.namespace ?? 'default'}`;
    for (const ip of [pod.status?.podIP, ...(pod.status?.podIPs ?? []).map((one) => one.ip)]) {
      if (ip !== undefined) names.set(ip, name);
    }
  }
  return (ip) => names.get(ip) ?? null;
}
