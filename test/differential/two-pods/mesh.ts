/** Pods joined by veth pairs, with a real Envoy on either side of a request. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOf, type LogLine, mostTelling, readLog } from '../rig/access-log';
import { sendCalls } from '../rig/application';
import type { Answer } from '../rig/call';
import { Authority } from '../rig/certificates';
import { program } from '../rig/programs';
import { run } from '../rig/process';
import type { PodCall } from './calls';
import { ruleCounts } from './iptables';
import { CLIENT_IP, makePlan, type MeshPlan, type PodPlan } from './plan';
import { Pod } from './pod';
import { writeSnapshot } from './snapshot';

/** What came of a call at each Envoy that it met. */
export interface PathObservation {
  readonly call: PodCall;
  readonly answer: Answer;
  /** The caller's Envoy; null where it was not captured. */
  readonly outbound: LogLine | null;
  /** The called pod's Envoy; null where there is none, or nothing came to it. */
  readonly inbound: { readonly pod: string; readonly line: LogLine } | null;
}

const FIRST_SOURCE_PORT = 12_000;

export class Mesh {
  readonly plan: MeshPlan;
  readonly #directory: string;
  readonly #pods: Pod[] = [];
  readonly #caller: readonly string[];
  #nextPort = FIRST_SOURCE_PORT;

  private constructor(plan: MeshPlan, directory: string) {
    this.plan = plan;
    this.#directory = directory;
    this.#caller = program('caller', directory);
  }

  static async start(seed: number): Promise<Mesh> {
    const directory = mkdtempSync(join(tmpdir(), 'mctl-mesh-'));
    chmodSync(directory, 0o755);
    const mesh = new Mesh(makePlan(seed), directory);
    try {
      await mesh.#start();
      return mesh;
    } catch (error) {
      await mesh.stop();
      throw error;
    }
  }

  async #start(): Promise<void> {
    const { client, servers } = this.plan;
    for (const pod of [client, ...servers]) this.#pods.push(await Pod.create(pod, this.#directory));
    this.#wire();
    const ours = new Authority(this.#directory, 'ours');
    const others = new Authority(this.#directory, 'others');
    const upstream = program('upstream', this.#directory);
    for (const pod of this.#pods) {
      const issuer = this.plan.otherRoot && pod.plan === client ? others : ours;
      const own = issuer.issue(spiffe(pod.plan), []);
      await pod.start(this.plan, upstream, { own, root: ours.root });
    }
    this.#proxyServices();
  }

  get pods(): readonly Pod[] {
    return this.#pods;
  }

  get #client(): Pod {
    return this.#pods[0]!;
  }

  async snapshot(): Promise<string> {
    const directory = join(this.#directory, 'snapshot');
    mkdirSync(directory, { recursive: true });
    await writeSnapshot(directory, this.plan, this.#pods);
    return directory;
  }

  /** Sends the calls and puts together what both sides logged of each. */
  async observe(calls: readonly PodCall[]): Promise<readonly PathObservation[]> {
    const numbered = calls.map((call) => ({ ...call, sourcePort: this.#nextPort++ }));
    const answers = new Map<number, Answer>();
    for (const uid of new Set(calls.map((call) => call.uid))) {
      const own = numbered.filter((call) => call.uid === uid);
      const caller = ['setpriv', '--reuid', `${uid}`, '--regid', `${uid}`, '--clear-groups', ...this.#caller];
      for (const answer of await sendCalls(this.#client.network, caller, own)) answers.set(answer.sourcePort, answer);
    }
    const log = await logOf(
      this.#client.accessLog,
      numbered.map((call) => call.sourcePort),
    );
    const inbound = this.#inboundLines();
    return numbered.map((call) => {
      const lines = log.get(call.sourcePort) ?? [];
      const outbound = mostTelling(lines.filter(({ listener }) => listener !== 'virtualInbound'));
      const port = outbound === null ? call.sourcePort : portOf(outbound.upstreamLocal);
      const pod = this.#podBehind(outbound === null ? call.address : addressOf(outbound.host));
      const to = outbound === null ? call.port : portOf(outbound.host);
      const line = port === null || pod === null ? null : (inbound.get(`${pod.name} ${port} ${to}`) ?? null);
      const met = line === null || pod === null ? null : { pod: pod.name, line };
      return { call, answer: answers.get(call.sourcePort)!, outbound, inbound: met };
    });
  }

  /** The pod with this address, or the first of a service's. */
  #podBehind(address: string | null): PodPlan | null {
    const { client, servers, services } = this.plan;
    const service = services.find(({ ip }) => ip === address);
    const pods = [client, ...servers];
    return pods.find(({ ip, app }) => (service === undefined ? ip === address : app === service.name)) ?? null;
  }

  /** As the nodes of a cluster do: a service's address stands for its first pod. */
  #proxyServices(): void {
    const rules = this.plan.services.flatMap(({ name, ip, port }) => {
      const pod = this.plan.servers.find(({ app }) => app === name);
      return pod === undefined
        ? []
        : [`-A OUTPUT -d ${ip}/32 -p tcp --dport ${port} -j DNAT --to-destination ${pod.ip}:${port}`];
    });
    this.#client.network.nat(rules);
  }

  /** How many packets each rule of the client's pod has met so far. */
  ruleCounts(): ReadonlyMap<string, number> {
    return ruleCounts(this.#client.savedRules());
  }

  async stop(): Promise<void> {
    for (const pod of this.#pods) await pod.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /**
   * The line of every pod's inbound listener that says most, by the pod and the ports that the connection came from and
   * went to: two connections to different ports may come from the same one.
   */
  #inboundLines(): ReadonlyMap<string, LogLine> {
    const byPort = new Map<string, LogLine[]>();
    for (const pod of this.#pods) {
      if (pod.envoy === null) continue;
      for (const line of readLog(pod.accessLog)) {
        const key = `${pod.plan.name} ${line.sourcePort} ${line.localPort}`;
        if (line.listener === 'virtualInbound') byPort.set(key, [...(byPort.get(key) ?? []), line]);
      }
    }
    return new Map([...byPort].map(([key, lines]) => [key, mostTelling(lines)!]));
  }

  #wire(): void {
    const [client, ...servers] = this.#pods;
    servers.forEach((server, index) => {
      const ends = [`to-${index}`, 'netns', `${client!.network.pid}`, 'type', 'veth', 'peer', 'name', 'eth0'];
      run(['ip', 'link', 'add', ...ends, 'netns', `${server.network.pid}`]);
      client!.network.run(['ip', 'link', 'set', `to-${index}`, 'up']);
      if (index === 0) client!.network.run(['ip', 'address', 'add', `${CLIENT_IP}/32`, 'dev', 'to-0']);
      client!.network.run(['ip', 'route', 'add', `${server.plan.ip}/32`, 'dev', `to-${index}`, 'src', CLIENT_IP]);
      server.network.run(['ip', 'address', 'add', `${server.plan.ip}/32`, 'dev', 'eth0']);
      server.network.run(['ip', 'link', 'set', 'eth0', 'up']);
      server.network.run(['ip', 'route', 'add', 'default', 'dev', 'eth0', 'src', server.plan.ip]);
    });
    client!.network.run(['ip', 'route', 'add', 'default', 'dev', 'to-0', 'src', CLIENT_IP]);
  }
}

function spiffe({ account }: PodPlan): string {
  return `spiffe://cluster.local/ns/bookinfo/sa/${account}`;
}

function addressOf(host: string | null): string | null {
  return host === null ? null : host.slice(0, host.lastIndexOf(':'));
}

function portOf(address: string | null): number | null {
  return address === null ? null : Number(address.slice(address.lastIndexOf(':') + 1));
}
