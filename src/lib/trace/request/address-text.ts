/** Addresses as users write them on a command line or in a check file. */
import { isIP } from 'node:net';
import { UsageError } from '../../errors';
import type { ProxyVersion } from '../connection';
import type { IpPort } from '../model';

/** `IP:PORT`, IPv6 in brackets; throws UsageError for anything else. */
export function parseIpPort(text: string): IpPort {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):(\d{1,5})$/.exec(text.trim());
  const ip = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? -1);
  if (isIP(ip) === 0 || port < 0 || port > 65535) {
    throw new UsageError(`${JSON.stringify(text)} is not an address and port`, {
      hint: 'Write IP:PORT, for example 10.96.0.10:9080 or [fd00::10]:9080.',
    });
  }
  return { ip, port };
}

/** An IP address; throws UsageError for anything else. */
export function parseIpAddress(text: string, flag: string): string {
  if (isIP(text) !== 0) return text;
  throw new UsageError(`--${flag} takes an IP address, not ${JSON.stringify(text)}`);
}

/** A PROXY protocol header as it is asked for. */
export interface GivenProxyHeader {
  /** Null where it names the caller itself. */
  readonly ip: string | null;
  readonly port: number | null;
  readonly version?: ProxyVersion;
}

/**
 * The source of a PROXY protocol header: an address, an address and port, or nothing, behind `v1:` or `v2:` where the version is said.
 * Throws UsageError for anything else.
 */
export function parseProxyProtocol(text: string): GivenProxyHeader {
  const version = /^v([12])(?::|$)/i.exec(text);
  if (version === null) return namedBy(text);
  return { ...namedBy(text.slice(version[0].length)), version: version[1] === '2' ? 2 : 1 };
}

function namedBy(text: string): GivenProxyHeader {
  if (text === '') return { ip: null, port: null };
  if (isIP(text) !== 0) return { ip: text, port: null };
  try {
    return parseIpPort(text);
  } catch {
    throw new UsageError(`--proxy-protocol takes the address in the header, not ${JSON.stringify(text)}`, {
      hint: 'Write IP or IP:PORT, for example 203.0.113.9:40000; without a value the header names the caller itself. v2: in front sends version 2.',
    });
  }
}

/** curl's `HOST:PORT:IP`; `*` stands for every host. Throws UsageError for anything else. */
export function parseResolve(text: string): { readonly host: string; readonly port: number; readonly ip: string } {
  const [host = '', portText = '', ...rest] = text.split(':');
  const ip = rest.join(':').replace(/^\[/, '').replace(/\]$/, '');
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : -1;
  if (host === '' || port < 0 || port > 65535 || isIP(ip) === 0) {
    throw new UsageError(`--resolve takes HOST:PORT:IP, not ${JSON.stringify(text)}`);
  }
  return { host: host.toLowerCase(), port, ip };
}
