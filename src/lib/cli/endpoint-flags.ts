/** The filters of `pc endpoint` and `pc eds`. */
import { parseIstioClusterName } from '../envoy/cluster';
import { CLUSTER_DIRECTIONS } from '../view/cluster-view';
import { type EndpointFilters, HEALTH_STATUSES } from '../view/endpoint-view';
import { emptyNotes, vocabularyNotes } from '../view/notes';
import type { View } from '../view/view';
import { filterFlag, portFlag } from './flags';

export const endpointFilterFlags = {
  address: filterFlag('Endpoints at this address.', { helpValue: 'ADDRESS' }),
  port: portFlag({ helpGroup: 'filter', summary: 'Endpoints on this port.' }),
  cluster: filterFlag('Endpoints of the cluster of exactly this name.', { helpValue: 'NAME' }),
  status: filterFlag('Endpoints of this health: HEALTHY, UNHEALTHY, DRAINING, TIMEOUT, DEGRADED, UNKNOWN.'),
  fqdn: filterFlag('Endpoints of clusters whose name holds this service name.', { helpValue: 'HOST' }),
  direction: filterFlag('Endpoints of clusters of this direction.'),
  subset: filterFlag('Endpoints of clusters of this subset.'),
};

/** Values of filters that are none, and why a view of endpoints is empty. @param all the same view without filters */
export function endpointNotes(flags: EndpointFilters, view: View, all: () => View): readonly string[] {
  return [
    ...vocabularyNotes('status', flags.status, HEALTH_STATUSES),
    ...vocabularyNotes('direction', flags.direction, CLUSTER_DIRECTIONS),
    ...(view.count > 0 ? [] : emptyLines(flags, all())),
  ];
}

function emptyLines(flags: EndpointFilters, { table }: View): readonly string[] {
  const column = (name: string): readonly string[] => {
    const at = table.header.indexOf(name);
    return table.rows.map((row) => row[at] ?? '');
  };
  const [first = ''] = table.header;
  const places = column(first);
  const parts = column('CLUSTER').flatMap((name) => parseIstioClusterName(name) ?? []);
  // istioctl's eds compares the address with its port, and so must whoever wants to find something.
  const addresses = first === 'NAME' ? places : places.map((one) => one.replace(/:\d+$/, ''));
  return emptyNotes('endpoints', table.rows.length, [
    { flag: 'address', given: flags.address ?? '', values: addresses },
    { flag: 'port', given: String(flags.port ?? 0), values: places.map((one) => /:(\d+)$/.exec(one)?.[1] ?? '') },
    { flag: 'cluster', given: flags.cluster ?? '', values: column('CLUSTER') },
    { flag: 'status', given: flags.status ?? '', values: column('STATUS') },
    { flag: 'fqdn', given: flags.fqdn ?? '', values: parts.map(({ fqdn }) => fqdn) },
    { flag: 'direction', given: flags.direction ?? '', values: parts.map(({ direction }) => direction) },
    {
      flag: 'subset',
      given: flags.subset ?? '',
      values: parts.map(({ subset }) => subset).filter((one) => one !== ''),
    },
  ]);
}
