/** Names of the services that waypoints are, by what stands in `destination`. */
import type { GatewayAddress, ZtunnelService } from '../../ztunnel/resources';
import { textsOf } from './text';

const NO_WAYPOINT = 'None';
const NOT_FOUND = 'NA';

/** The fields of a service that it is found and named by. */
export const NAMED_BY = { namespace: true, hostname: true, name: true, vips: true } as const;

/** As istioctl finds them: the first service of the dump with this `namespace/hostname` or VIP, as texts. */
export class WaypointNames {
  readonly #names = new Map<string, string>();

  add({ namespace = '', hostname = '', name = '', vips }: ZtunnelService): void {
    for (const key of [`${namespace}/${hostname}`, ...textsOf(vips)]) {
      if (!this.#names.has(key)) this.#names.set(key, name);
    }
  }

  /** `None` where there is no waypoint, `NA` where no service is found by its address. */
  nameOf(waypoint: GatewayAddress | undefined): string {
    if (waypoint === undefined) return NO_WAYPOINT;
    return this.#names.get(waypoint.destination ?? '') ?? NOT_FOUND;
  }

  /** As nameOf, but what stands there in place of `NA`: a pod's address, an unknown host. */
  fullNameOf(waypoint: GatewayAddress | undefined): string {
    const name = this.nameOf(waypoint);
    return name === NOT_FOUND ? `${waypoint?.destination ?? ''} (not found)` : name;
  }
}
