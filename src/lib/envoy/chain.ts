/** Whether one proxy's certificate is one that another's roots let in, as Envoy decides it from the chain that comes. */
import { type Certificate, invalidity } from './certificate';

/** Null where the chain ends at a root; otherwise why it does not. */
export type Distrust = string | null;

/**
 * Follows a leaf's issuers through the certificates that come with it to one of the roots. Any certificate of the bundle
 * ends a chain, an intermediate one included.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto#extensions-transport-sockets-tls-v3-certificatevalidationcontext
 * @param chain the leaf, then what came with it
 */
export function distrustOf(chain: readonly Certificate[], roots: readonly Certificate[], now: Date): Distrust {
  const [leaf, ...others] = chain;
  if (leaf === undefined) return 'there is no certificate';
  if (roots.length === 0) return 'there is no root';
  return follow(leaf, { roots, others, now, seen: new Set() });
}

interface Search {
  readonly roots: readonly Certificate[];
  readonly others: readonly Certificate[];
  readonly now: Date;
  /** Certificates that were followed: authorities may have signed each other. */
  readonly seen: Set<Certificate>;
}

function follow(certificate: Certificate, search: Search): Distrust {
  const { roots, others, now, seen } = search;
  seen.add(certificate);
  const invalid = invalidity(certificate, now);
  if (invalid !== null) return `${nameOf(certificate)} is ${invalid}`;
  if (roots.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) return null;
  const issuers = [...roots, ...others].filter((one) => !seen.has(one) && isIssuedBy(certificate, one));
  let first: Distrust = null;
  for (const issuer of issuers) {
    const found = follow(issuer, search);
    if (found === null) return null;
    first ??= found;
  }
  const issuer = certificate.issuer || 'without a name';
  return first ?? `no root of theirs issued ${nameOf(certificate)} (issuer ${issuer})`;
}

/** Signatures already verified: many traces meet the same certificates. */
const verified = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  const known = verified.get(certificate) ?? new WeakMap<Certificate, boolean>();
  verified.set(certificate, known);
  const isIssued = known.get(issuer) ?? hasSigned(issuer, certificate);
  known.set(issuer, isIssued);
  return isIssued;
}

function hasSigned(issuer: Certificate, { x509 }: Certificate): boolean {
  if (!issuer.isAuthority || !x509.checkIssued(issuer.x509)) return false;
  try {
    return x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

function nameOf({ uris, subject, fingerprint }: Certificate): string {
  return uris[0] ?? (subject === '' ? `the certificate ${fingerprint.slice(0, 16)}` : subject);
}
