/** Certificates made for a test: authorities, leaves with SPIFFE ids, any dates. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface CertificateOptions {
  readonly subject: string;
  /** Who signs; itself where it is left out. */
  readonly issuer?: Issued;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly isAuthority?: boolean;
  readonly uris?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly serial?: number | bigint;
}

export interface Issued {
  readonly pem: string;
  readonly subject: string;
  readonly key: KeyObject;
  readonly keyPem: string;
}

/** Makes a certificate (RFC 5280) with a key of its own, signed by its issuer with Ed25519. */
export function issue(options: CertificateOptions): Issued {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = options.issuer ?? { key: privateKey, subject: options.subject };
  const tbs = sequence(
    explicit(0, integer(2)),
    integer(options.serial ?? 4711),
    ED25519,
    name(signer.subject),
    sequence(
      time(options.notBefore ?? new Date('2026-01-01T00:00:00Z')),
      time(options.notAfter ?? new Date('2036-01-01T00:00:00Z')),
    ),
    name(options.subject),
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    explicit(3, sequence(...extensions(options))),
  );
  const signature = sign(null, tbs, signer.key);
  const der = sequence(tbs, ED25519, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return {
    pem: pemOf('CERTIFICATE', der),
    subject: options.subject,
    key: privateKey,
    keyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

export function pemOf(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function extensions({ isAuthority = false, uris = [], dnsNames = [] }: CertificateOptions): readonly Buffer[] {
  const constraints = sequence(...(isAuthority ? [element(0x01, Buffer.from([0xff]))] : []));
  const names = [
    ...uris.map((uri) => element(0x86, Buffer.from(uri))),
    ...dnsNames.map((dns) => element(0x82, Buffer.from(dns))),
  ];
  const all = [sequence(oid('551d13'), element(0x01, Buffer.from([0xff])), element(0x04, constraints))];
  return names.length === 0 ? all : [...all, sequence(oid('551d11'), element(0x04, sequence(...names)))];
}

const ED25519 = sequence(oid('2b6570'));

function name(common: string): Buffer {
  return sequence(element(0x31, sequence(oid('550403'), element(0x0c, Buffer.from(common)))));
}

function time(date: Date): Buffer {
  return element(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: number | bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return element(0x02, Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex'));
}

function explicit(tag: number, content: Buffer): Buffer {
  return element(0xa0 + tag, content);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
