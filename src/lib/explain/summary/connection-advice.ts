/** Advice about connections that no proxy takes, or that break before a request is read. */
import { hostPort } from '../../envoy/address';
import { factsOf } from '../step-facts';
import { codecAdvice } from './answer-advice';
import { type Advice, type DeadEnd, listed, mctl } from './facts';
import { shellWord } from '../../shell-word';
import { uriComponent } from '../../uri-component';

function listenerCommand({ hop }: DeadEnd): readonly string[] {
  const name = hop.listener?.name;
  return [mctl('listener', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide')];
}

/** Where iptables did not give the connection to Envoy. */
export function notCaptured(): Advice {
  return {
    text: "the iptables rule keeps this connection from the sidecar; the pod's traffic.sidecar.istio.io annotations decide that",
    commands: [],
  };
}

/** Where no listener takes the connection: another port, an excluded Service, a listener that was rejected. */
export function noListener({ request, hop, step }: DeadEnd): Advice {
  const { destination } = request;
  const cause = factsOf(step, 'listener')?.cause;
  const absent = cause?.kind === 'no-listener' ? cause.absent : null;
  if (absent?.state === 'refused') {
    return {
      text: 'correct what Envoy rejected (often an EnvoyFilter): until then the listener does not serve',
      object: 'kubectl get envoyfilter -A',
      commands: [mctl('listener', hop.proxy, '--name', step.name ?? '', '-o', 'json')],
    };
  }
  if (absent?.state === 'warming') {
    return {
      text: 'find out what the listener waits for: a secret or a route configuration that istiod has not sent',
      commands: [mctl('secret', hop.proxy), 'mctl proxy-status'],
    };
  }
  const port = destination === null ? null : String(destination.port);
  const near = step.rejected.slice(0, 3).map(({ name }) => name);
  const nearest = near.length === 0 ? '' : `; nearest: ${listed(near)}`;
  const to = destination === null ? 'the destination' : hostPort(destination.ip, destination.port);
  if (hop.direction === 'gateway') {
    return {
      text: `no server of a Gateway opens port ${port ?? 'of the request'}${nearest}`,
      commands: [mctl('listener', hop.proxy), 'kubectl get gateways.networking.istio.io -A'],
    };
  }
  return {
    text: `nothing listens for ${to}${nearest}: check that a Service has that port, and that no Sidecar object hides it`,
    commands: [mctl('listener', hop.proxy, ...(port === null ? [] : ['--port', port]))],
  };
}

/** Where the proxy waits for the client, who waits for the server to speak first. */
export function waitsForBytes(end: DeadEnd): Advice {
  return {
    text: "the proxy waits for the client's first bytes to tell the protocol: name the Service's port after it (tcp-…, mysql-…) or set its appProtocol",
    commands: listenerCommand(end),
  };
}

/** Where a connection is closed without an answer. */
export function closed(end: DeadEnd): Advice {
  return { text: 'the configuration of the listener says what closes the connection', commands: listenerCommand(end) };
}

/** Where what comes is not what the port's protocol says. */
export function protocolError(end: DeadEnd): Advice {
  const refusal = factsOf(end.step, 'http-connection-manager')?.refusal;
  if (refusal === 'escape-path') {
    return {
      cause: 'the path holds a character that must be percent-encoded, such as a space',
      text: `encode it: ${encoded(end.request.url)}`,
      commands: [],
    };
  }
  if (refusal === 'http-1.0') {
    return { text: 'send HTTP/1.1, or let istiod accept HTTP/1.0 (PILOT_HTTP10=1 in its environment)', commands: [] };
  }
  const byFault = codecAdvice(end.step);
  if (byFault !== null) return { text: byFault, commands: listenerCommand(end) };
  return {
    text: "speak the protocol that the port is configured for, or declare the right one by the name or the appProtocol of the Service's port",
    commands: listenerCommand(end),
  };
}

/** Where a pod's netfilter rules drop the connection, or give Envoy's own back to Envoy; null where they let it go. */
function stoppedByRules(step: DeadEnd['step']): Advice | null {
  const cause = factsOf(step, 'iptables')?.cause;
  if (cause?.kind !== 'packet') return null;
  if (cause.fate.kind === 'dropped') {
    return {
      text: 'change the rule that drops it, or whoever wrote it into the pod: istio-init writes none that drops',
      commands: [],
    };
  }
  if (cause.own?.goesRound !== 'surely') return null;
  return {
    text: 'run Envoy as the user and group that the rules let go (istio-init writes rules for 1337), or write the rules anew',
    commands: [],
  };
}

/** Nothing is where the last proxy, or the caller past its own, sends the connection. */
export function noNextHop({ step, hop, request }: DeadEnd): Advice {
  const byRules = stoppedByRules(step);
  if (byRules !== null) return byRules;
  const [name, namespace] = step.name?.split('.') ?? [];
  if (step.stage !== 'iptables' || name === undefined || namespace === undefined) {
    return { text: 'nothing takes the connection there: check the address and the port', commands: [] };
  }
  const port = request.destination?.port;
  return {
    text: `call a port that the Service has and that has ready pods behind it, or add port ${port ?? ''} to the Service`,
    object: `kubectl get service ${shellWord(name)} -n ${shellWord(namespace)} -o yaml`,
    commands: [
      `kubectl get endpointslices -n ${shellWord(namespace)} -l ${shellWord(`kubernetes.io/service-name=${name}`)}`,
      mctl('cluster', hop.proxy, '--fqdn', `${name}.${namespace}.svc.cluster.local`),
    ],
  };
}

/** Each character that a request target cannot hold as it is, percent-encoded: a blank is %20. */
function encoded(url: string): string {
  return url.replace(/[^\x21-\x7e]/gu, (character) => uriComponent(character));
}
