/** Certificates made on the spot: an authority, and what it signs. DER is written by hand, so that nothing is installed. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';

export interface Certified {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

export interface Wanted {
  readonly name: string;
  /** Host names and IPv4 addresses that it is good for. */
  readonly hosts?: readonly string[];
  /** Whether its time is over. */
  readonly expired?: boolean;
}

const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
const SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);
const DAY = 86_400_000;

/** A certificate authority that signs itself. */
export class Authority implements Certified {
  readonly certificate: string;
  readonly key: string;
  readonly #privateKey: KeyObject;
  readonly #name: string;
  #serial = 1;

  constructor(name: string) {
    const { privateKey, publicKey } = newKeys();
    this.#privateKey = privateKey;
    this.#name = name;
    const isAuthority = extension(BASIC_CONSTRAINTS, sequence(Buffer.of(0x01, 0x01, 0xff)));
    this.certificate = this.#signed({ name }, publicKey, [isAuthority]);
    this.key = pemOf(privateKey);
  }

  sign(wanted: Wanted): Certified {
    const { privateKey, publicKey } = newKeys();
    const names = (wanted.hosts ?? []).map((host) =>
      isIP(host) === 4 ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host)),
    );
    const extensions = names.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, sequence(...names))];
    return { certificate: this.#signed(wanted, publicKey, extensions), key: pemOf(privateKey) };
  }

  #signed(wanted: Wanted, publicKey: KeyObject, extensions: readonly Buffer[]): string {
    const [from, to] = wanted.expired === true ? [-3, -1] : [-1, 30];
    const body = sequence(
      tagged(0xa0, tagged(0x02, Buffer.of(2))),
      tagged(0x02, Buffer.of(this.#serial++)),
      ECDSA_SHA256,
      nameOf(this.#name),
      sequence(time(from), time(to)),
      nameOf(wanted.name),
      publicKey.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
    );
    const signature = sign('sha256', body, this.#privateKey);
    const der = sequence(body, ECDSA_SHA256, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
    const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  }
}

function newKeys(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function nameOf(name: string): Buffer {
  return sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from(name)))));
}

function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2);
  return tagged(0x17, Buffer.from(text));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, tagged(0x04, value));
}

function oid(...bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
