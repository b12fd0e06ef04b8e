/** A certificate authority and SPIFFE certificates, made by openssl for one run of the tests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process';

export interface Certificate {
  readonly chain: string;
  readonly key: string;
  readonly uri: string;
}

export class Authority {
  readonly #directory: string;
  readonly root: string;
  #serial = 0;

  constructor(directory: string, name = 'root') {
    this.#directory = directory;
    this.root = join(directory, `${name}-cert.pem`);
    const key = this.#key(name);
    const subject = ['-subj', `/O=cluster.local/CN=${name}`, '-days', '3650'];
    run(['openssl', 'req', '-x509', '-new', '-key', key, '-out', this.root, ...subject]);
    this.#signer = { chain: this.root, key };
  }

  readonly #signer: { readonly chain: string; readonly key: string };

  /** A certificate with a SPIFFE URI, and DNS names where given. */
  issue(uri: string, dns: readonly string[] = []): Certificate {
    this.#serial += 1;
    const name = `${this.#signer.key.split('/').at(-1) ?? ''}-${this.#serial}`;
    const key = this.#key(name);
    const csr = join(this.#directory, `${name}.csr`);
    const chain = join(this.#directory, `${name}.pem`);
    const extensions = join(this.#directory, `${name}.ext`);
    const names = [`URI:${uri}`, ...dns.map((host) => `DNS:${host}`)].join(',');
    writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    run(['openssl', 'req', '-new', '-key', key, '-subj', '/O=cluster.local', '-out', csr]);
    const signer = ['-CA', this.#signer.chain, '-CAkey', this.#signer.key, '-set_serial', `${1000 + this.#serial}`];
    run(['openssl', 'x509', '-req', '-in', csr, ...signer, '-days', '365', '-extfile', extensions, '-out', chain]);
    return { chain, key, uri };
  }

  #key(name: string): string {
    const path = join(this.#directory, `${name}-key.pem`);
    run(['openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path]);
    run(['chmod', '644', path]);
    return path;
  }
}
