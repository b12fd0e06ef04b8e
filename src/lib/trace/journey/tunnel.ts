/** HBONE: mutual TLS with HTTP/2 CONNECT in it, which carries a connection. https://istio.io/latest/docs/ambient/architecture/hbone/ */
import { hostPort } from '../../envoy/address';
import { certificateOf } from '../../http/connection-facts';
import type { IpPort } from '../model';
import { HBONE_PORT } from '../ztunnel/walk';
import type { ConnectionContent } from './place';

/** Whether a port is the one of HBONE. */
export function isTunnelPort(port: number): boolean {
  return port === HBONE_PORT;
}

/** What ztunnel or a proxy of the mesh sends to open a tunnel to an address. */
export function tunnelTo({ ip, port }: IpPort, principal: string | undefined): ConnectionContent {
  return {
    tls: {
      sni: null,
      alpn: ['h2'],
      certificate: certificateOf(principal),
    },
    payload: 'http/2',
    payloadFixed: true,
    message: {
      method: 'CONNECT',
      authority: hostPort(ip, port),
      path: '',
      scheme: 'https',
      protocol: 'HTTP/2',
      headers: [],
    },
  };
}
