/** How a snapshot is laid out (docs/snapshot.md): which files are its own. */

/** Files of one proxy, in `proxies/NAMESPACE/POD`. */
export const PROXY_FILES = ['config_dump.json', 'clusters.json', 'server_info.json', 'iptables.txt'] as const;

/** Files of one ztunnel, in `ztunnels/NAMESPACE/POD`. */
export const ZTUNNEL_FILES = ['config_dump.json'] as const;

/** Lists of Kubernetes objects, in `kubernetes`. */
export const LIST_FILES = [
  'pods.json',
  'services.json',
  'endpointslices.json',
  'nodes.json',
  'networkpolicies.json',
] as const;

/** What the directory says of itself. */
export const SNAPSHOT = 'snapshot.json';

/** The file that tells a directory in which a capture is under way, or was broken off, from a snapshot. */
export const PARTIAL_CAPTURE = 'capture.partial.jsonl';

const FILES: Readonly<Record<string, { readonly depth: number; readonly names: readonly string[] }>> = {
  kubernetes: { depth: 1, names: LIST_FILES },
  proxies: { depth: 3, names: PROXY_FILES },
  ztunnels: { depth: 3, names: ZTUNNEL_FILES },
};

/** Whether a file has this name, plain or gzipped. */
export function isNamed(file: string, name: string): boolean {
  return file === name || file === `${name}.gz`;
}

/** Whether a path below the directory is one that the layout knows, `snapshot.json` aside. */
export function isOfLayout(path: readonly string[]): boolean {
  const [top = '', ...below] = path;
  const known = Object.hasOwn(FILES, top) ? FILES[top] : undefined;
  const last = below.at(-1);
  if (known === undefined || last === undefined || below.length !== known.depth) return false;
  return known.names.some((name) => isNamed(last, name));
}
