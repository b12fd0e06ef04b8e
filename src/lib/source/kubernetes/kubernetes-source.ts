/** The cluster of a kubeconfig as a source. */
import { UnavailableError } from '../../errors';
import type { KubernetesOptions } from '../kubernetes-options';
import type { MeshSource } from '../source';

/** Opens the cluster that the options name. Throws UnavailableError where there is none. */
export function openKubernetes(options: KubernetesOptions): Promise<MeshSource> {
  return Promise.reject(
    new UnavailableError(`mctl cannot read a cluster yet (context ${options.context ?? 'as configured'})`, {
      hint: 'Read a saved dump with -f, a captured mesh with --snapshot, an admin address with --admin, or the sample with --sample.',
    }),
  );
}
