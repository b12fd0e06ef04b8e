/** The proxy that the environment asks for, as Go's clients (kubectl, istioctl) read it. */
import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * HTTPS_PROXY or HTTP_PROXY for a URL, unless NO_PROXY names its host; null for none. Loopback never goes through a proxy.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function environmentProxy(url: URL, environment: Environment): string | null {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = valueOf(environment, name);
  if (proxy === '') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (isLoopback(host) || isExcepted(host, port, valueOf(environment, 'NO_PROXY'))) return null;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function valueOf(environment: Environment, name: string): string {
  return (environment[name] ?? '') || (environment[name.toLowerCase()] ?? '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function isExcepted(host: string, port: string, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const [range = '', length] = entry.split('/');
  if (length !== undefined) return isInRange(host, range, Number(length));
  const withPort = /^(.*):(\d+)$/.exec(entry);
  const isBareIpv6 = isIP(entry) === 6;
  const name = (withPort === null || isBareIpv6 ? entry : (withPort[1] ?? '')).replace(/^\[|\]$/g, '');
  if (withPort !== null && !isBareIpv6 && withPort[2] !== port) return false;
  if (isIP(host) > 0) return name === host;
  const domain = name.replace(/^\*?\.?/, '');
  if (host.endsWith(`.${domain}`)) return true;
  return host === domain && !name.startsWith('.') && !name.startsWith('*.');
}

function isInRange(host: string, range: string, length: number): boolean {
  const family = isIP(range) === 6 ? 'ipv6' : 'ipv4';
  const bits = family === 'ipv6' ? 128 : 32;
  if (isIP(range) === 0 || isIP(host) === 0 || !Number.isInteger(length) || length < 0 || length > bits) return false;
  const list = new BlockList();
  list.addSubnet(range, length, family);
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
