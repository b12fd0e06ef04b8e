/** The certificate that a proxy presents, and the roots it trusts: from its secrets, or from what its node says of itself. */
import { type Certificate, readCertificates } from '../envoy/certificate';
import type { ProxyConfig } from '../envoy/proxy-config';
import { pemOf, secretsOf } from '../envoy/secret';
import { certificateOf, type ClientCertificate } from '../http/connection-facts';
import { rememberedFor } from '../remembered';

interface Material {
  readonly chains: ReadonlyMap<string, readonly Certificate[]>;
  readonly roots: ReadonlyMap<string, readonly Certificate[]>;
}

/** The certificates in a proxy's secrets that are in use, by the secret's name. */
const materialOf = rememberedFor((config: ProxyConfig): Material => {
  const chains = new Map<string, readonly Certificate[]>();
  const roots = new Map<string, readonly Certificate[]>();
  for (const { name, state, secret } of secretsOf(config.dump)) {
    if (state === 'WARMING') continue;
    chains.set(name, certificatesIn(pemOf(secret.tls_certificate?.certificate_chain)));
    roots.set(name, certificatesIn(pemOf(secret.validation_context?.trusted_ca)));
  }
  return { chains, roots };
});

function certificatesIn(pem: string): readonly Certificate[] {
  return readCertificates(pem).flatMap(({ certificate }) => certificate ?? []);
}

/** The roots in a secret; empty where the dump does not hold them. */
export function rootsIn(config: ProxyConfig, secret: string | null): readonly Certificate[] {
  return secret === null ? [] : (materialOf(config).roots.get(secret) ?? []);
}

/** @param secret the SDS name; null where the certificate stands in the configuration itself and says nothing here */
export function ownCertificate(config: ProxyConfig, secret: string | null): ClientCertificate {
  if (secret === null) return NOT_KNOWN;
  const chain = materialOf(config).chains.get(secret) ?? [];
  const [leaf] = chain;
  if (leaf === undefined) return fromNode(config, secret);
  return { uriSans: leaf.uris, dnsSans: leaf.dnsNames, subject: subjectOf(leaf), chain };
}

const NOT_KNOWN = certificateOf(undefined);

/** As Envoy writes it: the last part first, without blanks. */
function subjectOf({ x509 }: Certificate): string {
  return ((x509.subject as string | undefined) ?? '').split('\n').reverse().join(',');
}

/** A workload's own identity, as istiod issues it. https://istio.io/latest/docs/concepts/security/#istio-identity */
function fromNode(config: ProxyConfig, secret: string): ClientCertificate {
  const metadata = config.node.metadata ?? {};
  const [namespace, account] = [metadata['NAMESPACE'], metadata['SERVICE_ACCOUNT']];
  if (secret !== 'default' || typeof namespace !== 'string' || typeof account !== 'string') return NOT_KNOWN;
  const domain = typeof metadata['MESH_ID'] === 'string' ? metadata['MESH_ID'] : 'cluster.local';
  return { uriSans: [`spiffe://${domain}/ns/${namespace}/sa/${account}`], dnsSans: [], subject: '' };
}
