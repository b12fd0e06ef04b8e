/** X.509 certificates in PEM, as a secret holds them: a chain or a bundle, each certificate read by itself. */
import { X509Certificate } from 'node:crypto';
import { ANY_LENGTH, remembered } from '../remembered';
import { isAuthority } from './der';

/** One certificate. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly isAuthority: boolean;
  /** Lower-case hexadecimal; a negative one has its sign in front. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** URIs and DNS names of its subject alternative names, in their order. */
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** `CN=…, O=…`; empty where it has none. */
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256 of the whole, in lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** A block of a PEM text. */
interface Block {
  readonly label: string;
  /** In base64. */
  readonly body: string;
}

/** A block of a bundle: a certificate, or why there is none. */
export type Read = { readonly certificate: Certificate } | { readonly certificate: null; readonly because: string };

/** Every block of a PEM text in its order; an empty text has none. https://www.rfc-editor.org/rfc/rfc7468 */
export function readCertificates(pem: string): readonly Read[] {
  return blocksOf(pem).map(({ label, body }) =>
    label === 'CERTIFICATE' || label === 'TRUSTED CERTIFICATE' || label === 'X509 CERTIFICATE'
      ? readCertificate(body)
      : { certificate: null, because: `it is a ${label.toLowerCase()}` },
  );
}

/** The first block as istioctl reads it: a certificate whatever the block is called. */
export function firstCertificate(pem: string): Read {
  const [block] = blocksOf(pem);
  return block === undefined ? { certificate: null, because: 'it is not PEM' } : readCertificate(block.body);
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n([A-Za-z0-9+/=\s]*?)-----END \1-----/g;

function blocksOf(pem: string): readonly Block[] {
  return [...pem.matchAll(BLOCK)].map(([, label = '', body = '']) => ({ label, body }));
}

/** Every proxy of a mesh has the same roots. Each holds memory of OpenSSL's, too. */
const readCertificate = remembered(parsedCertificate, 500, ANY_LENGTH);

function parsedCertificate(base64: string): Read {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return { certificate: null, because: 'it cannot be parsed' };
  }
  const serial = x509.serialNumber.toLowerCase();
  return {
    certificate: {
      x509,
      isAuthority: isAuthority(x509.raw),
      serial,
      notBefore: new Date(x509.validFrom),
      notAfter: new Date(x509.validTo),
      ...namesOf(x509.subjectAltName ?? ''),
      subject: oneLine(x509.subject),
      issuer: oneLine(x509.issuer),
      fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    },
  };
}

/** Node gives `URI:x, DNS:y`, and quotes as JSON what holds a comma or a quote. */
const NAME = /(?:^|, )(URI|DNS):("(?:[^"\\]|\\.)*"|[^,]*)/g;

function namesOf(text: string): { readonly uris: readonly string[]; readonly dnsNames: readonly string[] } {
  const names = [...text.matchAll(NAME)].map(([, kind, value = '']) => ({ kind, name: unquoted(value) }));
  const of = (wanted: string): readonly string[] => names.flatMap(({ kind, name }) => (kind === wanted ? [name] : []));
  return { uris: of('URI'), dnsNames: of('DNS') };
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** A distinguished name; Node writes a line for each part. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** Why a certificate is not valid at a time; null where it is. */
export function invalidity({ notBefore, notAfter }: Certificate, now: Date): 'expired' | 'not yet valid' | null {
  if (now.getTime() >= notAfter.getTime()) return 'expired';
  return now.getTime() > notBefore.getTime() ? null : 'not yet valid';
}

/** The trust domain of a SPIFFE id; null for another URI. https://spiffe.io/docs/latest/spiffe-about/spiffe-concepts/ */
export function trustDomainOf(uri: string): string | null {
  const match = /^spiffe:\/\/([^/?#]*)/i.exec(uri);
  return match === null ? null : (match[1] ?? '');
}
