/** Addresses with a port as Envoy writes them. */
import { hostPort } from '../envoy/address';
import { parseIp } from './cidr';

export interface IpPort {
  readonly ip: string;
  readonly port: number;
}

/** `IP:PORT`, IPv6 in brackets. */
export function ipPortText({ ip, port }: IpPort): string {
  return hostPort(ip, port);
}

/** `IP:PORT`, IPv6 in brackets; null for anything else. */
export function parseIpPort(text: string): IpPort | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const ip = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? -1);
  return parseIp(ip) === null || port < 0 || port > 65535 ? null : { ip, port };
}
