/**
 * Every route that a request may take where routes are taken by lot, each with its chance.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto (RouteMatch.runtime_fraction)
 */
import type { Route, RouteConfiguration } from '../../envoy/route';
import { isByLot } from '../../http/conditions/chance';
import { routesToAsk } from '../../http/route-index';
import { type Draws, type RouteInput } from '../../http/route-input';
import { failedCondition } from '../../http/route-match';
import { rememberedFor } from '../../remembered';

export interface RouteChance {
  readonly route: Route;
  readonly index: number;
  /** 0 to 1; what is missing to 1 finds no route, or hangs on what is not known. */
  readonly share: number;
}

/** Takes every lot as won, and notes how likely that was. */
class Winner implements Draws {
  share = 1;

  draw(options: readonly { readonly share: number }[]): number {
    this.share *= options[0]?.share ?? 1;
    return 0;
  }
}

/** In the routes' order; empty where no lot decides between them. */
export function routeChances(
  routes: readonly Route[],
  input: RouteInput,
  configuration: RouteConfiguration,
): readonly RouteChance[] {
  if (!hasLots(routes)) return [];
  const chances: RouteChance[] = [];
  let left = 1;
  for (const index of routesToAsk(routes, input, 0)) {
    const route = routes[index];
    if (route === undefined) continue;
    const winner = new Winner();
    const failed = failedCondition(route.match ?? {}, { ...input, decisions: winner }, configuration);
    if (failed === null) {
      chances.push({ route, index, share: left * winner.share });
      left *= 1 - winner.share;
    }
    if (left <= 0 || (failed !== null && failed.unknown !== null)) break;
  }
  return chances.length > 1 || left > 0 ? chances : [];
}

const hasLots = rememberedFor((routes: readonly Route[]): boolean =>
  routes.some(({ match }) => match !== undefined && isByLot(match)),
);
