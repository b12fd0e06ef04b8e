/** Advice where no filter chain takes a connection: by the criterion that dropped the last chains, and by what came. */
import type { Hop } from '../../trace/model';
import { factsOf, sendsOf } from '../step-facts';
import { type Advice, type DeadEnd, hostOf, mctl } from './facts';

const PEER = 'kubectl get peerauthentication -A';
const RULES = 'kubectl get destinationrule -A';
const GATEWAYS = 'kubectl get gateways.networking.istio.io -A';

export function noFilterChain(end: DeadEnd): Advice {
  const { hop, step } = end;
  const name = hop.listener?.name;
  const look = mctl('listener', hop.proxy, ...(name === undefined ? [] : ['--name', name]), '-o', 'wide');
  const isPlain = factsOf(step, 'filter-chain')?.detected?.transport !== 'tls';
  if (hop.direction === 'gateway') return atGateway(end, isPlain, look);
  if (hop.direction === 'inbound') return isPlain ? plainToStrict(end, look) : tlsToInbound(end, look);
  return {
    text: isPlain
      ? 'send what the port is declared for: its filter chains accept only TLS'
      : 'the port is declared for another protocol or server name (SNI): compare it with the appProtocol or the name of the Service port',
    commands: [look],
  };
}

function atGateway({ request, step }: DeadEnd, isPlain: boolean, look: string): Advice {
  const port = request.destination === null ? 'This port' : `Port ${request.destination.port}`;
  if (isPlain) {
    const url = request.url.replace(/^http:/i, 'https:');
    return {
      cause: `${port} of the gateway accepts only TLS, and plain text came`,
      text: `call it with https:// (${url}), or add a server with protocol HTTP to the Gateway`,
      commands: [GATEWAYS, look],
    };
  }
  const sni = factsOf(step, 'filter-chain')?.detected?.serverName ?? '';
  const what = sni === '' ? 'no server name (SNI) came' : `the server name (SNI) ${sni} came`;
  return {
    cause: `no server of the Gateway takes this TLS connection: ${what}`,
    text: `compare the hosts of the Gateway's servers with the SNI${sni === '' ? ': a client sends one only if it calls a host name' : ` ${sni}`}`,
    commands: [GATEWAYS, look],
  };
}

/** A pod that accepts only mutual TLS. */
function plainToStrict({ hop, before }: DeadEnd, look: string): Advice {
  const pod = hop.proxy ?? 'the destination';
  const caller = before === null ? 'the caller' : (before.proxy ?? 'the caller');
  const disabled = sendsOf(before)?.tls === 'DISABLE';
  return {
    cause: `${pod} accepts only mutual TLS (PeerAuthentication STRICT), and plain text came`,
    object: PEER,
    text: disabled
      ? `let ${caller} send mutual TLS (no DestinationRule with tls mode DISABLE for this host), or set the PeerAuthentication to PERMISSIVE`
      : `call it from a pod with a sidecar, or set the PeerAuthentication to PERMISSIVE`,
    commands: [...(disabled ? [RULES] : []), look],
  };
}

/** TLS that is not Istio's mutual TLS, to a port that takes either that or plain text. */
function tlsToInbound({ hop, before, request, step }: DeadEnd, look: string): Advice {
  const pod = hop.proxy ?? 'the destination';
  const sent = sendsOf(before);
  if (sent !== null && !sent.callersTls && (sent.tls === 'SIMPLE' || sent.tls === 'MUTUAL')) {
    return {
      cause: `a DestinationRule makes ${before?.proxy ?? 'the caller'} send TLS of mode ${sent.tls}, and the sidecar ${pod} takes only ISTIO_MUTUAL or plain text`,
      object: clusterCommand(before) ?? RULES,
      text: `set the tls mode of the DestinationRule for ${hostOf(request)} to ISTIO_MUTUAL, or remove its tls`,
      commands: [look],
    };
  }
  const alpn = factsOf(step, 'filter-chain')?.detected?.alpn ?? [];
  const isIstio = alpn.some((protocol) => protocol.startsWith('istio'));
  if (isIstio) {
    return {
      cause: `${pod} takes no mutual TLS on this port (PeerAuthentication DISABLE), and mutual TLS came`,
      object: PEER,
      text: `set a DestinationRule with tls mode DISABLE for ${hostOf(request)}, or let the PeerAuthentication accept mutual TLS`,
      commands: [RULES, look],
    };
  }
  return {
    cause: `the caller speaks TLS of its own, and the port of ${pod} is declared as HTTP`,
    text: `call it with http:// (the sidecars add mutual TLS), or declare the port as HTTPS (appProtocol: https)`,
    commands: [...serviceCommand(before), look],
  };
}

function clusterCommand(hop: Hop | null): string | null {
  const step = hop?.steps.findLast(({ stage, origin }) => stage === 'cluster' && origin !== null);
  return step?.origin?.kind === 'DestinationRule' ? step.origin.command : null;
}

function serviceCommand(hop: Hop | null): readonly string[] {
  const step = hop?.steps.findLast(({ origin }) => origin?.kind === 'Service');
  return step?.origin === null || step === undefined ? [] : [step.origin.command];
}
