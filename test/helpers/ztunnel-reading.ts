/**
 * What a ztunnel does with a connection, read from its source a second time and written down as plainly as can be, to hold the
 * trace against. No function of the program is used. https://github.com/istio/ztunnel (src/proxy, src/state, src/rbac.rs)
 */
import type {
  GatewayAddress,
  PolicyMatch,
  TextMatch,
  ZtunnelPolicy,
  ZtunnelService,
  ZtunnelWorkload,
} from '../../src/lib/ztunnel/resources';

/** Everything that one ztunnel knows; addresses are written as Rust writes them. */
export interface KnownMesh {
  readonly workloads: readonly ZtunnelWorkload[];
  readonly services: readonly ZtunnelService[];
  readonly policies: readonly ZtunnelPolicy[];
  readonly network: string;
  readonly node: string;
  /** Uids of pods that are redirected to a ztunnel, whichever. */
  readonly captured: ReadonlySet<string>;
}

/** One end of a connection, and its chance. */
export interface End {
  readonly told: string;
  readonly share: number;
}

interface Upstream {
  readonly workload: ZtunnelWorkload;
  readonly port: number;
  readonly service: ZtunnelService | null;
  /** Null where there is none; a name where DNS is asked. */
  readonly address: string | null;
}

interface Failure {
  readonly fails: string;
}

type Chance<T> = readonly { readonly value: T; readonly share: number }[];

const OWN_PORTS = [15001, 15006, 15008];

function sure<T>(value: T): Chance<T> {
  return [{ value, share: 1 }];
}

function then<T, U>(chance: Chance<T>, next: (value: T) => Chance<U>): Chance<U> {
  return chance.flatMap((one) => next(one.value).map(({ value, share }) => ({ value, share: share * one.share })));
}

/** The address of a socket as it is written. */
export function socket(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function isAddress(text: string): boolean {
  return text.includes(':') || /^\d+\.\d+\.\d+\.\d+$/.test(text);
}

function isV6(ip: string): boolean {
  return ip.includes(':');
}

/** Only the ranges that the generator draws: whole octets of version 4, and everything. */
function contains(cidr: string, ip: string): boolean {
  const [prefix = '', length = isV6(prefix) ? '128' : '32'] = cidr.split('/');
  if (isV6(prefix) !== isV6(ip)) return false;
  if (length === '0') return true;
  if (isV6(prefix)) return prefix === ip;
  const octets = Number(length) / 8;
  return prefix.split('.').slice(0, octets).join('.') === ip.split('.').slice(0, octets).join('.');
}

/** Lengths of the service's ranges that an address is in. */
function rangesOf({ cidrVips }: ZtunnelService, network: string, ip: string): readonly number[] {
  return (cidrVips ?? []).flatMap((vip) => {
    if (vip === null || typeof vip === 'string' || vip.network !== network || !contains(vip.cidr ?? '', ip)) return [];
    return [Number((vip.cidr ?? '').split('/')[1])];
  });
}

function split(text: string): { readonly place: string; readonly name: string } {
  const at = text.indexOf('/');
  return { place: text.slice(0, at), name: text.slice(at + 1) };
}

function identity({ trustDomain, namespace, serviceAccount }: ZtunnelWorkload): string {
  return `spiffe://${trustDomain ?? 'cluster.local'}/ns/${namespace}/sa/${serviceAccount}`;
}

/** A ztunnel, with one choice made wherever its dump leaves open which of several workloads an address is. */
class Reading {
  readonly #mesh: KnownMesh;
  readonly #taken: ReadonlyMap<string, ZtunnelWorkload>;

  constructor(mesh: KnownMesh, taken: ReadonlyMap<string, ZtunnelWorkload>) {
    this.#mesh = mesh;
    this.#taken = taken;
  }

  workloadAt(network: string, ip: string): ZtunnelWorkload | null {
    return this.#taken.get(`${network}/${ip}`) ?? null;
  }

  byUid(uid: string): ZtunnelWorkload | null {
    return this.#mesh.workloads.find((one) => one.uid === uid) ?? null;
  }

  best(services: readonly ZtunnelService[], namespace: string | null): ZtunnelService | null {
    const seen = services.filter(
      (one) => namespace === null || one.visibility !== 'Namespace' || one.namespace === namespace,
    );
    let found: ZtunnelService | null = null;
    for (const one of seen) {
      if (one.namespace === namespace) return one;
      if (one.canonical === true || found === null) found = one;
    }
    return found;
  }

  /** A service that is found by a range is the one that came first, before it had endpoints. */
  serviceAt(network: string, ip: string, namespace: string | null): ZtunnelService | null {
    const exact = this.best(
      this.#mesh.services.filter(({ vips }) => (vips ?? []).includes(`${network}/${ip}`)),
      namespace,
    );
    if (exact !== null) return exact;
    const ranges = this.#mesh.services
      .filter((one) => namespace === null || one.visibility !== 'Namespace' || one.namespace === namespace)
      .flatMap((service) => rangesOf(service, network, ip).map((length) => ({ service, length })))
      .map(({ service, length }) => {
        const rank = (service.namespace === namespace ? 1000 : 0) + length * 2 + (service.canonical === true ? 1 : 0);
        return { service, rank };
      });
    const most = Math.max(...ranges.map(({ rank }) => rank));
    const best = ranges.find(({ rank }) => rank === most);
    return best === undefined ? null : { ...best.service, endpoints: {} };
  }

  named(place: string, name: string): ZtunnelService | ZtunnelWorkload | null {
    const service = this.#mesh.services.find((one) => one.namespace === place && one.hostname === name);
    return service ?? this.#mesh.workloads.find((one) => one.namespace === place && one.hostname === name) ?? null;
  }

  /** Of an address the workload first, of a name the service. */
  destination(text: string): ZtunnelService | ZtunnelWorkload | null {
    const { place, name } = split(text);
    if (isAddress(name)) return this.workloadAt(place, name) ?? this.serviceAt(place, name, null);
    return this.named(place, name);
  }

  balance(
    source: ZtunnelWorkload,
    service: ZtunnelService,
    port: number,
    forWaypoint: boolean,
  ): Chance<{ readonly workload: ZtunnelWorkload; readonly port: number } | null> {
    const target = service.ports?.[String(port)];
    if (!forWaypoint && target === undefined) return sure(null);
    const usable = Object.values(service.endpoints ?? {}).flatMap((endpoint) => {
      const workload = this.byUid(endpoint?.workloadUid ?? '');
      if (workload === null || !isReachable(workload, source)) return [];
      const own = endpoint?.port?.[String(port)] ?? undefined;
      const isLeftOut = forWaypoint
        ? target === undefined && workload.applicationTunnel === undefined
        : (target ?? 0) === 0 && own === undefined;
      return isLeftOut ? [] : [{ workload, own }];
    });
    const { mode = 'Standard', routingPreferences = [] } = service.loadBalancer ?? {};
    let left = usable;
    if (mode !== 'Standard') {
      const isNetworkFirst = routingPreferences[0] === 'Network';
      const ranked = usable.flatMap((one) => {
        let rank = 0;
        let more = 0;
        for (const scope of routingPreferences) {
          const same = sameIn(scope ?? '', source, one.workload);
          if (scope === 'Network' && isNetworkFirst) {
            if (!same) continue;
            more = routingPreferences.length - 1;
          }
          if (!same) break;
          rank += 1;
        }
        if (mode === 'Strict' && rank !== routingPreferences.length) return [];
        return [{ one, rank: rank + more }];
      });
      const most = Math.max(...ranked.map(({ rank }) => rank));
      left = ranked.filter(({ rank }) => rank === most).map(({ one }) => one);
    }
    const total = left.reduce((sum, { workload }) => sum + (workload.capacity ?? 1), 0);
    if (total === 0) return sure(null);
    return left.flatMap(({ workload, own }) => {
      const capacity = workload.capacity ?? 1;
      if (capacity === 0) return [];
      const tunnel = workload.applicationTunnel?.port ?? null;
      const found = own ?? ((target ?? 0) > 0 ? (target ?? 0) : tunnel === null ? null : port);
      return [{ value: found === null ? null : { workload, port: found }, share: capacity / total }];
    });
  }

  /** Null where there is no upstream, or the service passes on what was dialled. */
  upstream(
    network: string,
    source: ZtunnelWorkload,
    [ip, port]: readonly [string, number],
    forWaypoint: boolean,
  ): Chance<Upstream | Failure | null> {
    const service = this.serviceAt(network, ip, source.namespace ?? '');
    if (service !== null) {
      if (service.loadBalancer?.mode === 'Passthrough') return sure(null);
      return this.ofService(source, service, { port, towards: ip, forWaypoint });
    }
    const workload = this.workloadAt(network, ip);
    return sure(workload === null ? null : addressed(workload, port, null, ip));
  }

  ofService(
    source: ZtunnelWorkload,
    service: ZtunnelService,
    { port, towards, forWaypoint }: { readonly port: number; readonly towards: string; readonly forWaypoint: boolean },
  ): Chance<Upstream | Failure | null> {
    return then(this.balance(source, service, port, forWaypoint), (found) =>
      sure(found === null ? null : addressed(found.workload, found.port, service, towards)),
    );
  }

  gateway(
    { destination = '', hboneMtlsPort = 15008 }: GatewayAddress,
    source: ZtunnelWorkload,
    called: string,
    forWaypoint: boolean,
  ): Chance<Upstream | Failure> {
    const { place, name } = split(destination);
    const missing = (found: Upstream | Failure | null): Chance<Upstream | Failure> =>
      sure(found ?? { fails: 'no-next-hop' });
    if (isAddress(name)) return then(this.upstream(place, source, [name, hboneMtlsPort], forWaypoint), missing);
    const found = this.named(place, name);
    if (found === null) return sure({ fails: 'no-next-hop' });
    if ('uid' in found) return missing(addressed(found, hboneMtlsPort, null, called));
    const asked = { port: hboneMtlsPort, towards: called, forWaypoint };
    return then(this.ofService(source, found as ZtunnelService, asked), missing);
  }

  connect(source: ZtunnelWorkload, ip: string, port: number): Chance<string> {
    const { network } = this.#mesh;
    const own = this.workloadAt(network, ip) === null ? this.serviceAt(network, ip, source.namespace ?? '') : null;
    return then(own === null ? sure(null) : this.waypointOf(own, source, ip), (waypoint) => {
      if (waypoint !== null && own !== null) {
        if ('fails' in waypoint) return sure(failed(waypoint));
        if (waypoint.workload.network !== source.network) return this.far(source, own, waypoint, [ip, port]);
        return sure(this.intoTunnel(waypoint, source, own, [ip, port]));
      }
      return then(this.upstream(source.network ?? '', source, [ip, port], false), (found) => {
        if (found === null) {
          if (own !== null && own.loadBalancer?.mode !== 'Passthrough') {
            return sure(failed({ fails: 'no-healthy-endpoint' }));
          }
          return sure(this.plain(source, own, [ip, port]));
        }
        if ('fails' in found) return sure(failed(found));
        if (found.workload.network !== source.network) {
          if (own === null) return sure(failed({ fails: 'no-next-hop' }));
          return this.far(source, own, found, [ip, port]);
        }
        const isItself = this.isWaypointOf(found.workload, source);
        const { waypoint: hers } = found.workload;
        if (own === null && hers !== undefined && !isItself) {
          return then(this.gateway(hers, source, ip, true), (way) =>
            sure('fails' in way ? failed(way) : this.intoTunnel(way, source, found.service, [ip, port])),
          );
        }
        return sure(this.straight(source, found));
      });
    });
  }

  waypointOf(service: ZtunnelService, source: ZtunnelWorkload, called: string): Chance<Upstream | Failure | null> {
    const weighted = (service.weightedWaypoints ?? []).flatMap((one) => (one === null ? [] : [one]));
    const total = weighted.reduce((sum, { weight = 0 }) => sum + weight, 0);
    if (total > 0) {
      const drawn = weighted.flatMap(({ destination = {}, weight = 0 }) =>
        weight === 0 ? [] : [{ value: destination, share: weight / total }],
      );
      return then(drawn, (gateway) => this.gateway(gateway, source, called, true));
    }
    return service.waypoint === undefined ? sure(null) : this.gateway(service.waypoint, source, called, true);
  }

  isWaypointOf(workload: ZtunnelWorkload, source: ZtunnelWorkload): boolean {
    if (workload.waypoint === undefined) return false;
    const found = this.destination(workload.waypoint.destination ?? '');
    if (found === null) return false;
    const behind =
      'uid' in found
        ? [found]
        : Object.values((found as ZtunnelService).endpoints ?? {}).map((one) => this.byUid(one?.workloadUid ?? ''));
    return behind.some(
      (one) =>
        one !== null &&
        identity(one) === identity(source) &&
        (one.workloadIps ?? []).includes(source.workloadIps?.[0] ?? ''),
    );
  }

  far(
    source: ZtunnelWorkload,
    service: ZtunnelService,
    { workload, service: from }: Upstream,
    [ip, port]: readonly [string, number],
  ): Chance<string> {
    if (workload.networkGateway === undefined) return sure(failed({ fails: 'no-next-hop' }));
    return then(this.gateway(workload.networkGateway, source, ip, false), (gateway) => {
      if ('fails' in gateway || gateway.address === null) return sure(failed({ fails: 'no-next-hop' }));
      if ((from?.subjectAltNames ?? []).length === 0) return sure(failed({ fails: 'tls-error' }));
      if (!isAddress(gateway.address)) return sure('by a name');
      const next = socket(gateway.address, gateway.port);
      return sure(`${service.hostname} DOUBLEHBONE ${next} ${service.hostname}:${port} unknown`);
    });
  }

  intoTunnel(
    { workload, address, port }: Upstream,
    source: ZtunnelWorkload,
    service: ZtunnelService | null,
    [ip, asked]: readonly [string, number],
  ): string {
    if (address === null) return failed({ fails: 'no-next-hop' });
    if (!isAddress(address)) return 'by a name';
    return this.hbone(source, service, workload, { address, port, authority: [ip, asked] });
  }

  straight(source: ZtunnelWorkload, { workload, address, port, service }: Upstream): string {
    if (address === null) return failed({ fails: 'no-next-hop' });
    if (!isAddress(address)) return 'by a name';
    if (workload.protocol !== 'HBONE') return this.plain(source, service, [address, port]);
    return this.hbone(source, service, workload, { address, port: 15008, authority: [address, port] });
  }

  /** Whose application has an address: a pod of the generator's. */
  #podAt(workload: ZtunnelWorkload, ip: string): ZtunnelWorkload {
    return this.workloadAt(workload.network ?? '', ip) ?? workload;
  }

  hbone(
    source: ZtunnelWorkload,
    service: ZtunnelService | null,
    workload: ZtunnelWorkload,
    {
      address,
      port,
      authority: [host, asked],
    }: { address: string; port: number; authority: readonly [string, number] },
  ): string {
    const head = `${service?.hostname ?? '-'} HBONE ${socket(address, port)} ${socket(host, asked)}`;
    const pod = this.#podAt(workload, address);
    if (!this.#mesh.captured.has(pod.uid ?? '')) return `${head} unknown`;
    if (port !== 15008) return `${head} any`;
    return `${head} ${this.#arrived(source, pod, address, [host, asked])}`;
  }

  /** What the ztunnel of a pod does with a CONNECT. */
  #arrived(
    source: ZtunnelWorkload,
    pod: ZtunnelWorkload,
    own: string,
    [host, asked]: readonly [string, number],
  ): string {
    const tunnel = pod.applicationTunnel;
    if (host !== own && tunnel === undefined && !this.#isWaypointFor(pod, own, host)) return 'failed protocol-error';
    if (OWN_PORTS.includes(asked)) return 'failed no-next-hop';
    const target = tunnel?.port ?? asked;
    const from = { ip: source.workloadIps?.[0] ?? '', identity: identity(source) };
    const denial = this.denial(pod, from, own, target);
    return denial ?? (tunnel === undefined ? `delivered ${target}` : 'unknown');
  }

  #isWaypointFor(pod: ZtunnelWorkload, own: string, host: string): boolean {
    const { network } = this.#mesh;
    const asked = this.workloadAt(network, host) ?? this.serviceAt(network, host, null);
    if (asked?.waypoint === undefined) return false;
    const found = this.destination(asked.waypoint.destination ?? '');
    if (found === null) return false;
    if ('uid' in found) return (found.workloadIps ?? []).includes(own);
    return Object.values((found as ZtunnelService).endpoints ?? {}).some((one) => one?.workloadUid === pod.uid);
  }

  plain(source: ZtunnelWorkload, service: ZtunnelService | null, [ip, port]: readonly [string, number]): string {
    const head = `${service?.hostname ?? '-'} TCP ${socket(ip, port)} -`;
    const pod = this.workloadAt(this.#mesh.network, ip);
    if (pod !== null && pod.uid === source.uid) return `${head} delivered ${port}`;
    if (pod === null || !this.#mesh.captured.has(pod.uid ?? '')) return `${head} any`;
    if (OWN_PORTS.includes(port)) return `${head} any`;
    const denial = this.denial(pod, { ip: source.workloadIps?.[0] ?? '', identity: null }, ip, port);
    return `${head} ${denial ?? `delivered ${port}`}`;
  }

  denial(
    pod: ZtunnelWorkload,
    from: { readonly ip: string; readonly identity: string | null },
    ip: string,
    port: number,
  ): string | null {
    const { policies } = this.#mesh;
    const listed = pod.authorizationPolicies ?? [];
    const active = policies.filter(({ scope, namespace, name, dryRun }) => {
      if (dryRun === true) return false;
      const isOf = scope === 'Global' || (scope === 'Namespace' && namespace === pod.namespace);
      return isOf || listed.includes(`${namespace}/${name}`);
    });
    const hits = ({ rules }: ZtunnelPolicy): boolean =>
      (rules ?? []).some((rule) =>
        (rule ?? []).every(
          (clause) =>
            (clause ?? []).length === 0 || (clause ?? []).some((match) => matches(match ?? {}, from, ip, port)),
        ),
      );
    const denying = active.filter((one) => one.action === 'Deny' && hits(one));
    const names = denying.map(({ namespace, name }) => `${namespace}/${name}`).sort();
    if (names.length > 0) return `denied ${names.join('+')}`;
    const allows = active.filter(({ action }) => action === 'Allow');
    return allows.length === 0 || allows.some(hits) ? null : 'denied null';
  }
}

/** By an address, a name, or the gateway of another network. */
function isReachable(
  { workloadIps, hostname, network, networkGateway }: ZtunnelWorkload,
  source: ZtunnelWorkload,
): boolean {
  if ((workloadIps ?? []).length > 0 || (hostname ?? '') !== '') return true;
  return network !== source.network && networkGateway !== undefined;
}

function sameIn(scope: string, a: ZtunnelWorkload, b: ZtunnelWorkload): boolean {
  const value = ({ locality = {}, node, clusterId, network }: ZtunnelWorkload): string | undefined => {
    const { region, zone, subzone } = locality;
    const values: Record<string, string | undefined> = { region, zone, subzone, node, cluster: clusterId, network };
    return values[scope.toLowerCase()];
  };
  return (value(a) ?? '') === (value(b) ?? '');
}

function matches(
  match: PolicyMatch,
  from: { readonly ip: string; readonly identity: string | null },
  ip: string,
  port: number,
): boolean {
  const parts = from.identity === null ? [] : from.identity.slice('spiffe://'.length).split('/');
  const [, , namespace = '', , account = ''] = parts;
  const text = (one: TextMatch, value: string): boolean => {
    if (one.Exact !== undefined) return one.Exact === value;
    if (one.Prefix !== undefined) return value.startsWith(one.Prefix);
    if (one.Suffix !== undefined) return value.endsWith(one.Suffix);
    return value !== '';
  };
  const fields: readonly (readonly [
    readonly unknown[] | undefined,
    readonly unknown[] | undefined,
    (one: never) => boolean,
  ])[] = [
    [match.namespaces, match.notNamespaces, (one: TextMatch) => text(one, namespace)],
    [match.principals, match.notPrincipals, (one: TextMatch) => parts.length > 0 && text(one, parts.join('/'))],
    [
      match.serviceAccounts,
      match.notServiceAccounts,
      (one: { namespace?: string; serviceAccount?: string }) =>
        parts.length > 0 && one.namespace === namespace && one.serviceAccount === account,
    ],
    [match.sourceIps, match.notSourceIps, (one: string) => contains(one, from.ip)],
    [match.destinationIps, match.notDestinationIps, (one: string) => contains(one, ip)],
    [match.destinationPorts, match.notDestinationPorts, (one: number) => one === port],
  ];
  if (fields.every(([yes = [], no = []]) => yes.length + no.length === 0)) return false;
  return fields.every(([yes = [], no = [], holds]) => {
    const one = holds as (value: unknown) => boolean;
    return (yes.length === 0 || yes.some(one)) && !no.some(one);
  });
}

/** ztunnel's log has no service of what it refuses at once. */
function failed({ fails }: Failure): string {
  return `failed ${fails}`;
}

function addressed(
  workload: ZtunnelWorkload,
  port: number,
  service: ZtunnelService | null,
  towards: string,
): Upstream | Failure {
  const ips = (workload.workloadIps ?? []).flatMap((one) => (one === null ? [] : [one]));
  if (ips.includes(towards)) return { workload, port, service, address: towards };
  const families = service?.ipFamilies;
  const allowed = ips.filter(
    (ip) => families === undefined || families === 'Dual' || (families === 'IPv6') === isV6(ip),
  );
  const address = allowed.find((ip) => isV6(ip) === isV6(towards)) ?? allowed[0];
  if (address !== undefined) return { workload, port, service, address };
  if ((workload.hostname ?? '') !== '') return { workload, port, service, address: workload.hostname ?? '' };
  return workload.networkGateway === undefined ? { fails: 'no-next-hop' } : { workload, port, service, address: null };
}

/** Each way to tell which workload an address is, where several of equal rank have it. */
function readings(mesh: KnownMesh): Chance<Reading> {
  const at = new Map<string, ZtunnelWorkload[]>();
  for (const one of mesh.workloads) {
    if (one.networkMode === 'HostNetwork') continue;
    for (const ip of one.workloadIps ?? []) {
      const key = `${one.network ?? ''}/${ip}`;
      at.set(key, [...(at.get(key) ?? []), one]);
    }
  }
  const rank = ({ uid = '', protocol }: ZtunnelWorkload): number =>
    (uid.includes('//Pod/') ? 2 : 0) + (protocol === 'HBONE' ? 1 : 0);
  let all: Chance<ReadonlyMap<string, ZtunnelWorkload>> = sure(new Map<string, ZtunnelWorkload>());
  for (const [key, having] of at) {
    const most = Math.max(...having.map(rank));
    const best = [...new Set(having.filter((one) => rank(one) === most))];
    all = then(all, (before) =>
      best.map((one) => ({ value: new Map([...before, [key, one]]), share: 1 / best.length })),
    );
  }
  return then(all, (taken) => sure(new Reading(mesh, taken)));
}

/** Where a connection of a pod that no ztunnel serves can end, which goes to what it dials. */
export function plainEndsOf(mesh: KnownMesh, source: ZtunnelWorkload, ip: string, port: number): readonly End[] {
  return summed(then(readings(mesh), (reading) => sure(reading.plain(source, null, [ip, port]))));
}

/** Where a connection of a captured pod can end, with the chance of each. */
export function endsOf(mesh: KnownMesh, source: ZtunnelWorkload, ip: string, port: number): readonly End[] {
  return summed(then(readings(mesh), (reading) => reading.connect(source, ip, port)));
}

function summed(ends: Chance<string>): readonly End[] {
  const sums = new Map<string, number>();
  for (const { value, share } of ends) sums.set(value, (sums.get(value) ?? 0) + share);
  return [...sums].map(([told, share]) => ({ told, share })).sort((a, b) => (a.told < b.told ? -1 : 1));
}
