/** A pod: a network with capture rules, the application, and its Envoy. */
import { join } from 'node:path';
import { Upstream } from '../rig/application';
import { Envoy } from '../rig/envoy';
import { Network } from '../rig/network';
import type { Certificate } from '../rig/certificates';
import { secrets } from '../generate/configuration';
import { makeClusters, makeLoadAssignments } from './clusters';
import { natRules } from './iptables';
import { makeListeners } from './listeners';
import type { MeshPlan, PodPlan } from './plan';
import { outboundRoutes } from './routes';

/** Ports on which every application answers; some of them no configuration knows. */
const APPLICATION_PORTS = [9080, 3306, 9090];

export class Pod {
  readonly plan: PodPlan;
  readonly network: Network;
  readonly envoy: Envoy | null;
  #upstream: Upstream | null = null;

  private constructor(plan: PodPlan, network: Network, directory: string) {
    this.plan = plan;
    this.network = network;
    this.envoy = plan.sidecar ? new Envoy(network, join(directory, plan.name)) : null;
  }

  static async create(plan: PodPlan, directory: string): Promise<Pod> {
    return new Pod(plan, await Network.create(), directory);
  }

  async start(
    mesh: MeshPlan,
    upstream: readonly string[],
    identity: { own: Certificate; root: string },
  ): Promise<void> {
    this.#upstream = await Upstream.start(
      this.network,
      upstream,
      APPLICATION_PORTS.map((port) => `0.0.0.0:${port}`),
    );
    if (this.envoy === null) return;
    this.network.nat(natRules(this.plan.capture));
    const { directory } = this.envoy;
    const { name, ip, app } = this.plan;
    const metadata = { NAME: name, NAMESPACE: 'bookinfo', INSTANCE_IPS: ip, CLUSTER_ID: 'Kubernetes' };
    const node = {
      id: `sidecar~${ip}~${name}.bookinfo~bookinfo.svc.cluster.local`,
      cluster: `${app}.bookinfo`,
      metadata,
    };
    await this.envoy.start(node, {
      listeners: makeListeners(mesh, this.plan, directory),
      clusters: makeClusters(mesh, this.plan, directory),
      loadAssignments: makeLoadAssignments(mesh),
      routeConfigurations: [outboundRoutes(mesh)],
      secrets: secrets({ server: identity.own, root: identity.root }),
    });
  }

  get accessLog(): string {
    return join(this.envoy!.directory, 'access.log');
  }

  /** The nat rules as `iptables-save -c` prints them, with their packet counters. */
  savedRules(): string {
    return this.network.run(['iptables-save', '-c', '-t', 'nat']);
  }

  async stop(): Promise<void> {
    await this.envoy?.stop();
    await this.#upstream?.stop();
    await this.network.close();
  }
}
