/**
 * One pod: a network, the application, an Envoy with a random configuration behind redirects to 15001 and 15006, and a client
 * whose requests are sent for real.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOf } from '../rig/access-log';
import { sendCalls, Upstream } from '../rig/application';
import type { Call } from '../rig/call';
import { Authority } from '../rig/certificates';
import { Envoy, PROXY_UID } from '../rig/envoy';
import { Network } from '../rig/network';
import type { Observation } from '../rig/observation';
import { program } from '../rig/programs';
import { GATEWAY_PORTS, makeConfiguration } from '../generate/configuration';
import type { CallSetting } from '../generate/calls';
import { NEIGHBOUR_IP, PLAIN_PORTS, POD_IP, UPSTREAM_PORTS } from '../generate/vocabulary';

const NODE = {
  id: `sidecar~${POD_IP}~productpage-v1.bookinfo~bookinfo.svc.cluster.local`,
  cluster: 'productpage.bookinfo',
  metadata: { NAME: 'productpage-v1', NAMESPACE: 'bookinfo', INSTANCE_IPS: POD_IP },
};
const FIRST_SOURCE_PORT = 20_000;

/** A configuration of which Envoy refused a listener that is bound to its port. */
export class Refused extends Error {}

export class SidecarRig {
  readonly #directory: string;
  readonly #network: Network;
  readonly #caller: readonly string[];
  #envoy: Envoy | null = null;
  #upstream: Upstream | null = null;
  #nextPort = FIRST_SOURCE_PORT;

  private constructor(directory: string, network: Network) {
    this.#directory = directory;
    this.#network = network;
    this.#caller = program('caller', directory);
  }

  /** Everything running and ready; throws Refused where Envoy takes no such configuration. */
  static async start(seed: number): Promise<{ readonly rig: SidecarRig; readonly setting: CallSetting }> {
    const directory = mkdtempSync(join(tmpdir(), 'mctl-rig-'));
    const rig = new SidecarRig(directory, await Network.create());
    try {
      return { rig, setting: await rig.#start(seed) };
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  async #start(seed: number): Promise<CallSetting> {
    chmodSync(this.#directory, 0o755);
    this.#wire();
    const authority = new Authority(this.#directory);
    const server = authority.issue('spiffe://cluster.local/ns/bookinfo/sa/server', ['reviews.bookinfo']);
    const client = authority.issue('spiffe://cluster.local/ns/bookinfo/sa/client');
    const envoy = new Envoy(this.#network, join(this.#directory, 'envoy'));
    this.#envoy = envoy;
    const addresses = [
      ...UPSTREAM_PORTS.map((port) => `127.0.0.1:${port}`),
      ...PLAIN_PORTS.map((port) => `0.0.0.0:${port}`),
    ];
    this.#upstream = await Upstream.start(this.#network, program('upstream', this.#directory), addresses);
    const certificates = { server, client, root: authority.root };
    const { resources, clusters, random } = makeConfiguration(seed, {
      directory: envoy.directory,
      accessLog: this.accessLog,
      certificates,
    });
    await envoy.start(NODE, resources);
    const listening = await envoy.admin('/listeners');
    const gateways = Object.values(GATEWAY_PORTS).map((port) => `0.0.0.0_${port}`);
    for (const name of ['virtualOutbound', 'virtualInbound', ...gateways]) {
      if (!listening.includes(name)) throw new Refused(`seed ${seed}: ${envoy.output.slice(0, 2000)}`);
    }
    return { random, clusters, client };
  }

  get accessLog(): string {
    return join(this.#directory, 'envoy', 'access.log');
  }

  /** Envoy's own words about what it refused. */
  get warnings(): string {
    return this.#envoy?.output ?? '';
  }

  async dump(): Promise<{ readonly configDump: string; readonly clusters: string }> {
    return {
      configDump: await this.#envoy!.admin('/config_dump?include_eds'),
      clusters: await this.#envoy!.admin('/clusters?format=json'),
    };
  }

  /** Sends the calls, and reads Envoy's logs of them. */
  async observe(calls: readonly Call[]): Promise<readonly Observation[]> {
    const numbered = calls.map((call) => ({ ...call, sourcePort: this.#nextPort++ }));
    const answers = await sendCalls(this.#network, this.#caller, numbered);
    const log = await logOf(
      this.accessLog,
      numbered.map((call) => call.sourcePort),
    );
    return numbered.map((call, index) => ({ call, answer: answers[index]!, lines: log.get(call.sourcePort) ?? [] }));
  }

  async stop(): Promise<void> {
    await this.#envoy?.stop();
    await this.#upstream?.stop();
    await this.#network.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Every address is local; connections are redirected as in a pod, by their destination instead of their interface. */
  #wire(): void {
    for (const ip of [POD_IP, NEIGHBOUR_IP]) this.#network.run(['ip', 'address', 'add', `${ip}/32`, 'dev', 'lo']);
    this.#network.run(['ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo']);
    const bound = Object.values(GATEWAY_PORTS).map((port) => `-A OUTPUT -d ${POD_IP} -p tcp --dport ${port} -j RETURN`);
    this.#network.nat([
      `-A OUTPUT -m owner --uid-owner ${PROXY_UID} -j RETURN`,
      ...bound,
      `-A OUTPUT -d ${POD_IP} -p tcp -j REDIRECT --to-ports 15006`,
      '-A OUTPUT -d 127.0.0.1/32 -j RETURN',
      '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001',
    ]);
  }
}
