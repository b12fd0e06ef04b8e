/** The filters of `pc endpoint` and `pc eds`. */
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
