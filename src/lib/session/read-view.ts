/** Reads of a proxy what a view shows, and makes the view of it: hints to the scanner are worked out here, and nowhere else. */
import type { ConfigDump } from '../envoy/config-dump';
import { InputError } from '../errors';
import type { MeshSource, ProxySource, SectionName } from '../source/source';
import { NO_CONTEXT } from '../view/define-view';
import { deliveredEndpoints, deliveredView, ownEndpointsView } from '../view/endpoint/eds-view';
import { endpointView } from '../view/endpoint/endpoint-view';
import type { DumpView } from '../view/resource-view';
import type { AppliedView, Asked, ViewContext } from '../view/view';
import { eachClusterStatus, loadDump, loadSome, tryLoadDump } from './load';
import { podNames } from './pod-names';

/** What is asked of a view, and of the document that it is read from. */
export interface AskedOfProxy extends Asked {
  /** Whether only a table's own columns or names are printed, so that the rest of a resource need not be read. */
  readonly isTable: boolean;
}

/** Reads one proxy's document and makes a view of it. */
export type ReadView = (proxy: ProxySource, mesh: MeshSource, asked: AskedOfProxy) => Promise<AppliedView>;

/** A view of a section of a config_dump. The reading throws InputError where there is none, or nothing in it that must be. */
export function fromDump(view: DumpView): ReadView {
  return async (proxy, mesh, asked) => {
    const hints = view.hints(asked, asked.isTable);
    const hasSome = (dump: ConfigDump): boolean => view.hasSome(dump, asked.values);
    const dump = await (hints === null
      ? loadDump(proxy, [view.section])
      : loadSome(proxy, [view.section], hints, hasSome));
    if (view.isSectionNeeded) requireSection(dump, view.section);
    const context = view.isJoinedWithPods ? await contextOf(mesh, asked) : NO_CONTEXT;
    const applied = view.apply(dump, asked, context);
    if (view.isEntryNeeded && applied.total === 0) {
      throw new InputError(`no ${view.plural} found`, { hint: `The dump has no ${view.plural} that serve.` });
    }
    return applied;
  };
}

/** The hosts that Envoy reports, or where only a config_dump is at hand, those that EDS delivered. */
export const endpoints: ReadView = async (proxy, mesh, asked) => {
  const { values, isTable } = asked;
  const statuses = await eachClusterStatus(proxy, endpointView.hints(asked, isTable), (some) =>
    endpointView.hasSome(some, values),
  );
  const context = await contextOf(mesh, asked);
  if (statuses !== null) {
    const dump = asked.isWide === true ? await tryLoadDump(proxy, ['Endpoints']) : null;
    const delivered = hasEndpoints(dump) ? deliveredEndpoints(dump, values) : null;
    return endpointView.apply(statuses, asked, { ...context, delivered });
  }
  const dump = await loadSome(proxy, ['Endpoints'], deliveredView.hints(asked, isTable), (some) =>
    deliveredView.hasSome(some, values),
  );
  if (dump.section('Endpoints') === null)
    return (await ownEndpoints(proxy, asked, context)) ?? without(dump, 'Endpoints');
  return deliveredView.apply(dump, asked, context);
};

/** The endpoints that stand in clusters themselves; null where none do. */
async function ownEndpoints(
  proxy: ProxySource,
  asked: AskedOfProxy,
  context: ViewContext,
): Promise<AppliedView | null> {
  const dump = await loadSome(proxy, ['Clusters'], ownEndpointsView.hints(asked, asked.isTable), (some) =>
    ownEndpointsView.hasSome(some, asked.values),
  );
  const applied = ownEndpointsView.apply(dump, asked, context);
  return applied.total === 0 ? null : applied;
}

function hasEndpoints(dump: ConfigDump | null): dump is ConfigDump {
  return dump !== null && dump.section('Endpoints') !== null;
}

/** Pods are named in wide tables alone. */
async function contextOf(mesh: MeshSource, { isWide }: Asked): Promise<ViewContext> {
  return isWide === true ? { ...NO_CONTEXT, podOf: await podNames(mesh) } : NO_CONTEXT;
}

/** Throws InputError, in istioctl's words, where the dump lacks the section. */
export function requireSection(dump: ConfigDump, section: SectionName): void {
  if (dump.section(section) === null) without(dump, section);
}

function without(dump: ConfigDump, section: SectionName): never {
  const prefix = section === 'Listeners' ? 'listener dump: ' : '';
  const type = `type.googleapis.com/envoy.admin.v3.${section}ConfigDump`;
  throw new InputError(`${prefix}config dump has no configuration type ${type}`, {
    hint: `${dump.label} lacks this section: save the whole of /config_dump?include_eds.`,
  });
}
