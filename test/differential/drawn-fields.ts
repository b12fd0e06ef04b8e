/** Which fields of Envoy's messages the generators of the differential tests draw: found by running them. */
import { generated } from '../helpers/generated-mesh';
import { collectFields } from '../helpers/message-fields';
import { bootstrap, randomListeners } from './rbac/configuration';
import type { Identities } from './rbac/identity';
import { bootstrap as bootstrapOfRedirects, resourcesOf } from './redirects/configuration';
import { Random } from './rig/random';
import { makeClusters, makeLoadAssignments } from './two-pods/clusters';
import { makeListeners } from './two-pods/listeners';
import { makePlan } from './two-pods/plan';
import { outboundRoutes } from './two-pods/routes';

const SEEDS = 40;
const FILE = '/dev/null';
const CERTIFICATE = { chain: FILE, key: FILE };

interface Drawn {
  readonly listeners: readonly unknown[];
  readonly clusters: readonly unknown[];
  readonly routes: readonly unknown[];
  readonly endpoints: readonly unknown[];
}

/** What each generator makes of a seed. */
const GENERATORS: Readonly<Record<string, (seed: number) => readonly Drawn[]>> = {
  'one sidecar': (seed) => {
    const { resources } = generated(seed);
    const { listeners, clusters, routeConfigurations: routes, loadAssignments: endpoints } = resources;
    return [{ listeners, clusters, routes, endpoints }];
  },
  'two pods': (seed) => {
    const plan = makePlan(seed);
    return [plan.client, ...plan.servers].map((pod) => ({
      listeners: makeListeners(plan, pod, '/dev'),
      clusters: makeClusters(plan, pod, '/dev'),
      routes: [outboundRoutes(plan)],
      endpoints: makeLoadAssignments(plan),
    }));
  },
  redirects: (seed) => {
    const ports = { plain: 1, tls: 2, back: 3, application: 4 };
    const made = bootstrapOfRedirects(new Random(seed), { ...ports, log: FILE, certificate: CERTIFICATE }, false);
    return [{ ...resourcesOf(made), routes: [], endpoints: [] }];
  },
  RBAC: (seed) => {
    const identities: Identities = {
      root: FILE,
      server: { certificate: FILE, key: FILE },
      clients: [],
      jwks: '{}',
      sign: () => '',
    };
    const listeners = randomListeners(new Random(seed), [1, 2, 3, 4, 5, 6], identities);
    const files = { httpLog: FILE, tcpLog: FILE, upstream: 1 };
    const { static_resources: made } = bootstrap(listeners, files, identities) as {
      readonly static_resources: Pick<Drawn, 'listeners' | 'clusters'>;
    };
    return [{ ...made, routes: [], endpoints: [] }];
  },
};

/** The generators that draw each field, `Message.field`. */
export function drawnFields(): ReadonlyMap<string, readonly string[]> {
  const drawnBy = new Map<string, string[]>();
  for (const [name, generator] of Object.entries(GENERATORS)) {
    const fields = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) for (const drawn of generator(seed)) collect(drawn, fields);
    for (const field of fields) drawnBy.set(field, [...(drawnBy.get(field) ?? []), name]);
  }
  return drawnBy;
}

function collect({ listeners, clusters, routes, endpoints }: Drawn, fields: Set<string>): void {
  collectFields(listeners, 'Listener[]', fields);
  collectFields(clusters, 'Cluster[]', fields);
  collectFields(routes, 'RouteConfiguration[]', fields);
  collectFields(endpoints, 'ClusterLoadAssignment[]', fields);
}
