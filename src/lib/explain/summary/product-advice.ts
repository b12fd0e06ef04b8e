/** Advice where another control plane than Istio wrote a proxy's configuration: in the words of that one's objects. */
import type { ControlPlane } from '../../envoy/product';
import { PRODUCT, type Reason } from '../../trace/model';
import { metText } from '../telling/policy';
import { causeKind, factsOf } from '../step-facts';
import { answerAdvice, codecAdvice } from './answer-advice';
import { clusterOf } from './chosen-upstream';
import { type Advice, type DeadEnd, hostOf, listed, mctl } from './facts';
import { PRODUCT_OBJECTS, type ProductObjects } from './product-objects';

type Telling = (end: DeadEnd, objects: ProductObjects) => Advice;

/** For the reasons whose advice names objects or annotations; what is left out is the same whoever wrote the configuration. */
const BY_REASON: Partial<Readonly<Record<Reason, Telling>>> = {
  'not-captured': () => ({
    text: 'a netfilter rule of the pod keeps this connection from the proxy: whoever wrote the rules into the pod decides that',
    commands: [],
  }),
  'no-listener': noListener,
  'no-filter-chain': noFilterChain,
  'listener-filter-timeout': (end) => ({
    text: "the proxy waits for the client's first bytes to tell the protocol: declare the port's protocol, so that it need not",
    commands: [listenerLine(end)],
  }),
  'protocol-error': protocolError,
  'tls-error': tlsError,
  'invalid-path': (end) => ({
    text: 'send the path in its plain form, or allow this one in the path normalization of the listener (path_with_escaped_slashes_action, normalize_path)',
    commands: [listenerLine(end)],
  }),
  'no-route-configuration': (end, { controller }) => ({
    text: `the proxy has no route configuration${quoted(end.hop.routeConfiguration?.name ?? end.step.name)}: ${controller} has not sent it, or not all of it is in the dump`,
    commands: [mctl('route', end.hop.proxy)],
  }),
  'no-virtual-host': (end, { route, commands }) => ({
    text: `call it by a name that is listed, or add ${route} for the host \`${hostOf(end.request)}\``,
    commands: [...commands.route, routeLine(end)],
  }),
  'no-route': noRoute,
  'no-action': (end, { controller }) => ({
    text: `the route that matches does not say where to go: see what ${controller} makes of its object`,
    commands: [routeLine(end)],
  }),
  'cluster-not-found': (end, { backend, controller, commands }) => ({
    text: `the proxy has no cluster${quoted(clusterOf(end))}: correct what the route sends to (${backend}), or see why ${controller} has not sent it`,
    commands: [mctl('cluster', end.hop.proxy), ...commands.route],
  }),
  'no-healthy-endpoint': noHealthyEndpoint,
  'black-hole': ({ request }, { policy, commands }) => ({
    text: `\`${hostOf(request)}\` is not let out: ${policy} decides that`,
    commands: commands.policy,
  }),
  'rbac-denied': denied,
  'jwt-denied': (_end, { policy, commands }) => ({
    text: `send a token that ${policy} accepts; --claim KEY=VALUE stands for one in a trace`,
    commands: commands.policy,
  }),
  'tls-required': tlsRequired,
  'fault-abort': (end) => ({
    text: 'the fault is injected on purpose: remove it from the object that the route came from to end it',
    commands: [routeLine(end)],
  }),
  'no-next-hop': ({ step }) => ({
    text:
      causeKind(step) === 'packet'
        ? 'change the rule that keeps the connection, or whoever wrote it into the pod; a proxy must run as the user whose connections the rules let go'
        : 'nothing takes the connection there: check the address and the port',
    commands: [],
  }),
  'local-reply': (end) =>
    factsOf(end.step, 'http-connection-manager')?.refusal === 'upgrade'
      ? { text: 'let the protocol through with upgrade_configs', commands: [listenerLine(end)] }
      : { text: answerAdvice(end.step), commands: [] },
};

/** Null of a proxy of Istio's, and where the advice is the same for all. */
export function productAdvice(end: DeadEnd, reason: Reason): Advice | null {
  const objects = objectsOf(end.hop[PRODUCT]);
  return objects === null ? null : (BY_REASON[reason]?.(end, objects) ?? null);
}

/** Null of Istio, whose objects the other advice names. */
export function objectsOf(product: ControlPlane | undefined): ProductObjects | null {
  return product === undefined || product === 'istio' ? null : PRODUCT_OBJECTS[product];
}

function quoted(name: string | null | undefined): string {
  return name === null || name === undefined || name === '' ? '' : ` \`${name}\``;
}

function listenerLine({ hop }: DeadEnd): string {
  const name = hop.listener?.name;
  return mctl('listener', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide');
}

function routeLine({ hop }: DeadEnd): string {
  const name = hop.routeConfiguration?.name;
  return mctl('route', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide');
}

function noListener({ request, hop, step }: DeadEnd, { listener, controller, commands }: ProductObjects): Advice {
  const cause = factsOf(step, 'listener')?.cause;
  const absent = cause?.kind === 'no-listener' ? cause.absent : null;
  if (absent?.state === 'refused') {
    return {
      text: 'correct what Envoy rejected: until then the listener does not serve',
      commands: [mctl('listener', hop.proxy, '--name', step.name ?? '', '-o', 'json'), ...commands.listener],
    };
  }
  if (absent?.state === 'warming') {
    return {
      text: `find out what the listener waits for: a secret or a route configuration that ${controller} has not sent`,
      commands: [mctl('secret', hop.proxy), mctl('route', hop.proxy)],
    };
  }
  const near = step.rejected.slice(0, 3).map(({ name }) => name);
  const nearest = near.length === 0 ? '' : ` (nearest: ${listed(near)})`;
  return {
    text: `nothing listens on port ${request.destination?.port ?? 'of the request'}${nearest}: call a port that is open, or add ${listener}`,
    commands: [...commands.listener, mctl('listener', hop.proxy)],
  };
}

function noFilterChain(end: DeadEnd, { listener, commands }: ProductObjects): Advice {
  const { request, step } = end;
  const detected = factsOf(step, 'filter-chain')?.detected;
  const lines = [...commands.listener, listenerLine(end)];
  if (detected?.transport !== 'tls') {
    const url = request.url.replace(/^http:/i, 'https:');
    return {
      text: `call it over TLS where its filter chains accept only that (${url}), or change ${listener}`,
      commands: lines,
    };
  }
  const sni = detected.serverName;
  const compare =
    sni === ''
      ? 'no server name (SNI) came: a client sends one only if it calls a host name'
      : `the server name (SNI) ${sni} came`;
  return { text: `compare the names that ${listener} is for with what came: ${compare}`, commands: lines };
}

function protocolError(end: DeadEnd): Advice {
  return factsOf(end.step, 'http-connection-manager')?.refusal === 'http-1.0'
    ? { text: 'send HTTP/1.1, or accept HTTP/1.0 (accept_http_10)', commands: [listenerLine(end)] }
    : {
        text: codecAdvice(end.step) ?? 'speak the protocol that the port is configured for',
        commands: [listenerLine(end)],
      };
}

function tlsError({ before, hop, step }: DeadEnd): Advice {
  const own = [mctl('secret', hop.proxy)];
  if (before === null) {
    return {
      text: 'speak TLS as the matched filter chain asks for it, with a certificate that it trusts if it wants one; --tls mtls stands for one in a trace',
      commands: own,
    };
  }
  return {
    ...(causeKind(step) === 'no-sidecar'
      ? {
          cause: `${hop.proxy ?? 'the caller'} sends mutual TLS, and ${step.name ?? 'the destination'} has no proxy that could answer it`,
        }
      : {}),
    text: `make both sides agree on TLS: what ${before.proxy ?? 'the caller'} sends, and what ${hop.proxy ?? 'the destination'} takes`,
    commands: own,
  };
}

/** A redirect to https that the caller has followed already is a loop: the hop in front ended TLS, and is not trusted. */
function tlsRequired({ request }: DeadEnd, { listener, commands }: ProductObjects): Advice {
  const claims = ([name, value]: readonly [string, string]): boolean =>
    name.toLowerCase() === 'x-forwarded-proto' && value.trim() === 'https';
  if (!request.headers.some(claims)) {
    return { text: `call it over TLS: ${request.url.replace(/^http:/i, 'https:')}`, commands: [] };
  }
  return {
    cause:
      'the gateway trusts no proxy in front and overwrites X-Forwarded-Proto: https: behind a load balancer that ends TLS it redirects for ever',
    text: `let ${listener} trust the number of proxies in front of it (xff_num_trusted_hops)`,
    commands: commands.listener,
  };
}

function noRoute(end: DeadEnd, { route, commands }: ProductObjects): Advice {
  const { method, path } = end.request;
  const what = [method, path].filter((part) => part !== null).join(' ');
  const host = end.hop.virtualHost?.name;
  return {
    text: `none of the routes${host === undefined ? '' : ` of \`${host}\``} matches ${what === '' ? 'the request' : what}: change the request, or add ${route} that matches it`,
    commands: [...commands.route, routeLine(end)],
  };
}

function noHealthyEndpoint(end: DeadEnd, { backend, commands }: ProductObjects): Advice {
  const name = clusterOf(end);
  const all = end.hop.clusters.flatMap((cluster) => cluster.endpoints);
  return {
    text:
      all.length === 0
        ? `\`${name}\` has no endpoint at all: see ${backend}`
        : `none of the ${all.length} endpoints of \`${name}\` may be used: see their health`,
    commands: [mctl('endpoint', end.hop.proxy, '--cluster', name), ...commands.backend],
  };
}

function denied({ outcome, step }: DeadEnd, { policy, commands }: ProductObjects): Advice {
  const named = outcome.policy ?? '';
  const condition = metText(factsOf(step, 'http-filter') ?? factsOf(step, 'network-filter') ?? {});
  const [nearest] = step.rejected;
  const nearestText = nearest === undefined ? '' : `; nearest is ${nearest.name}: ${nearest.because}`;
  return {
    cause:
      named === ''
        ? `no policy allows the request${nearestText}`
        : `the policy ${named} denies it${condition === null ? '' : `, since this condition is met: ${condition}`}`,
    text: `change ${policy}, or send a request that it lets through`,
    commands: commands.policy,
  };
}
