/** Names for addresses of connections: of a service by its first VIP, else of a workload by its first address. */
import { grown, TextPool } from '../../text-pool';
import { ENTRY, type FieldPlaces, type FieldTaker } from '../../../scan/field-places';
import type { ZtunnelService, ZtunnelWorkload } from '../../../ztunnel/resources';
import { addressPart, textsOf } from '../text';
import { OnlyText, textAt, valueAt, valuesTaker } from './field-texts';

const COLON = 0x3a;
const DOT = 0x2e;

/** `IP:port` taken apart; IPv6 stands in brackets. */
const ADDRESS = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/;

export class PooledAddressNames implements FieldTaker {
  readonly fields = { name: true, namespace: true, workloadIps: true } as const;
  /** Addresses, and by their numbers those of the names that there are for them. */
  readonly #ips = new TextPool();
  readonly #texts = new TextPool();
  /** Host names, and one more. */
  #hosts = new Int32Array(1 << 10);
  #names = new Int32Array(1 << 10);
  #namespaces = new Int32Array(1 << 10);
  #scratch = Buffer.allocUnsafe(1 << 10);
  readonly #only = new OnlyText();
  readonly #ids = { name: 0, namespace: 0, ips: 0 };

  begins(idOf: (path: string) => number): void {
    this.#ids.name = idOf('name');
    this.#ids.namespace = idOf('namespace');
    this.#ids.ips = idOf('workloadIps');
  }

  take({ records, bytes }: FieldPlaces): void {
    const ids = this.#ids;
    const empty = this.#texts.numberOfText('');
    let [ip, name, namespace] = [-1, empty, empty];
    for (let at = 0; at < records.length; at += 3) {
      const id = records[at] ?? 0;
      const begin = records[at + 1] ?? 0;
      const end = records[at + 2] ?? 0;
      if (id === ENTRY) {
        if (ip >= 0) this.#set(ip, name, namespace);
        [ip, name, namespace] = [-1, empty, empty];
      } else if (id === ids.name) name = textAt(this.#texts, bytes, begin, end);
      else if (id === ids.namespace) namespace = textAt(this.#texts, bytes, begin, end);
      else if (id === ids.ips) ip = this.#firstAt(bytes, begin, end);
    }
  }

  /** Takes services as they stand. */
  get services(): FieldTaker {
    return valuesTaker({ hostname: true, vips: true }, (service) => {
      this.addService(service);
    });
  }

  addWorkload(workload: ZtunnelWorkload | null): void {
    const { name = '', namespace = '', workloadIps } = workload ?? {};
    const [first] = textsOf(workloadIps);
    if (first === undefined) return;
    const texts = this.#texts;
    this.#set(this.#ips.numberOfText(first), texts.numberOfText(name), texts.numberOfText(namespace));
  }

  addService(service: ZtunnelService | null): void {
    const { hostname = '', vips } = service ?? {};
    const [first] = textsOf(vips);
    if (first === undefined) return;
    const ip = this.#ips.numberOfText(addressPart(first));
    this.#hosts = grown(this.#hosts, ip + 1);
    this.#hosts[ip] = this.#texts.numberOfText(hostname) + 1;
  }

  /** The number of a text of a pool with a name in place of the address that it begins with; itself where there is none. */
  named(pool: TextPool, number: number): number {
    const size = pool.sizeOf(number);
    if (size > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(2 * size);
    const bytes = this.#scratch;
    pool.write(number, bytes, 0);
    let colon = 0;
    while (colon < size && bytes[colon] !== COLON) colon++;
    const isUsual = colon > 0 && colon < size && isDigits(bytes, colon + 1, size) && this.#texts.isPlain;
    if (!isUsual) return this.#namedText(pool, number);
    const ip = this.#ips.find(bytes, 0, colon);
    const parts = ip < 0 ? [] : this.#partsOf(ip);
    return parts.length === 0 ? number : (this.#replaced(pool, parts, colon, size) ?? this.#namedText(pool, number));
  }

  /** A name with what stands in the scratch from a colon on; null where it has a colon itself, or is long. */
  #replaced(pool: TextPool, parts: readonly number[], colon: number, size: number): number | null {
    const bytes = this.#scratch;
    let at = size;
    for (const [index, part] of parts.entries()) {
      if (at + this.#texts.sizeOf(part) + size >= bytes.length) return null;
      if (index > 0) bytes[at++] = DOT;
      at = this.#texts.write(part, bytes, at);
    }
    for (let of = size; of < at; of++) if (bytes[of] === COLON) return null;
    for (let of = colon; of < size; of++) bytes[at++] = bytes[of] ?? 0;
    return pool.numberOf(bytes, size, at);
  }

  /** Any text, as a string. */
  #namedText(pool: TextPool, number: number): number {
    const [, bracketed, plain, port = ''] = ADDRESS.exec(pool.text(number)) ?? [];
    const ip = bracketed ?? plain;
    if (ip === undefined) return number;
    const bytes = Buffer.from(ip);
    const found = this.#ips.find(bytes, 0, bytes.length);
    const parts = found < 0 ? [] : this.#partsOf(found);
    const name = parts.length === 0 ? ip : parts.map((part) => this.#texts.text(part)).join('.');
    return pool.numberOfText(name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`);
  }

  /** Texts that make up the name of an address, with dots between them. */
  #partsOf(ip: number): readonly number[] {
    const host = this.#hosts[ip] ?? 0;
    if (host > 0) return [host - 1];
    const name = this.#names[ip] ?? 0;
    return name > 0 ? [name - 1, this.#namespaces[ip] ?? 0] : [];
  }

  #firstAt(bytes: Buffer, begin: number, end: number): number {
    const only = this.#only;
    if (only.isIn(bytes, begin, end)) return this.#ips.numberOf(bytes, only.begin, only.end);
    const [first] = textsOf(valueAt(bytes, begin, end) as readonly (string | null)[]);
    return first === undefined ? -1 : this.#ips.numberOfText(first);
  }

  #set(ip: number, name: number, namespace: number): void {
    this.#names = grown(this.#names, ip + 1);
    this.#namespaces = grown(this.#namespaces, ip + 1);
    this.#names[ip] = name + 1;
    this.#namespaces[ip] = namespace;
  }
}

function isDigits(bytes: Uint8Array, begin: number, end: number): boolean {
  for (let at = begin; at < end; at++) if ((bytes[at] ?? 0) < 0x30 || (bytes[at] ?? 0) > 0x39) return false;
  return true;
}
