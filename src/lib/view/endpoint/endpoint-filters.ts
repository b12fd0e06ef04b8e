/** The filters of `pc endpoint` and `pc eds`: by the cluster, and by each of its endpoints. */
import { parseIstioClusterName } from '../../envoy/cluster';
import type { FieldMask } from '../../scan/field-mask';
import { CLUSTER_DIRECTIONS } from '../cluster-view';
import { type Filter, type Filters, isSameText, textFilter } from '../filter';

export const HEALTH_STATUSES = ['UNKNOWN', 'HEALTHY', 'UNHEALTHY', 'DRAINING', 'TIMEOUT', 'DEGRADED'];

/** How the entries of a view are filtered by their endpoints. */
export interface EndpointsOf<Entry, Endpoint> {
  readonly cluster: (entry: Entry) => string;
  readonly endpoints: (entry: Entry) => readonly Endpoint[];
  /** The entry with those endpoints that pass; null where none does. */
  readonly narrowed: (entry: Entry, passes: (endpoint: Endpoint) => boolean) => Entry | null;
  /** What `--address` is held against. */
  readonly addresses: (endpoint: Endpoint) => readonly string[];
  /** Of an endpoint's addresses those that are shown where none passes. */
  readonly shownAddresses: (endpoint: Endpoint) => readonly string[];
  readonly port: (endpoint: Endpoint) => number;
  readonly health: (endpoint: Endpoint) => string;
  readonly addressFields: FieldMask;
  readonly healthFields: FieldMask;
}

/** The filters over entries of one kind. */
export function endpointFilters<Entry, Endpoint>(of: EndpointsOf<Entry, Endpoint>): Filters<Entry> {
  const each = (entry: Entry, values: (endpoint: Endpoint) => readonly string[]): readonly string[] =>
    of.endpoints(entry).flatMap(values);
  return {
    address: {
      kind: 'text',
      summary: 'Endpoints at this address.',
      helpValue: 'ADDRESS',
      fields: of.addressFields,
      keep: (entry, text) => of.narrowed(entry, (one) => of.addresses(one).some((own) => isSameText(own, text))),
      sought: partOf,
      values: (entry) => each(entry, of.shownAddresses),
    },
    port: {
      kind: 'port',
      summary: 'Endpoints on this port.',
      fields: of.addressFields,
      keep: (entry, port) => of.narrowed(entry, (one) => of.port(one) === port),
      values: (entry) => each(entry, (one) => (of.port(one) === 0 ? [] : [String(of.port(one))])),
    },
    cluster: clusterFilter(of, 'Endpoints of the cluster of exactly this name.', {
      helpValue: 'NAME',
      passes: isSameText,
      values: (name) => [name],
      sought: partOf,
    }),
    status: {
      kind: 'text',
      summary: 'Endpoints of this health: HEALTHY, UNHEALTHY, DRAINING, TIMEOUT, DEGRADED, UNKNOWN.',
      vocabulary: { values: HEALTH_STATUSES, isExact: false },
      fields: of.healthFields,
      keep: (entry, text) => of.narrowed(entry, (one) => isSameText(of.health(one), text)),
      values: (entry) => each(entry, (one) => [of.health(one)]),
    },
    fqdn: clusterFilter(of, 'Endpoints of clusters whose name holds this service name.', {
      helpValue: 'HOST',
      passes: (name, text) => (parseIstioClusterName(name)?.fqdn ?? name).includes(text),
      values: (name) => parts(name, ({ fqdn }) => fqdn),
      sought: partOf,
    }),
    direction: clusterFilter(of, 'Endpoints of clusters of this direction.', {
      vocabulary: { values: CLUSTER_DIRECTIONS, isExact: false },
      passes: (name, text) => isSameText(parseIstioClusterName(name)?.direction ?? '', text),
      values: (name) => parts(name, ({ direction }) => direction),
    }),
    subset: clusterFilter(of, 'Endpoints of clusters of this subset.', {
      passes: (name, text) => parseIstioClusterName(name)?.subset === text,
      values: (name) => parts(name, ({ subset }) => subset).filter((one) => one !== ''),
      sought: partOf,
    }),
  };
}

function partOf(text: string): { readonly text: string; readonly as: 'part' } {
  return { text, as: 'part' };
}

/** A filter by what the cluster's name says. */
function clusterFilter<Entry>(
  { cluster }: Pick<EndpointsOf<Entry, unknown>, 'cluster'>,
  summary: string,
  by: Pick<Filter<unknown>, 'helpValue' | 'vocabulary'> & {
    readonly passes: (name: string, text: string) => boolean;
    readonly values: (name: string) => readonly string[];
    readonly sought?: (text: string) => { readonly text: string; readonly as: 'part' };
  },
): Filter<Entry> {
  return textFilter({
    summary,
    ...by,
    // It is in the entry's own name field, which is read always; Envoy is not asked by it.
    fields: {},
    passes: (entry, text) => by.passes(cluster(entry), text),
    values: (entry) => by.values(cluster(entry)),
  });
}

function parts(
  name: string,
  part: (parsed: NonNullable<ReturnType<typeof parseIstioClusterName>>) => string,
): readonly string[] {
  const parsed = parseIstioClusterName(name);
  return parsed === null ? [] : [part(parsed)];
}
