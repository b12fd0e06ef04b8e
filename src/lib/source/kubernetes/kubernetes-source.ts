/** The cluster of a kubeconfig as a source. */
import { UnavailableError } from '../../errors';
import type { KubernetesOptions } from '../kubernetes-options';
import type { MeshSource } from '../source';

/** Opens the cluster that the options name. Throws UnavailableError where there is none. */
export function openKubernetes(options: KubernetesOptions): Promise<MeshSource> {
  return Promise.reject(
    new UnavailableError(`No cluster can be reached (context ${options.context ?? 'as configured'})`, {
      hint: 'Use -f, --snapshot or --sample.',
    }),
  );
}
