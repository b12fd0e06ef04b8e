import { MctlCommand } from '../lib/cli/command';
import { outputFlag, replicaFlags, sourceFlags, targetArgument } from '../lib/cli/flags';
import { inParallel } from '../lib/cli/in-parallel';
import { askEnvoy } from '../lib/cli/envoy-answers';
import { readBody } from '../lib/cli/ztunnel/run-ztunnel-view';
import { loadDump } from '../lib/session/load';
import { Failures } from '../lib/cli/failures';
import { Progress } from '../lib/cli/progress';
import { withProxies } from '../lib/cli/session';
import { printView, VIEW_FORMATS } from '../lib/cli/formats';
import { FIELDS_OF_ENTRY } from '../lib/envoy/config-dump';
import { ExitCode, MctlError, UnavailableError } from '../lib/errors';
import { proxyName } from '../lib/proxy-id';
import type { MeshSource, ProxySource, ZtunnelSource } from '../lib/source/source';
import {
  proxyStatus,
  type ProxyStatus,
  STATUS_SECTIONS,
  statusNotes,
  statusView,
  ztunnelStatus,
} from '../lib/view/proxy-status';
import { addAll } from '../lib/lists';

export default class ProxyStatusCommand extends MctlCommand {
  static override readonly summary =
    'Every proxy at a glance: versions, when its configuration last came, what it refused.';
  static override readonly description =
    'Each proxy is asked itself, so what is said is what it has, not what was sent to it. Endpoints have no time in a saved configuration; a running Envoy tells it in its statistics.';
  static override readonly aliases = ['ps'];
  static override readonly examples = [
    { description: 'The sample mesh', command: '<%= config.bin %> proxy-status --sample' },
    {
      description: 'One namespace, with the reasons of what was refused',
      command: '<%= config.bin %> ps --sample -n bookinfo -o wide',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    output: outputFlag(VIEW_FORMATS, 'short'),
    ...sourceFlags,
    selector: replicaFlags.selector,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ProxyStatusCommand);
    const wanted = { flags: { ...flags, 'all-replicas': true }, target: args.target, noun: 'proxy-status' };
    const status = await withProxies(wanted, this.streams, async (proxies, mesh) => {
      const isAll = args.target === undefined && flags.selector === undefined && flags.namespace === undefined;
      // Asked for beside the proxies: where these take long, the API server may be gone when they are through.
      const ztunnels = isAll ? openedZtunnels(mesh) : Promise.resolve([]);
      // Whoever waits for it is told of its failure: nobody may come to that.
      ztunnels.catch(() => undefined);
      const statuses: ProxyStatus[] = [];
      const failures = new Failures();
      let done = 0;
      const progress = new Progress(this.streams, 'proxies');
      for await (const [proxy, outcome] of inParallel(proxies, flags.concurrency, statusOf)) {
        if (proxies.length > 1) progress.update((done += 1), proxies.length, proxy.label);
        if ('value' in outcome) statuses.push(outcome.value);
        else if (proxies.length === 1) throw outcome.error;
        else failures.add(outcome.error, proxy);
      }
      progress.clear();
      failures.say(this.streams);
      const opened = await ztunnels;
      if (opened instanceof UnavailableError) this.note(`Error: ${opened.message}`);
      else
        addAll(
          statuses,
          await ztunnelStatuses(opened, (line) => {
            this.note(line);
          }),
        );
      await printView(statusView(statuses, new Date()), flags.output, this.streams, 'mctl');
      if (flags.output !== 'wide') for (const line of statuses.flatMap(statusNotes)) this.note(line);
      const answered = statuses.filter(({ type }) => type !== 'ztunnel').length;
      return answered < proxies.length || opened instanceof UnavailableError ? ExitCode.unavailable : ExitCode.ok;
    });
    if (status !== ExitCode.ok) this.exit(status);
  }
}

async function statusOf(proxy: ProxySource): Promise<ProxyStatus> {
  const dump = await loadDump(proxy, STATUS_SECTIONS, { fields: FIELDS_OF_ENTRY });
  return proxyStatus(proxy.id === null ? null : proxyName(proxy.id), dump, await endpointsUpdated(proxy));
}

/** The ztunnels of the source; the failure where nobody says which there are. */
async function openedZtunnels({ ztunnels }: MeshSource): Promise<readonly ZtunnelSource[] | UnavailableError> {
  try {
    return ztunnels === undefined || !(await ztunnels.known()) ? [] : await ztunnels.openAll();
  } catch (error) {
    if (error instanceof UnavailableError) return error;
    throw error;
  }
}

/** The status of each, one after the other; one that cannot be read does not lose the others. */
async function ztunnelStatuses(
  ztunnels: readonly ZtunnelSource[],
  note: (line: string) => void,
): Promise<readonly ProxyStatus[]> {
  const statuses: ProxyStatus[] = [];
  for (const ztunnel of ztunnels) {
    const name = ztunnel.id === null ? ztunnel.label : proxyName(ztunnel.id);
    try {
      statuses.push(ztunnelStatus(name, await readBody(await ztunnel.configDump(), { takers: {}, fields: {} })));
    } catch (error) {
      if (!(error instanceof MctlError)) throw error;
      note(`Error: ${name}: ${error.message}`);
    }
  }
  return statuses;
}

const UPDATE_TIMES = `/stats?format=json&usedonly&filter=${encodeURIComponent('^cluster\\..*\\.update_time$')}`;

/** When a running Envoy's endpoints last came; null where it does not tell. */
async function endpointsUpdated(proxy: ProxySource): Promise<Date | null> {
  if (proxy.admin === undefined) return null;
  try {
    const { stats = [] } = JSON.parse(await askEnvoy(proxy, 'proxy-status', 'GET', UPDATE_TIMES)) as {
      readonly stats?: readonly { readonly value?: number }[];
    };
    const latest = stats.reduce((time, { value = 0 }) => Math.max(time, value), 0);
    return latest > 0 ? new Date(latest) : null;
  } catch (error) {
    // An old Envoy, or one that may not be asked this: the status is none the worse.
    if (error instanceof MctlError || error instanceof SyntaxError) return null;
    throw error;
  }
}
