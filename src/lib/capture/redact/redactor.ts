/**
 * Other names and addresses for those of a mesh: the same for the same everywhere, so that what matched still matches, and
 * not to be turned back without the key, which is thrown away when the capture is done.
 */
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { StringAt, StringVisitor } from '../json-rewriter';
import { IpMap } from './ip-map';
import { baseOf, TOKEN, type RedactionVocabulary } from './vocabulary';

/** Names of extensions, types and labels, which are not the mesh's own. */
const PUBLIC = /^(?:envoy\.|istio\.|type\.googleapis\.com\/|[a-z0-9.-]*(?:k8s|kubernetes|istio)\.io\/)/;

/** Paths of requests, files and the API; the last name objects of the mesh. */
const isOtherPath = (text: string): boolean => text.startsWith('/') && !text.startsWith('/apis/');

const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/g;
const IPV6 = /(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{1,40}(?:\d{1,3}(?:\.\d{1,3}){3})?(?![0-9A-Za-z:.])/g;

/** Fields of which a value would name the mesh whatever else is done: images, and certificates with their names. */
const DROPPED: ReadonlyMap<string, string> = new Map([['image', 'redacted']]);

const CERTIFICATE = /^(?:-----BEGIN CERTIFICATE|LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS)/;

/** How many texts are remembered, and how long they may be. */
const REMEMBERED = 100_000;
const SHORT = 300;

export class Redactor {
  readonly #vocabulary: RedactionVocabulary;
  readonly #key: Uint8Array;
  readonly #ips: IpMap;
  readonly #names = new Map<string, string>();
  /** Texts with what was written for them, as long as no name comes in addition. */
  readonly #texts = new Map<string, string>();
  #knownAt = 0;

  constructor(key: Uint8Array, vocabulary: RedactionVocabulary) {
    this.#key = key;
    this.#vocabulary = vocabulary;
    this.#ips = new IpMap(key);
  }

  /** What was written for each name so far. */
  get names(): ReadonlyMap<string, string> {
    return this.#names;
  }

  /** A text with its names and addresses replaced. */
  text(text: string): string {
    // Most texts of a dump stand in it many times.
    const { size } = this.#vocabulary;
    if (this.#texts.size >= REMEMBERED || this.#knownAt !== size) {
      this.#texts.clear();
      this.#knownAt = size;
    }
    const known = this.#texts.get(text) ?? this.#replaced(text);
    if (text.length <= SHORT) this.#texts.set(text, known);
    return known;
  }

  #replaced(text: string): string {
    if (PUBLIC.test(text)) return text;
    const withIps = this.#addresses(text);
    if (isOtherPath(text)) return withIps;
    return withIps.replace(TOKEN, (token) => this.name(token));
  }

  /** A whole name: a namespace, a pod, a label of a host. */
  name(token: string): string {
    if (this.#vocabulary.has(token) || this.#vocabulary.has(baseOf(token.toLowerCase()))) return this.#pseudonym(token);
    return token;
  }

  /** Visits a document after its secrets are out. */
  visitor(): StringVisitor {
    return {
      minBytes: 0,
      visit: (text, at) => this.#value(text, at),
      leave: () => undefined,
    };
  }

  #value(text: string, at: StringAt): string {
    // Field names stay; keys that are data hold more than a field name can.
    if (at.isKey) return /^[A-Za-z0-9_@]*$/.test(text) ? text : this.text(text);
    if (CERTIFICATE.test(text)) return '';
    return DROPPED.get(at.key) ?? this.text(text);
  }

  #addresses(text: string): string {
    const some = /\d\.\d/.test(text) ? text.replace(IPV4, (ip) => this.#address(ip)) : text;
    return some.includes(':') ? some.replace(IPV6, (ip) => this.#address(ip)) : some;
  }

  #address(ip: string): string {
    return isIP(ip) === 0 ? ip : this.#ips.map(ip);
  }

  /** Letters and digits that read as a name; the suffix of a generated name stays. */
  #pseudonym(token: string): string {
    const lower = token.toLowerCase();
    const base = this.#vocabulary.has(baseOf(lower)) ? baseOf(lower) : lower;
    const known = this.#names.get(base);
    const hash = createHmac('sha256', this.#key).update(base).digest();
    const name =
      known ??
      `r${BigInt(`0x${hash.subarray(0, 6).toString('hex')}`)
        .toString(36)
        .slice(0, 8)}`;
    this.#names.set(base, name);
    return name + lower.slice(base.length);
  }
}
