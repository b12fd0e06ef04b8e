/** What filters are told of the route that a request takes. */
import type { FilterRoute } from './filter-metadata';
import type { Routing } from './routing';

/** Where no route is taken each is null. */
export function filterRoute({ configuration, virtualHost, route, taken }: Routing): FilterRoute {
  return {
    routeConfiguration: configuration,
    virtualHost,
    route: route?.route ?? null,
    weighted: taken?.planned.weighted ?? null,
    cluster: taken?.planned.name ?? null,
  };
}
