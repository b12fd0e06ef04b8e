/** `--to`: the pod or Service that is meant, in the form that outcomes name it by. */
import { UnavailableError, UsageError } from '../../errors';
import { readPod, readService } from '../../mesh/kubernetes';
import { nearest } from '../../nearest';
import { proxyName } from '../../proxy-id';
import type { MeshSource } from '../../source/source';

/** Forms that name no object of Kubernetes. */
const OTHER = /^(?:outside$|cluster=|host=)/;
const SERVICE = 'svc/';

/**
 * The destination with a pod's own name in place of a workload's or of `NAMESPACE/POD`. Throws UnavailableError for a pod or
 * Service that the source does not have, as no answer would tell that from one that nobody can reach; UsageError for a workload
 * of several pods.
 */
export async function destinationNamed(mesh: MeshSource, to: string): Promise<string> {
  if (OTHER.test(to)) return to;
  if (to.startsWith(SERVICE)) {
    await requireService(mesh, to.slice(SERVICE.length));
    return to;
  }
  return (await isKnownPod(mesh, to)) ? to : await podOf(mesh, to);
}

/** Where nobody knows the pods, the name is taken as it is. */
async function isKnownPod(mesh: MeshSource, to: string): Promise<boolean> {
  if (mesh.live === true) return false;
  const [{ pods }, proxies] = await Promise.all([mesh.kubernetes(['pods']), mesh.proxies()]);
  if (pods === null && proxies.length <= 1) return true;
  const listed = (pods ?? []).flatMap((value) => readPod(value)?.id ?? []);
  return [...proxies, ...listed].some((id) => proxyName(id) === to);
}

async function podOf(mesh: MeshSource, to: string): Promise<string> {
  const found = (await mesh.openAll(to)).flatMap(({ id }) => (id === null ? [] : proxyName(id)));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw new UsageError(`--to ${to} is ${found.length} pods`, {
    hint: `Name one of them, such as ${only ?? 'POD.NAMESPACE'}, or their Service as svc/NAME.NAMESPACE.`,
  });
}

async function requireService(mesh: MeshSource, name: string): Promise<void> {
  if (mesh.live === true) return;
  const { services } = await mesh.kubernetes(['services']);
  const names = (services ?? []).flatMap((value) => {
    const service = readService(value);
    return service === null ? [] : proxyName(service);
  });
  if (services === null || names.includes(name)) return;
  const near = nearest(name, names);
  throw new UnavailableError(`no Service ${name} in ${mesh.label}`, {
    hint:
      near.length === 0
        ? 'A ServiceEntry is named by its host: host=NAME.'
        : `Did you mean svc/${near.join(', svc/')}?`,
  });
}
