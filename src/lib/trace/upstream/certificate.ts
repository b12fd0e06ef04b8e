/** The certificate that a proxy presents: from its secrets, or from what its node says of itself. */
import { X509Certificate } from 'node:crypto';
import type { ProxyConfig } from '../../envoy/proxy-config';
import type { ClientCertificate } from '../connection';

const caches = new WeakMap<ProxyConfig, Map<string, ClientCertificate>>();

/** @param secret the SDS name; null where the certificate stands in the cluster itself and says nothing here */
export function ownCertificate(config: ProxyConfig, secret: string | null): ClientCertificate {
  if (secret === null) return NOT_KNOWN;
  const cache = caches.get(config) ?? new Map<string, ClientCertificate>();
  caches.set(config, cache);
  const known = cache.get(secret);
  if (known !== undefined) return known;
  const found = fromSecret(config, secret) ?? fromNode(config, secret);
  cache.set(secret, found);
  return found;
}

const NOT_KNOWN: ClientCertificate = { uriSans: null, dnsSans: [], subject: '' };

function fromSecret(config: ProxyConfig, name: string): ClientCertificate | null {
  const pem = config.dump.certificateOf(name);
  if (pem === null) return null;
  try {
    return read(new X509Certificate(pem));
  } catch {
    return null;
  }
}

function read(certificate: X509Certificate): ClientCertificate | null {
  const names = (certificate.subjectAltName ?? '').split(', ');
  const withPrefix = (prefix: string): readonly string[] =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return {
    uriSans: withPrefix('URI:'),
    dnsSans: withPrefix('DNS:'),
    subject: certificate.subject.split('\n').reverse().join(','),
  };
}

/** A workload's own identity, as istiod issues it. https://istio.io/latest/docs/concepts/security/#istio-identity */
function fromNode(config: ProxyConfig, secret: string): ClientCertificate {
  const metadata = config.node.metadata ?? {};
  const [namespace, account] = [metadata['NAMESPACE'], metadata['SERVICE_ACCOUNT']];
  if (secret !== 'default' || typeof namespace !== 'string' || typeof account !== 'string') return NOT_KNOWN;
  const domain = typeof metadata['MESH_ID'] === 'string' ? metadata['MESH_ID'] : 'cluster.local';
  return { uriSans: [`spiffe://${domain}/ns/${namespace}/sa/${account}`], dnsSans: [], subject: '' };
}
