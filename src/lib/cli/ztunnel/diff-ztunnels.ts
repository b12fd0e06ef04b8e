/** The ztunnels of two sides of a comparison: one of each, since all of a cluster know the same. */
import type { ProxyDiff } from '../../diff/report';
import { compareZtunnels, type ComparedZtunnelView } from '../../diff/ztunnel-resources';
import { proxyName } from '../../proxy-id';
import { loadZtunnel } from '../../session/load-ztunnel';
import type { ZtunnelSource } from '../../source/source';
import type { Side } from '../comparison-sides';
import { namesZtunnel } from './lint-subjects';

export type ZtunnelPair = readonly [a: ZtunnelSource, b: ZtunnelSource];

/** Null where a side has no ztunnel, or is another proxy. */
export async function ztunnelPair(a: Side, b: Side): Promise<ZtunnelPair | null> {
  const [one, other] = [await ztunnelOf(a), await ztunnelOf(b)];
  return one === null || other === null ? null : [one, other];
}

/** The ztunnel that is named, or that stands for those of a file or a snapshot. A cluster's must be named. */
async function ztunnelOf({ mesh, target }: Side): Promise<ZtunnelSource | null> {
  const { ztunnels } = mesh;
  if (ztunnels === undefined) return null;
  if (target !== undefined && !namesZtunnel(target)) return null;
  if (target === undefined && (mesh.live === true || !(await ztunnels.known()))) return null;
  return (await ztunnels.open({ target, node: undefined, any: target === undefined })).ztunnel;
}

/** What differs between two ztunnels' dumps, in the views that are asked for. */
export async function compareZtunnelPair(
  [a, b]: ZtunnelPair,
  views: readonly ComparedZtunnelView[],
): Promise<ProxyDiff> {
  const [left, right] = [await loadZtunnel(a), await loadZtunnel(b)];
  const [one, other] = [a, b].map(({ id, label }) => (id === null ? label : proxyName(id)));
  return { a: one ?? '', b: other ?? '', views: compareZtunnels(left, right, views), skipped: [] };
}
