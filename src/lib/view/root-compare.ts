/** `pc rootca-compare`: whether two proxies can trust each other's certificates. */
import { type Certificate, invalidity, readCertificates } from '../envoy/certificate';
import { distrustOf } from '../envoy/chain';
import type { ConfigDump } from '../envoy/config-dump';
import { pemOf, type Secret, secretsOf, spiffeBundles } from '../envoy/secret';
import type { Table } from '../render/table';
import { InputError } from '../errors';

/** One of the two proxies: its roots, and the chain that it shows. */
export interface TrustParty {
  readonly name: string;
  readonly roots: readonly Certificate[];
  /** Empty where the dump does not hold its certificate. */
  readonly chain: readonly Certificate[];
  /** When it is judged: of a saved dump when its secrets were last updated, since it was valid then or never. */
  readonly at: Date;
}

interface Check {
  readonly leaf: string;
  readonly against: string;
  /** Null where there is no leaf to check. */
  readonly trusted: boolean | null;
  readonly because: string | null;
}

export interface TrustReport {
  readonly trusted: boolean;
  readonly a: TrustParty;
  readonly b: TrustParty;
  readonly pairs: readonly { readonly a: Certificate; readonly b: Certificate; readonly same: boolean }[];
  readonly checks: readonly Check[];
}

const ROOTS = 'ROOTCA';
const OWN = 'default';

/**
 * Reads a proxy's side. Throws InputError where it has no root that can be read.
 * @param now of a live proxy; null of a saved dump, which is judged when its secrets were last updated
 */
export function trustParty(name: string, dump: ConfigDump, now: Date | null): TrustParty {
  const secrets = secretsOf(dump).filter(({ state }) => state !== 'STATIC');
  const named = secrets.filter((entry) => entry.name === ROOTS);
  const roots = (named.length > 0 ? named : secrets).flatMap(({ secret }) => rootsOf(secret));
  if (roots.length === 0) {
    throw new InputError(`${name} has no root certificate in its secrets`, {
      hint: `mctl pc secret -o wide shows its secrets. Istio's roots are in the one called ${ROOTS}.`,
    });
  }
  const own = secrets.find((entry) => entry.name === OWN && entry.state === 'ACTIVE')?.secret;
  const at = now ?? lastUpdate(secrets) ?? new Date();
  return { name, roots, chain: certificatesOf(pemOf(own?.tls_certificate?.certificate_chain)), at };
}

function lastUpdate(secrets: readonly { readonly lastUpdated: string | null }[]): Date | null {
  const times = secrets.map(({ lastUpdated }) => Date.parse(lastUpdated ?? '')).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? null : new Date(times.reduce((last, time) => Math.max(last, time)));
}

function rootsOf(secret: Secret): readonly Certificate[] {
  const bundles = (spiffeBundles(secret) ?? []).map((bundle) => bundle.trust_bundle);
  return [secret.validation_context?.trusted_ca, ...bundles].flatMap((source) => certificatesOf(pemOf(source)));
}

function certificatesOf(pem: string): readonly Certificate[] {
  return readCertificates(pem).flatMap(({ certificate }) => certificate ?? []);
}

/**
 * Every pair of roots, and each proxy's chain against the other's roots; without a chain, shared roots decide. They are
 * judged at the time of the later dump: workload certificates live a day, and saved dumps are read later.
 */
export function compareTrust(a: TrustParty, b: TrustParty): TrustReport {
  const now = a.at > b.at ? a.at : b.at;
  const pairs = a.roots.flatMap((one) =>
    b.roots.map((other) => ({ a: one, b: other, same: one.fingerprint === other.fingerprint })),
  );
  const checks = [checkOf(a, b, now), checkOf(b, a, now)];
  const isShared = pairs.some(({ a: root, same }) => same && invalidity(root, now) === null);
  return { trusted: checks.every(({ trusted }) => trusted ?? isShared), a, b, pairs, checks };
}

function checkOf(party: TrustParty, other: TrustParty, now: Date): Check {
  if (party.chain.length === 0) {
    return {
      leaf: party.name,
      against: other.name,
      trusted: null,
      because: 'its own certificate is not in its secrets',
    };
  }
  const because = distrustOf(party.chain, other.roots, now);
  return { leaf: party.name, against: other.name, trusted: because === null, because };
}

/** The pairs of roots; the fingerprints are cut in `short`. */
export function pairTable({ a, b, pairs }: TrustReport, cut: boolean): Table {
  const digest = ({ fingerprint }: Certificate): string => (cut ? fingerprint.slice(0, 16) : fingerprint);
  const rows = pairs.map((pair) => [
    digest(pair.a),
    pair.a.subject || '-',
    digest(pair.b),
    pair.b.subject || '-',
    pair.same ? 'same' : 'different',
  ]);
  return { header: [`ROOT OF ${a.name}`, 'SUBJECT', `ROOT OF ${b.name}`, 'SUBJECT', 'COMPARED'], rows, padding: 3 };
}

/** What the checks found, a sentence a line. */
export function trustLines({ trusted, checks, a, b }: TrustReport): readonly string[] {
  const lines = checks.map((check) => {
    if (check.trusted === null) return `${check.leaf}: ${check.because ?? ''}; its roots alone were compared.`;
    return check.trusted
      ? `${check.against} trusts the certificate of ${check.leaf}.`
      : `${check.against} does not trust the certificate of ${check.leaf}: ${check.because ?? ''}.`;
  });
  return [...lines, `${a.name} and ${b.name} ${trusted ? 'can' : 'cannot'} trust each other.`];
}

/** The report as JSON, certificates by what tells them apart. */
export function trustJson({ trusted, a, b, pairs, checks }: TrustReport): object {
  return {
    trusted,
    a: partyJson(a),
    b: partyJson(b),
    pairs: pairs.map((pair) => ({ a: pair.a.fingerprint, b: pair.b.fingerprint, same: pair.same })),
    checks,
  };
}

function partyJson({ name, roots, chain }: TrustParty): object {
  return { name, roots: roots.map(certificateJson), chain: chain.map(certificateJson) };
}

/** A certificate by what tells it apart. */
export function certificateJson(certificate: Certificate): object {
  const { subject, issuer, serial, uris, dnsNames, notBefore, notAfter, fingerprint, isAuthority } = certificate;
  return {
    sha256: fingerprint,
    subject,
    issuer,
    serial,
    uris,
    dnsNames,
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    ca: isAuthority,
  };
}
