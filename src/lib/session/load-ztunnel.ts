/** Reads a ztunnel's dump into what a trace asks. */
import { bounded } from '../limits';
import type { ZtunnelDump } from '../mesh/ztunnel-index';
import { tokenOf } from '../scan/json-pointer';
import type { Body, ZtunnelSource } from '../source/source';
import { readZtunnelDump, type Taker } from '../ztunnel/read-dump';
import type {
  CertificateChain,
  ZtunnelPolicy,
  ZtunnelService,
  ZtunnelWorkload,
  WorkloadState,
} from '../ztunnel/resources';

const KNOWLEDGE = ['workloads', 'services', 'policies'] as const;

/** Reads everything that a trace can need. Throws InputError where it is no dump of a ztunnel. */
export async function loadZtunnel(ztunnel: ZtunnelSource): Promise<ZtunnelDump> {
  const body: Body = await ztunnel.configDump();
  const workloads: ZtunnelWorkload[] = [];
  const services: ZtunnelService[] = [];
  const policies: ZtunnelPolicy[] = [];
  const states: [string, WorkloadState][] = [];
  const pointers = new Map<object, string>();
  const keep =
    <T extends object>(section: string, list: T[]) =>
    (entry: T | null, token: () => number | string): void => {
      if (entry === null) return;
      list.push(entry);
      pointers.set(entry, `/${section}/${tokenOf(String(token()))}`);
    };
  const certificates = missingCertificates();
  const { settings, forms } = await readZtunnelDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), {
    certificates: certificates.take,
    workloads: keep('workloads', workloads),
    services: keep('services', services),
    policies: keep('policies', policies),
    workloadState: (state, key) => {
      if (state !== null) states.push([String(key()), state]);
    },
  });
  const { withoutCertificate } = certificates;
  const lacking = KNOWLEDGE.filter((section) => forms[section] === 'absent');
  const common = { id: ztunnel.id, states, settings, lacksStates: forms.workloadState === 'absent' };
  return { ...common, workloads, services, policies, pointers, withoutCertificate, lacking };
}

/** Collects the identities whose certificate could not be had, by the state that says so. */
function missingCertificates(): {
  readonly withoutCertificate: ReadonlyMap<string, string>;
  readonly take: Taker<CertificateChain>;
} {
  const withoutCertificate = new Map<string, string>();
  const take: Taker<CertificateChain> = (entry) => {
    const { identity = '', state = '' } = entry ?? {};
    if (state.startsWith('Unavailable')) withoutCertificate.set(identity, state);
  };
  return { withoutCertificate, take };
}

/** Reads of a dump only which pods the ztunnel serves, and for which identities it has no certificate. */
export async function loadZtunnelStates(ztunnel: ZtunnelSource): Promise<ZtunnelDump> {
  const body = await ztunnel.configDump();
  const states: [string, WorkloadState][] = [];
  const { take, withoutCertificate } = missingCertificates();
  const { settings, forms } = await readZtunnelDump(body.label, body.open?.() ?? bounded(body.label, body.chunks()), {
    certificates: take,
    workloadState: (state, key) => {
      if (state !== null) states.push([String(key()), state]);
    },
  });
  const common = { id: ztunnel.id, states, settings, lacksStates: forms.workloadState === 'absent' };
  return { ...common, workloads: [], services: [], policies: [], withoutCertificate };
}
