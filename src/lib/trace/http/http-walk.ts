/** An HTTP request through a connection manager: admitted, routed, filtered, answered or sent on. */
import { type Dead, isDead } from '../dead';
import { carrying } from '../filters/carrying';
import { runHttpFilters } from '../filters/http-filters';
import { StreamState } from '../filters/stream-state';
import { joinsHeaders } from '../filters/version';
import type { HopEnd } from '../hop-context';
import type { HopRecord } from '../hop-record';
import { admit } from './connection-manager';
import { headerView } from './message';
import { localReply } from './reply';
import { act } from './route-action';
import { routesName } from './route-configuration';
import { findRouting, type Routing } from './routing';
import type { HttpWalk } from './http-arrival';
import { routeInput } from './route-match';
import { allowsUpgrade, upgradeOf } from './upgrade';

/**
 * Route and cluster are fixed before the filters run, and the filters run even where there is no route: one of them may
 * answer first. https://www.envoyproxy.io/docs/envoy/latest/intro/life_of_a_request
 */
export function walkHttp(walk: HttpWalk, record: HopRecord): HopEnd {
  const { context, manager, pointer, arrival, connection } = walk;
  const name = routesName(manager);
  if (name !== null) record.fill({ routeConfiguration: { name } });
  const admitted = admit(manager, pointer, arrival, record);
  if (isDead(admitted)) return admitted;
  const input = routeInput({
    message: admitted,
    headers: headerView(admitted, joinsHeaders(context.config)),
    tls: connection.tls === null ? null : { presented: connection.tls.certificate !== null, validated: walk.validated },
    decisions: context.decisions,
    claims: context.claims,
  });
  const routing = findRouting(walk, input, record);
  if (isDead(routing)) return routing;
  const refused = refusedUpgrade(walk, routing);
  if (refused !== null) return refused;
  const state = new StreamState(walk.state);
  const message = runHttpFilters(
    {
      context,
      manager,
      pointer,
      message: admitted,
      connection,
      state,
      routeConfiguration: routing.configuration,
      virtualHost: routing.virtualHost,
      route: routing.route?.route ?? null,
      weighted: routing.taken?.planned.weighted ?? null,
      cluster: routing.taken?.planned.name ?? null,
    },
    record,
  );
  return isDead(message) ? message : carrying(state, act(walk, routing, message, record));
}

function refusedUpgrade({ manager, arrival: { message } }: HttpWalk, { route }: Routing): Dead | null {
  const upgrade = message === null || route === null ? null : upgradeOf(message);
  if (upgrade === null || allowsUpgrade(upgrade, manager, route?.route.route ?? null)) return null;
  const because = `neither the route nor the connection manager lets ${upgrade} through (upgrade_configs)`;
  return localReply(message, ['failed', 'local-reply'], 403, because);
}
