/** What to do next at a dead end: for each reason a sentence with names from the trace, and lines to run. */
import type { Origin, Reason, Step, TracedRequest } from '../../trace/model';
import { lastPlace, type Walk } from './dead-end';
import { factsOf } from '../step-facts';
import { type Advice, type DeadEnd, deadEndOf, mctl } from './facts';
import { answerAdvice } from './answer-advice';
import { noFilterChain } from './chain-advice';
import { ambientAdvice } from './ambient-advice';
import { productAdvice } from './product-advice';
import * as connection from './connection-advice';
import * as routing from './routing-advice';
import * as security from './security-advice';
import { causeSentence, sentence } from './verdict-sentence';

const BY_REASON: Readonly<Record<Reason, (end: DeadEnd) => Advice>> = {
  'not-captured': connection.notCaptured,
  'no-listener': connection.noListener,
  'no-filter-chain': noFilterChain,
  'listener-filter-timeout': connection.waitsForBytes,
  'connection-closed': connection.closed,
  'protocol-error': connection.protocolError,
  'tls-error': security.tlsError,
  'missing-host': () => ({ text: "give the request a host: -H 'Host: NAME'", commands: [] }),
  'invalid-path': ({ hop }) => ({
    text: 'send the path in its plain form, or allow this one in pathNormalization of the mesh configuration',
    commands: [mctl('listener', hop.proxy, '--name', hop.listener?.name ?? '', '-o', 'json')],
  }),
  'no-route-configuration': routing.noRouteConfiguration,
  'no-virtual-host': routing.noVirtualHost,
  'no-route': routing.noRoute,
  'tls-required': routing.tlsRequired,
  'no-action': () => ({
    text: 'the route that matches does not say where to go; istiod writes no such route, so look for an EnvoyFilter',
    commands: ['kubectl get envoyfilter -A'],
  }),
  'cluster-not-found': routing.clusterNotFound,
  'no-healthy-endpoint': routing.noHealthyEndpoint,
  'black-hole': routing.blackHole,
  'rbac-denied': security.denied,
  'jwt-denied': security.tokenDenied,
  'fault-abort': () => ({
    text: 'the fault is injected on purpose: remove `fault` from the VirtualService to end it',
    commands: [],
  }),
  'local-reply': ({ step }) =>
    factsOf(step, 'http-connection-manager')?.refusal === 'upgrade'
      ? {
          text: 'let the protocol through with upgrade_configs in an EnvoyFilter, or declare the port as TCP (appProtocol: tcp): Istio itself lets only websocket through',
          commands: ['kubectl get envoyfilter -A'],
        }
      : { text: answerAdvice(step), commands: [] },
  'unknown-input': () => ({
    text: 'give the missing input with the flag that is named beside it (such as --source-ip or --claim) and trace again; an input without a flag cannot be given',
    commands: [],
  }),
  'no-next-hop': connection.noNextHop,
};

/** Reasons whose cure is often in the object that the last decision before came from. */
const ROUTING: ReadonlySet<Reason> = new Set<Reason>([
  'no-route',
  'tls-required',
  'no-action',
  'cluster-not-found',
  'no-healthy-endpoint',
  'fault-abort',
]);

/**
 * What to do about a walk that ended badly; null for a good one. The object that can be edited comes first: that of the
 * step itself, or of the decision before it, else the first that the advice names.
 */
export function adviceFor(request: TracedRequest, walk: Walk): Advice | null {
  const { reason } = walk;
  const end = reason === null ? null : deadEndOf(request, walk);
  if (reason === null || end === null) return null;
  const advice = ambientAdvice(end) ?? productAdvice(end, reason) ?? BY_REASON[reason](end);
  const origin = end.step.origin ?? (ROUTING.has(reason) ? lastOrigin(end) : null);
  const [object] = advice.commands.filter((line) => line.startsWith('kubectl get '));
  const first = advice.object ?? origin?.command ?? object;
  const commands = first === undefined ? advice.commands : [first, ...advice.commands];
  return { ...advice, commands: [...new Set(commands)] };
}

/** Why a walk ended as it did, and what to do: what every form of a trace begins with. */
export interface Diagnosis {
  /** A sentence; null where the verdict says all. */
  readonly cause: string | null;
  /** Null for a walk that ended well. */
  readonly next: string | null;
  /** Lines to run: the object to edit first. */
  readonly commands: readonly string[];
}

/** Why a walk did not deliver, what to look at and what to do next. */
export function diagnosisOf(request: TracedRequest, walk: Walk): Diagnosis {
  const advice = adviceFor(request, walk);
  const cause = advice?.cause === undefined ? causeSentence(walk) : sentence(advice.cause);
  return { cause, next: advice?.text ?? null, commands: advice?.commands ?? [] };
}

function lastOrigin({ hop }: DeadEnd): Origin | null {
  const holds = ({ origin, stage }: Step): boolean => origin !== null && stage !== 'http-filter';
  return lastPlace({ hops: [hop] }, holds)?.step.origin ?? null;
}
