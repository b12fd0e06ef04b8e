/** Advice about connections that no proxy takes, or that break before a request is read. */
import { hostPort } from '../../envoy/address';
import { type Advice, type DeadEnd, listed, mctl } from './facts';
import { shellWord } from '../../envoy/istio-config';

function listenerCommand({ hop }: DeadEnd): readonly string[] {
  const name = hop.listener?.name;
  return [mctl('listener', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide')];
}

export function notCaptured(): Advice {
  return {
    text: "the iptables rule keeps this connection from the sidecar; the pod's traffic.sidecar.istio.io annotations decide that",
    commands: [],
  };
}

export function noListener({ request, hop, step }: DeadEnd): Advice {
  const { destination } = request;
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

/** A connection in plain text at a proxy that has chains for TLS only is what STRICT mutual TLS looks like. */
export function noFilterChain(end: DeadEnd): Advice {
  const { hop, before } = end;
  const commands = listenerCommand(end);
  if (hop.direction === 'inbound') {
    const caller = before?.proxy ?? 'the caller';
    return {
      text: `${hop.proxy ?? 'the destination'} does not take what ${caller} sends: with STRICT mutual TLS it must send TLS (no DestinationRule that disables it, a sidecar of its own), or the PeerAuthentication must be PERMISSIVE`,
      commands: [...commands, 'kubectl get peerauthentication -A', 'kubectl get destinationrule -A'],
    };
  }
  if (hop.direction === 'gateway') {
    return {
      text: 'no server of the Gateway has this host (SNI) on this port: compare the hosts and tls of its servers with the request',
      commands: [...commands, 'kubectl get gateways.networking.istio.io -A'],
    };
  }
  return { text: 'the port is declared for another protocol or another SNI than what is sent', commands };
}

export function waitsForBytes(end: DeadEnd): Advice {
  return {
    text: "the proxy waits for the client's first bytes to tell the protocol: name the Service's port after it (tcp-…, mysql-…) or set its appProtocol",
    commands: listenerCommand(end),
  };
}

export function closed(end: DeadEnd): Advice {
  return { text: 'the configuration of the listener says what closes the connection', commands: listenerCommand(end) };
}

export function protocolError(end: DeadEnd): Advice {
  if (end.step.because.includes('accept_http_10')) {
    return { text: 'send HTTP/1.1, or let istiod accept HTTP/1.0 (PILOT_HTTP10=1 in its environment)', commands: [] };
  }
  return {
    text: "speak the protocol that the port is configured for, or declare the right one by the name or the appProtocol of the Service's port",
    commands: listenerCommand(end),
  };
}

/** Nothing is where the last proxy, or the caller past its own, sends the connection. */
export function noNextHop({ step }: DeadEnd): Advice {
  const [name, namespace] = step.name?.split('.') ?? [];
  const service = step.stage === 'iptables' && name !== undefined && namespace !== undefined;
  return {
    text: 'nothing takes the connection there: check the address and the port',
    commands: service ? [`kubectl get service,endpointslices -n ${shellWord(namespace)}`] : [],
  };
}
