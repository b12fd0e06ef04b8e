/** `pc bootstrap`: the versions that a proxy was started with, or its whole bootstrap. */
import type { ConfigDump, Node } from '../envoy/config-dump';
import { type TableTransform, renderColumns } from '../render/table';
import { resourceJson } from './resource-view';

/** Istio's, the proxy's and Envoy's versions, a line each; a version that is not stated has none. */
export function bootstrapVersions(dump: ConfigDump, cells: TableTransform): string {
  const { istio, proxy, envoy } = versionsOf(dump.bootstrap?.node ?? {});
  const lines = [
    ['Istio Version:', istio],
    ['Istio Proxy Version:', proxy],
    ['Envoy Version:', envoy],
  ] as const;
  const { rows } = cells({ header: [], rows: lines.filter(([, version]) => version !== ''), padding: 1 });
  return renderColumns(rows, 1);
}

/** The versions that a node states; empty where it does not. */
export interface Versions {
  readonly istio: string;
  /** The proxy's commit. */
  readonly proxy: string;
  readonly envoy: string;
}

/** The versions of Istio, its proxy and Envoy that a node tells. */
export function versionsOf(node: Node): Versions {
  const sha = textAt(node.metadata, 'ISTIO_PROXY_SHA') ?? '';
  return {
    istio: textAt(node.metadata, 'ISTIO_VERSION') ?? '',
    proxy: sha.split(':')[1] ?? sha,
    envoy: envoyVersion(node),
  };
}

function envoyVersion({ user_agent_build_version: build }: Node): string {
  const { major_number: major = 0, minor_number: minor = 0, patch = 0 } = build?.version ?? {};
  const part = (key: string, separator: string): string => {
    const value = textAt(build?.metadata, key);
    return value === null ? '' : separator + value;
  };
  return [
    `${major}.${minor}.${patch}`,
    part('build.label', '-'),
    part('revision.status', '/'),
    part('build.type', '/'),
    part('ssl.version', '/'),
  ].join('');
}

/** A text of a Struct; empty for another value, null where there is none. */
function textAt(metadata: Readonly<Record<string, unknown>> | undefined, key: string): string | null {
  const value = metadata?.[key];
  if (value === undefined) return null;
  return typeof value === 'string' ? value : '';
}

/** The whole BootstrapConfigDump as istioctl prints it. */
export function bootstrapJson(dump: ConfigDump): object {
  return resourceJson(dump.section('Bootstrap')?.fields ?? {});
}
