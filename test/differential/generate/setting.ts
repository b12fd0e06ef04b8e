/** What the makers of a configuration share. */
import type { Certificate } from '../rig/certificates';
import type { Random } from '../rig/random';

export interface Setting {
  readonly random: Random;
  /** Envoy's directory: its resources and its access log. */
  readonly directory: string;
  readonly accessLog: string;
  /** Clusters that routes may name. */
  readonly clusters: readonly string[];
  /** Route configurations that RDS gives. */
  readonly routeConfigurations: readonly string[];
  readonly certificates: { readonly server: Certificate; readonly client: Certificate; readonly root: string };
}
