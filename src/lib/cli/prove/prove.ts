/** Sends a traced request for real, and holds every predicted step against what the proxies then say. */
import { configuredFormats } from '../../access-log/configured-formats';
import type { LogFormat } from '../../access-log/format';
import { parseLevelChange } from '../../envoy/logging';
import { UnavailableError, UsageError } from '../../errors';
import { judgeProof, type SentRequest } from '../../proof/judge-proof';
import type { RequestToSend } from '../../send/request';
import type { Tracer } from '../../session/trace-session';
import type { MeshSource, ProxySource } from '../../source/source';
import type { Hop, Proof, Step, Trace } from '../../trace/model';
import { type Borrower, Lending } from '../levels/lending';
import { putBackLeftovers, tellOtherLeftovers } from '../levels/leftovers';
import { ProxyLevels } from '../log-levels';
import type { Streams } from '../streams';
import { hear, WatchedProxy } from './evidence';
import type { ProofWishes } from './plan';
import type { ProveFlags } from './prove-flags';
import { type RunningProxies, runningProxies, type RunningProxy } from './running-proxies';
import { FROM_HERE, fromPod, intoPod, type RequestSender } from './sender';

/** Throws UsageError and UnavailableError where it cannot be sent; what one proxy does not tell is no failure. */
export async function prove(
  mesh: MeshSource,
  tracer: Tracer,
  trace: Trace,
  wishes: ProofWishes,
  streams: Streams,
): Promise<Proof> {
  const running = await runningProxies(mesh, wishes.flags, streams);
  const forget = streams.onInterrupt(() => running.close());
  try {
    const judged = await sendAndWatch({ tracer, trace, running, wishes }, streams);
    return await judged();
  } finally {
    forget();
    await running.close();
  }
}

interface ToSend {
  readonly tracer: Tracer;
  readonly trace: Trace;
  readonly running: RunningProxies;
  readonly wishes: ProofWishes;
}

/**
 * Sends a request while the proxies of its walk are watched; levels are back when it resolves. What it gives then waits for access
 * logs, and judges: who sends several requests sends all of them first. Throws as `prove`.
 */
export async function sendAndWatch(
  { tracer, trace, running, wishes }: ToSend,
  streams: Streams,
): Promise<() => Promise<Proof>> {
  const watched = await watchedProxies(trace, tracer, running, streams);
  await putBackAllLeftovers(watched, (name) => running.open(name, tracer.proxy), streams);
  const sender = await senderOf(tracer, trace, running, wishes.flags);
  sayBefore(wishes, sender, watched, streams);
  const sent = await sendWatched(wishes, sender, watched, streams);
  const byName = new Map(watched.map((one) => [one.name, one]));
  return async () => {
    streams.spin('Waiting for access logs, which Envoy writes now and then');
    await Promise.all(watched.map((one) => one.hearAccessLog(wishes.ids)));
    streams.quiet();
    return judgeProof({
      trace,
      by: sender.by(),
      sent,
      evidenceOf: (name) => byName.get(name)?.evidence ?? null,
      isRbac: (hop, step) => isRbac(tracer, hop, step),
    });
  };
}

/** More are not watched: each one's log levels are raised. */
const MOST_PROXIES = 16;

function hopsOf(trace: Trace): readonly Hop[] {
  return [trace, ...trace.branches]
    .flatMap(({ hops }) => hops)
    .filter(({ direction }) => !direction.startsWith('ztunnel'));
}

async function watchedProxies(
  trace: Trace,
  tracer: Tracer,
  running: RunningProxies,
  streams: Streams,
): Promise<readonly WatchedProxy[]> {
  const hops = hopsOf(trace);
  const found: WatchedProxy[] = [];
  const names = [...new Set(hops.map(({ proxy }) => proxy))];
  if (names.length > MOST_PROXIES) {
    streams.note(`Of ${names.length} proxies that the request may come to, ${MOST_PROXIES} are watched.`);
  }
  for (const name of names.slice(0, MOST_PROXIES)) {
    const proxy = await running.open(name, tracer.proxy);
    if (proxy === null) {
      streams.note(`${name ?? 'The proxy'} is not asked: no running Envoy of that name is at hand.`);
      continue;
    }
    const own = hops.filter((hop) => hop.proxy === name);
    found.push(new WatchedProxy(name, proxy, own, formatsOf(tracer, name), streams));
  }
  return found;
}

function formatsOf(tracer: Tracer, name: string | null): readonly LogFormat[] {
  const config = tracer.configOf(name);
  return config === null ? [] : configuredFormats(config);
}

async function senderOf(
  tracer: Tracer,
  trace: Trace,
  running: RunningProxies,
  flags: ProveFlags,
): Promise<RequestSender> {
  const { proxy: name } = tracer;
  refuseOtherSender(running.isHere, flags);
  if (running.isHere) return FROM_HERE;
  const because = whyUnsent(trace, running);
  if (because !== null) {
    throw new UsageError(because, {
      hint: 'Trace it from a pod that calls it: mctl pc trace CALLER.NAMESPACE URL --prove. Or name the Envoy, and mctl sends to it from here: --prove-admin POD.NAMESPACE=URL.',
    });
  }
  const opened = name === null ? null : await running.open(name, name);
  if (name === null || opened?.source.pod === undefined) {
    throw new UnavailableError(
      `The pod ${name ?? 'where the walk begins'} does not run there, so nothing can be sent from it`,
    );
  }
  const isGateway = trace.hops[0]?.direction === 'gateway';
  refuseOtherSender(isGateway, flags);
  if (!isGateway) return fromPod(opened.source.pod, name, flags);
  const port = trace.request.destination?.port;
  if (port === undefined) throw new UnavailableError(`Nothing says which port of ${name} takes the request`);
  return intoPod(opened.source.pod, name, port);
}

/** Throws UsageError where a container is named, and mctl sends the request itself. */
export function refuseOtherSender(isHere: boolean, flags: ProveFlags): void {
  const own = (['prove-container', 'prove-command'] as const).find((flag) => flags[flag] !== undefined);
  if (!isHere || own === undefined) return;
  throw new UsageError(
    `--${own} is for a pod that calls: to a gateway, and to Envoys named by address, mctl sends the request itself`,
  );
}

/** Why nothing can be sent that would go this way; null where it can. */
export function whyUnsent(trace: Trace, running: RunningProxies): string | null {
  const direction = trace.hops[0]?.direction ?? 'outbound';
  if (running.isHere || direction === 'outbound' || direction === 'gateway') return null;
  const begins =
    direction === 'waypoint' ? 'at a waypoint, from which nobody calls' : `in front of its ${direction} port`;
  return `--prove sends from the pod where the walk begins, and this walk begins ${begins}: what is sent there does not take this way`;
}

function sayBefore(
  { request, ids }: ProofWishes,
  { where }: RequestSender,
  watched: readonly WatchedProxy[],
  streams: Streams,
): void {
  const { method, scheme, host, port, target } = request;
  const times = ids.length === 1 ? '' : ` ${ids.length} times`;
  streams.note(`Sends ${method} ${scheme}://${host}:${port}${target} ${where}${times}.`);
  for (const { name, loggers, source } of watched) {
    streams.note(`Raises ${loggers.join(', ')} at ${name ?? source.label} to debug for these seconds.`);
  }
}

async function sendWatched(
  { request, ids }: ProofWishes,
  sender: RequestSender,
  watched: readonly WatchedProxy[],
  streams: Streams,
): Promise<readonly SentRequest[]> {
  const borrowers = await Promise.all(watched.map(borrowerOf));
  const lending = new Lending(borrowers, streams);
  const sent: SentRequest[] = [];
  const over = new AbortController();
  const forget = streams.onInterrupt(() => {
    over.abort();
    return Promise.resolve();
  });
  try {
    await lending.raise();
    await Promise.all(watched.map((one) => one.begin()));
    for (const id of ids) {
      if (over.signal.aborted) break;
      streams.spin(`Sending request ${sent.length + 1} of ${ids.length}`);
      sent.push({ id, ...(await sender.send(withRequestId(request, id))) });
    }
    await hear(watched, ids);
    await Promise.all(watched.map((one) => one.end()));
  } finally {
    streams.quiet();
    await lending.putBack();
    forget();
  }
  return sent;
}

async function borrowerOf({ source, running, loggers }: WatchedProxy): Promise<Borrower> {
  const { identity, words } = running;
  const change = parseLevelChange(loggers.map((name) => `${name}:debug`).join(','));
  return { levels: await ProxyLevels.read(source, change), identity, words };
}

/** Before levels are read: those that a killed run has left are not what they should come back to. */
async function putBackAllLeftovers(
  watched: readonly WatchedProxy[],
  running: (name: string) => Promise<RunningProxy | null>,
  streams: Streams,
): Promise<void> {
  const identities = [...new Set(watched.map((one) => one.running.identity))];
  for (const identity of identities) {
    const own = watched.find((one) => one.running.identity === identity);
    const open = async (name: string | null): Promise<ProxySource | null> =>
      name === null ? (own?.source ?? null) : ((await running(name))?.source ?? null);
    await putBackLeftovers(identity, open, streams);
  }
  tellOtherLeftovers(identities, streams);
}

function withRequestId(request: RequestToSend, id: string): RequestToSend {
  const headers = request.headers.map(([name, value]) => [name, name === 'x-request-id' ? id : value] as const);
  return { ...request, headers };
}

/** By its type: a filter may have any name. */
function isRbac(tracer: Tracer, hop: Hop, { name, config }: Step): boolean {
  if (name === 'envoy.filters.http.rbac') return true;
  const piece = config === null ? undefined : tracer.pieceOf(hop, config);
  const type = (piece as { readonly typed_config?: { readonly '@type'?: unknown } } | undefined)?.typed_config?.[
    '@type'
  ];
  return typeof type === 'string' && type.endsWith('.http.rbac.v3.RBAC');
}
