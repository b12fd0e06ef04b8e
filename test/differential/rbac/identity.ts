/** An authority, certificates of every kind of name, and a key that signs JWTs: made once for a run. */
import { execFileSync } from 'node:child_process';
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientCertificate } from '../../../src/lib/http/connection-facts';
import { DNS, SPIFFE } from './vocabulary';

export interface Issued {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly says: ClientCertificate & { readonly uriSans: readonly string[] };
}

export interface Identities {
  readonly root: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly clients: readonly Issued[];
  readonly jwks: string;
  sign(claims: Readonly<Record<string, unknown>>): string;
}

export function makeIdentities(directory: string): Identities {
  const root = join(directory, 'root.pem');
  const rootKey = newKey(directory, 'root');
  openssl('req', '-x509', '-new', '-key', rootKey, '-subj', '/CN=root', '-days', '30', '-out', root);
  const issue = (name: string, subject: string, names: readonly string[]): { certificate: string; key: string } => {
    const key = newKey(directory, name);
    const [request, certificate, extensions] = ['csr', 'pem', 'ext'].map((end) => join(directory, `${name}.${end}`));
    writeFileSync(extensions!, names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`);
    openssl('req', '-new', '-key', key, '-subj', subject, '-out', request!);
    const signer = ['-CA', root, '-CAkey', rootKey, '-set_serial', String(1 + serial++), '-extfile', extensions!];
    openssl('x509', '-req', '-in', request!, ...signer, '-days', '30', '-out', certificate!);
    return { certificate: certificate!, key };
  };
  const client = (name: string, subject: string, says: Omit<Issued['says'], 'subject'>): Issued => {
    const names = [...says.uriSans.map((uri) => `URI:${uri}`), ...says.dnsSans.map((dns) => `DNS:${dns}`)];
    const { certificate, key } = issue(name, `/${subject}`, names);
    return { certificate: readFileSync(certificate), key: readFileSync(key), says: { ...says, subject } };
  };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    root,
    server: issue('server', '/CN=server', ['DNS:server']),
    clients: [
      client('uri', 'CN=client', { uriSans: [SPIFFE[0]], dnsSans: [] }),
      client('other', 'CN=other', { uriSans: [SPIFFE[1]], dnsSans: [DNS[0]] }),
      client('two', 'CN=two', { uriSans: [SPIFFE[2], SPIFFE[0]], dnsSans: [] }),
      client('dns', 'CN=client', { uriSans: [], dnsSans: [...DNS] }),
      client('subject', 'CN=client', { uriSans: [], dnsSans: [] }),
    ],
    jwks: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256' }] }),
    sign: (claims) => signed(privateKey, claims),
  };
}

let serial = 1;

function newKey(directory: string, name: string): string {
  const path = join(directory, `${name}.key`);
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path);
  return path;
}

function openssl(...options: readonly string[]): void {
  execFileSync('openssl', options, { stdio: 'ignore' });
}

function signed(key: KeyObject, claims: Readonly<Record<string, unknown>>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'k', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
}
