/**
 * One seed: a gateway that asks what its clients are, and members of each class of requests sent for real, with the TLS, server
 * name, protocols, certificate, address and token that they have.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { offeredBy } from '../../../src/lib/algebra/client';
import { classesAt } from '../../../src/lib/reach/classes';
import type { RequestValues } from '../../../src/lib/reach/explore';
import { queryOf } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import { WAY } from '../../helpers/reach';
import { askingListeners, NODE_ID } from '../../helpers/reach-clients';
import { temporaryDirectory } from '../../helpers/temporary-directory';
import type { Message } from '../generate/message';
import type { Report } from '../report';
import { accessLog, logOf } from '../rig/access-log';
import { sendCalls } from '../rig/application';
import type { Call, TlsOffer } from '../rig/call';
import { Authority, type Certificate } from '../rig/certificates';
import { Envoy } from '../rig/envoy';
import { Network } from '../rig/network';
import { withOtherSeeds } from '../rig/other-seed';
import { program } from '../rig/programs';
import { type Member, membersIn, messageOf, reportOf } from './members';
import { walkedOf } from './run-classes';
import { Signer } from './tokens';

/** A listener that Envoy does not take. */
class Refused extends Error {}

const MOST_CLASSES = 40;
const FIRST_SOURCE_PORT = 20_000;

/** Runs a seed; one that Envoy refuses goes on as another that is made from it. */
export async function runClients(seed: number): Promise<Report> {
  return await withOtherSeeds(seed, Refused, runOnce);
}

async function runOnce(seed: number): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-clients-'));
  chmodSync(directory, 0o755);
  const files = temporaryDirectory();
  const network = await Network.create();
  const envoy = new Envoy(network, join(directory, 'envoy'));
  try {
    // Every address is local, so that clients may have any.
    network.run(['ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo']);
    const clients = new Clients(directory);
    const [drawn = {}] = fc.sample(askingListeners, { numRuns: 1, seed });
    const log = join(envoy.directory, 'access.log');
    const listener = clients.completed(drawn, log) as Message;
    const nothing = { clusters: [], routeConfigurations: [], loadAssignments: [], secrets: [] };
    await envoy.start({ id: NODE_ID, cluster: 'gateway.test' }, { ...nothing, listeners: [listener] });
    if (!(await envoy.admin('/listeners')).includes('clients')) throw new Refused(envoy.output.slice(0, 2000));
    const dump = await envoy.admin('/config_dump');
    const members = await membersOf(files.write('config_dump.json', dump), clients);
    const numbered = members.map(({ call }, index) => ({ ...call, sourcePort: FIRST_SOURCE_PORT + index }));
    const answers = await sendCalls(network, program('caller', directory), numbered);
    const lines = await logOf(
      log,
      numbered.map(({ sourcePort }) => sourcePort),
    );
    const observations = numbered.map((call, index) => {
      return { call, answer: answers[index]!, lines: lines.get(call.sourcePort) ?? [] };
    });
    return reportOf(members, observations);
  } finally {
    await envoy.stop();
    await network.close();
    files.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function membersOf(dump: string, clients: Clients): Promise<readonly Member[]> {
  const from = await walkedOf([dump]);
  const classes = await classesAt(
    outcomesOf(from, () => true),
    WAY,
    [],
    MOST_CLASSES,
  );
  const members: Member[] = [];
  for (const { values, outcome } of membersIn(classes)) {
    members.push({ call: clients.callOf(values), outcome, trace: await from.trace(queryOf(values, WAY)) });
  }
  return members;
}

/** What clients present, and what the gateway knows them by. */
class Clients {
  readonly #authority: Authority;
  readonly #server: Certificate;
  readonly #signer = new Signer();
  readonly #certificates = new Map<string, Certificate>();

  constructor(directory: string) {
    this.#authority = new Authority(directory);
    this.#server = this.#authority.issue('spiffe://cluster.local/ns/test/sa/gateway', ['gateway.test']);
  }

  /** The listener with certificates, keys and access logs, without which Envoy takes it not, or says nothing. */
  completed(value: unknown, log: string): unknown {
    if (Array.isArray(value)) return value.map((one) => this.completed(one, log));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.completed(one, log)]));
    if ('alpn_protocols' in fields) return { ...fields, tls_certificates: [this.#serverFiles()] };
    if ('filename' in fields) return { filename: this.#authority.root };
    if ('issuer' in fields) return { ...fields, local_jwks: { inline_string: this.#signer.keySet } };
    if ('route_config' in fields) {
      return { ...fields, stat_prefix: 'clients', access_log: accessLog(log, 'http', 'clients') };
    }
    if (!('filter_chains' in fields)) return fields;
    const type = { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener' };
    return { ...type, ...fields, access_log: accessLog(log, 'listener', 'clients') };
  }

  #serverFiles(): object {
    const { chain, key } = this.#server;
    return { certificate_chain: { filename: chain }, private_key: { filename: key } };
  }

  callOf(values: RequestValues): Call {
    const { ip, port } = WAY.destination.address;
    const message = messageOf(values, WAY);
    const { claims } = queryOf(values, WAY);
    const token = values.has('token') ? [['authorization', `Bearer ${this.#signer.token(claims ?? {})}`] as const] : [];
    return {
      mode: 'gateway',
      address: ip,
      port,
      sourceIp: values.get('source-ip') ?? ip,
      payload: 'http/1.1',
      tls: this.#offerOf(values),
      http: { ...message, headers: [...message.headers, ...token] },
    };
  }

  #offerOf(values: RequestValues): TlsOffer | null {
    const tls = values.get('tls');
    if (tls !== 'tls' && tls !== 'mtls') return null;
    const principal = values.get('principal') ?? '';
    return {
      sni: values.get('sni') ?? '',
      alpn: offeredBy(values.get('alpn') ?? 'none'),
      certificate: tls === 'mtls' ? this.#certificateOf(principal) : null,
    };
  }

  #certificateOf(principal: string): Certificate {
    const known = this.#certificates.get(principal) ?? this.#authority.issue(principal);
    this.#certificates.set(principal, known);
    return known;
  }
}
