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
import type { DataSource } from '../envoy/data-source';
import { pemOf, secretsOf, type SecretEntry, type SecretState, spiffeBundles } from '../envoy/secret';
import { ageText } from './duration-text';
import { type Column, layout } from './layout';
import { type DumpView, dumpView, resourceJson } from './resource-view';
import type { ViewSpec } from './view';

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

/** `pc secret`: certificates, judged by the clock of the context. */
export function secretView(now: Date): DumpView {
  return dumpView(secretSpec(now), { section: 'Secrets', isSectionNeeded: true, isEntryNeeded: false });
}

/** Static secrets are no part of istioctl's table. */
function secretSpec(now: Date): ViewSpec<ConfigDump, SecretEntry, Item> {
  return {
    name: 'secret',
    plural: 'secrets',
    each: secretsOf,
    isShown: ({ state }) => state !== 'STATIC',
    isShownInWide: ({ state }) => state === 'STATIC',
    filters: {},
    items: itemsOf,
    label: ({ name }) => name,
    short: layout(5, shortColumns(now), (item) => [{ item, certificate: firstOf(item) }]),
    wide: () => layout(2, wideColumns(now), certificateRows),
    json: () => ({}),
    wholeJson: (_secrets, dump) => sectionJson(dump),
    emptyText: (secrets) => (secrets === 0 ? NONE : NO_ITEMS),
    notes: (entry) => itemsOf(entry).flatMap((item) => invalidNotes(item, now)),
    isNotedInWide: true,
  };
}

/** Why certificates are not valid, as remarks. */
function invalidNotes(item: Item, now: Date): readonly string[] {
  return certificateRows(item).flatMap(({ read, place }) => {
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

/** istioctl reads the first certificate, and only where it stands in the secret as bytes. */
function firstOf({ source }: Item): Certificate | null {
  return source?.inline_bytes === undefined ? null : firstCertificate(pemOf(source)).certificate;
}

/** An item and one of its certificates; null where it cannot be read. */
interface CertificateRow {
  readonly item: Item;
  readonly certificate: Certificate | null;
}

/** A column about the certificate, and what it says where there is none. */
function certificateColumn<Row extends CertificateRow>(
  heading: string,
  none: string,
  cell: (certificate: Certificate, row: Row) => string,
): Column<Row> {
  return { heading, cell: (row) => (row.certificate === null ? none : cell(row.certificate, row)) };
}

/** istioctl's columns. */
function baseColumns(now: Date): readonly Column<CertificateRow>[] {
  return [
    { heading: 'RESOURCE NAME', cell: ({ item }) => item.name },
    certificateColumn('TYPE', '', ({ isAuthority }) => (isAuthority ? 'CA' : 'Cert Chain')),
    { heading: 'STATUS', cell: ({ item }) => item.state },
    certificateColumn('VALID CERT', 'false', (certificate) => String(invalidity(certificate, now) === null)),
    certificateColumn('SERIAL NUMBER', '', ({ serial }) => serialText(serial)),
    certificateColumn('NOT AFTER', '', ({ notAfter }) => dateText(notAfter)),
    certificateColumn('NOT BEFORE', '', ({ notBefore }) => dateText(notBefore)),
  ];
}

function shortColumns(now: Date): readonly Column<CertificateRow>[] {
  const domain: Column<CertificateRow> = {
    heading: 'TRUST DOMAIN',
    cell: ({ item, certificate }) => trustDomain(item, certificate),
    isShownIfFull: true,
  };
  return [...baseColumns(now), domain];
}

/** Of the number, 32 digits or more (Go's %032x), a sign among them: no leading zero beyond these. */
function serialText(written: string): string {
  const serial = written.replace(/^(-?)0+(?=.)/, '$1');
  return serial.startsWith('-') ? `-${serial.slice(1).padStart(31, '0')}` : serial.padStart(32, '0');
}

function dateText(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function trustDomain(item: Item, certificate: Certificate | null): string {
  if (certificate === null) return '';
  return item.trustDomain ?? certificate.uris.flatMap((uri) => trustDomainOf(uri) ?? []).at(-1) ?? '';
}

/** A certificate of a chain or bundle, and its place in it. */
interface PlacedRow extends CertificateRow {
  readonly read: Read;
  readonly place: string;
}

function certificateRows(item: Item): readonly PlacedRow[] {
  return readsOf(item).map((read, index, all) => {
    return { item, read, certificate: read.certificate, place: `${index + 1}/${all.length}` };
  });
}

/** Columns with a row for each certificate of each chain or bundle. */
function wideColumns(now: Date): readonly Column<PlacedRow>[] {
  const column = certificateColumn<PlacedRow>;
  return [
    ...baseColumns(now),
    { heading: 'CERT', cell: ({ place }) => place },
    column('EXPIRES IN', '-', ({ notAfter }) => {
      const left = notAfter.getTime() - now.getTime();
      return left > 0 ? ageText(left) : '-';
    }),
    { heading: 'WHY NOT VALID', cell: ({ read }) => reasonOf(read, now) ?? '-' },
    column('TRUST DOMAIN', '-', (certificate, { item }) => trustDomain(item, certificate) || '-'),
    column('SPIFFE IDS AND DNS NAMES', '-', ({ uris, dnsNames }) => [...uris, ...dnsNames].join(',') || '-'),
    column('SUBJECT', '-', ({ subject }) => subject || '-'),
    column('ISSUER', '-', ({ issuer }) => issuer || '-'),
    column('SHA-256', '-', ({ fingerprint }) => fingerprint),
  ];
}

/** Every certificate of an item; one that is not there where it has none. */
function readsOf({ source }: Item): readonly Read[] {
  const text = pemOf(source);
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

function reasonOf(read: Read, now: Date): string | null {
  if (read.certificate === null) return read.because;
  const why = invalidity(read.certificate, now);
  if (why === null) return null;
  const { notAfter, notBefore } = read.certificate;
  return why === 'expired'
    ? `it expired ${ageText(now.getTime() - notAfter.getTime())} ago`
    : `it is valid only in ${ageText(notBefore.getTime() - now.getTime())}`;
}

/** The whole SecretsConfigDump as istioctl prints it. */
function sectionJson(dump: ConfigDump): object {
  const section = dump.section('Secrets');
  if (section === null) return {};
  const lists = Object.entries(section.lists).map(([list, entries]) => [
    list,
    Array.from(entries, (entry) => entry.json()),
  ]);
  return resourceJson({ ...section.fields, ...(Object.fromEntries(lists) as object) });
}
