/** `pc secret`: a proxy's certificates and the roots that it trusts, never its keys. */
import {
  type Certificate,
  firstCertificate,
  invalidity,
  type Read,
  readCertificates,
  trustDomainOf,
} from '../envoy/certificate';
import type { ConfigDump } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import {
  type DataSource,
  inlineText,
  secretsOf,
  type SecretEntry,
  type SecretState,
  spiffeBundles,
} from '../envoy/secret';
import type { Table } from '../render/table';
import { ageText } from './duration-text';
import { withoutType } from './listener-view';
import type { View } from './view';

/** A chain or bundle of a secret. */
interface Item {
  readonly name: string;
  readonly state: SecretState;
  readonly source: DataSource | undefined;
  /** Of a SPIFFE bundle; null for any other. */
  readonly trustDomain: string | null;
}

/** What istioctl prints where there is nothing. */
const NONE = 'No active or warming secrets found.';
const NO_ITEMS = 'No secret items to show.';

/** Secrets with their certificates. @param now the clock that validity is judged by */
export function secretView(dump: ConfigDump, now: Date): View {
  const secrets = secretsOf(dump);
  const dynamic = secrets.filter(({ state }) => state !== 'STATIC');
  const items = dynamic.flatMap(itemsOf);
  return {
    table: shortTable(items, now),
    wide: () => wideTable(secrets.flatMap(itemsOf), now),
    json: () => sectionJson(dump),
    names: () => items.map(({ name }) => `secret/${name}`),
    count: items.length,
    instead: items.length > 0 ? null : dynamic.length === 0 ? NONE : NO_ITEMS,
  };
}

/** Why certificates are not valid, and what is near its end, as remarks. */
export function secretNotes(dump: ConfigDump, now: Date): readonly string[] {
  return secretsOf(dump)
    .flatMap(itemsOf)
    .flatMap((item) => readsOf(item).map((read, index, all) => ({ item, read, place: placeText(index, all.length) })))
    .flatMap(({ item, read, place }) => {
      const because = reasonOf(read, now);
      return because === null ? [] : [`secret ${item.name}: certificate ${place} is not valid: ${because}`];
    });
}

function itemsOf({ name, state, secret }: SecretEntry): readonly Item[] {
  const chain = secret.tls_certificate?.certificate_chain;
  const roots = secret.validation_context?.trusted_ca;
  const own = [chain, roots].find((source) => (source?.inline_bytes ?? '') !== '');
  const bundles = own === undefined ? spiffeBundles(secret) : null;
  if (bundles === null) return [{ name, state, source: own ?? chain ?? roots, trustDomain: null }];
  return (bundles ?? []).map((bundle) => ({
    name: secret.name ?? '',
    state,
    source: bundle.trust_bundle,
    trustDomain: bundle.name ?? '',
  }));
}

const HEADER = ['RESOURCE NAME', 'TYPE', 'STATUS', 'VALID CERT', 'SERIAL NUMBER', 'NOT AFTER', 'NOT BEFORE'];

/** istioctl reads the first certificate, and only where it stands in the secret as bytes. */
function firstOf({ source }: Item): Certificate | null {
  return source?.inline_bytes === undefined ? null : firstCertificate(inlineText(source)).certificate;
}

function cells({ name, state }: Item, certificate: Certificate | null, now: Date): readonly string[] {
  if (certificate === null) return [name, '', state, 'false', '', '', ''];
  const type = certificate.isAuthority ? 'CA' : 'Cert Chain';
  const valid = String(invalidity(certificate, now) === null);
  const dates = [dateText(certificate.notAfter), dateText(certificate.notBefore)];
  return [name, type, state, valid, serialText(certificate.serial), ...dates];
}

/** 32 digits, a sign among them. */
function serialText(serial: string): string {
  return serial.startsWith('-') ? `-${serial.slice(1).padStart(31, '0')}` : serial.padStart(32, '0');
}

function dateText(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function trustDomain(item: Item, certificate: Certificate | null): string {
  if (certificate === null) return '';
  return item.trustDomain ?? certificate.uris.flatMap((uri) => trustDomainOf(uri) ?? []).at(-1) ?? '';
}

function shortTable(items: readonly Item[], now: Date): Table {
  const read = items.map((item) => ({ item, certificate: firstOf(item) }));
  const domains = read.map(({ item, certificate }) => trustDomain(item, certificate));
  const withDomain = domains.length > 0 && domains.every((domain) => domain !== '');
  return {
    header: withDomain ? [...HEADER, 'TRUST DOMAIN'] : HEADER,
    rows: read.map(({ item, certificate }, index) => [
      ...cells(item, certificate, now),
      ...(withDomain ? [domains[index] ?? ''] : []),
    ]),
    padding: 5,
  };
}

/** A row for each certificate of each chain or bundle. */
function wideTable(items: readonly Item[], now: Date): Table {
  const rows = items.flatMap((item) =>
    readsOf(item).map((read, index, all) => [
      ...cells(item, read.certificate, now),
      placeText(index, all.length),
      ...detailCells(item, read, now),
    ]),
  );
  const more = ['CERT', 'EXPIRES IN', 'WHY NOT VALID', 'TRUST DOMAIN', 'SPIFFE IDS AND DNS NAMES', 'SUBJECT', 'ISSUER'];
  return { header: [...HEADER, ...more, 'SHA-256'], rows, padding: 2 };
}

/** Every certificate of an item; one that is not there where it has none. */
function readsOf({ source }: Item): readonly Read[] {
  const text = inlineText(source);
  if (text === '') return [{ certificate: null, because: absenceOf(source) }];
  const reads = readCertificates(text);
  return reads.length === 0 ? [{ certificate: null, because: 'it is not PEM' }] : reads;
}

function absenceOf(source: DataSource | undefined): string {
  if (source?.filename !== undefined)
    return `it is in the file ${source.filename} of the proxy, which the dump does not show`;
  if (source?.environment_variable !== undefined)
    return `it is in the environment variable ${source.environment_variable} of the proxy`;
  return 'the secret holds no certificate';
}

function placeText(index: number, length: number): string {
  return `${index + 1}/${length}`;
}

function reasonOf(read: Read, now: Date): string | null {
  if (read.certificate === null) return read.because;
  const why = invalidity(read.certificate, now);
  if (why === null) return null;
  const { notAfter, notBefore } = read.certificate;
  return why === 'expired'
    ? `it expired ${ageText(now.getTime() - notAfter.getTime())} ago`
    : `it is valid only in ${ageText(notBefore.getTime() - now.getTime())}`;
}

function detailCells(item: Item, read: Read, now: Date): readonly string[] {
  const why = reasonOf(read, now) ?? '-';
  const { certificate } = read;
  if (certificate === null) return ['-', why, '-', '-', '-', '-', '-'];
  const left = certificate.notAfter.getTime() - now.getTime();
  return [
    left > 0 ? ageText(left) : '-',
    why,
    trustDomain(item, certificate) || '-',
    [...certificate.uris, ...certificate.dnsNames].join(',') || '-',
    certificate.subject || '-',
    certificate.issuer || '-',
    certificate.fingerprint,
  ];
}

/** The whole SecretsConfigDump as istioctl prints it. */
function sectionJson(dump: ConfigDump): object {
  const section = dump.section('Secrets');
  if (section === null) return {};
  const lists = Object.entries(section.lists).map(([list, entries]) => [
    list,
    Array.from(entries, (entry) => entry.json()),
  ]);
  return toJsonNames(withoutType({ ...section.fields, ...(Object.fromEntries(lists) as object) })) as object;
}
