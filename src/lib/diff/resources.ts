/** The resources of a dump by view and name, as JSON values that can be compared. */
import { createHash } from 'node:crypto';
import { readCertificates } from '../envoy/certificate';
import type { ConfigDump, ResourceEntry } from '../envoy/config-dump';
import { CLUSTERS, type DumpSection, ENDPOINTS, LISTENERS, ROUTES } from '../envoy/sections';
import type { DataSource } from '../envoy/data-source';
import { pemOf, type SecretEntry, secretsOf, spiffeBundles } from '../envoy/secret';
import { redacted } from '../secrets/redact';
import { withoutSecrets } from '../secrets/secret-text';
import { bootstrapJson } from '../view/bootstrap-view';
import { ecdsView } from '../view/ecds-view';
import { resourceJson, type SectionOfView } from '../view/resource-view';
import { canonical } from './compare-values';

/** A value that is compared: by what it comes to, since two dumps of any size are not held at once. */
export interface ComparedValue {
  /** The same for values that do not differ. */
  readonly digest: string;
  /** Makes the value, where it differs and is shown. */
  readonly value: () => unknown;
}

/** Values by name; a name may stand for several resources. */
export type Resources = ReadonlyMap<string, readonly ComparedValue[]>;

/** @param again makes the value anew; where it is left out, the value is held */
export function comparedValue(value: unknown, again: () => unknown = () => value): ComparedValue {
  return { digest: createHash('sha256').update(canonical(value)).digest('base64'), value: again };
}

/** What is compared of a view: its section of the dump, and the values in it by name. */
interface Compared {
  readonly section: SectionOfView | 'Bootstrap';
  readonly values: (dump: ConfigDump) => Iterable<NamedValue>;
}

type NamedValue = readonly [name: string, value: unknown, again?: () => unknown];

/** What of a proxy's configuration can be compared. */
export type DiffView = 'listener' | 'route' | 'cluster' | 'endpoint' | 'secret' | 'ecds' | 'bootstrap';

const COMPARED = {
  listener: resourcesIn(LISTENERS),
  route: resourcesIn(ROUTES),
  cluster: resourcesIn(CLUSTERS),
  endpoint: resourcesIn(ENDPOINTS),
  secret: {
    section: 'Secrets',
    values: (dump) => secretsOf(dump).map((entry) => [entry.name, secretValue(entry)]),
  },
  ecds: { section: 'Ecds', values: ecdsResources },
  bootstrap: {
    section: 'Bootstrap',
    values: (dump) => (dump.section('Bootstrap') === null ? [] : [['bootstrap', bootstrapValue(dump)]]),
  },
} satisfies Record<DiffView, Compared>;

export const DIFF_VIEWS = Object.keys(COMPARED) as readonly DiffView[];

/** The section of the dump that a view is made from. */
export function sectionOf(view: DiffView): Compared['section'] {
  return COMPARED[view].section;
}

/** What of a dump is compared for a view. */
export function resourcesOf(dump: ConfigDump, view: DiffView): Resources {
  const compared: Compared = COMPARED[view];
  return grouped(compared.values(dump));
}

function grouped(entries: Iterable<NamedValue>): Resources {
  const groups = new Map<string, ComparedValue[]>();
  for (const [name, value, again] of entries) {
    const compared = comparedValue(value, again);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [compared]);
    else group.push(compared);
  }
  return groups;
}

/** What serves under its name; what is warming or was rejected beside it. What drains is on its way out. */
function resourcesIn({ name: section, each }: DumpSection<object>): Compared {
  return { section, values: (dump) => eachNamed(each(dump)) };
}

function* eachNamed(entries: Iterable<ResourceEntry<object>>): Iterable<NamedValue> {
  for (const entry of entries) {
    const { again } = entry;
    for (const [index, [name, value]] of namedValues(entry).entries()) {
      yield again === undefined ? [name, value] : [name, value, () => namedValues(again())[index]?.[1]];
    }
  }
}

function namedValues({ name, state, resource, failure }: ResourceEntry<object>): readonly NamedValue[] {
  const rejected: readonly NamedValue[] =
    failure === null ? [] : [[`${name} (rejected)`, { details: withoutSecrets(failure.details ?? '') }]];
  if (resource === null || state === 'draining') return rejected;
  return [[state === 'warming' ? `${name} (warming)` : name, redacted(resourceJson(resource))], ...rejected];
}

/** A certificate that was renewed is the same: whom it names, and who issued it. Roots are told apart by fingerprint. */
function secretValue({ state, secret }: SecretEntry): object {
  const bundles = spiffeBundles(secret) ?? [];
  return {
    state,
    ...certificatesOf('certificateChain', secret.tls_certificate?.certificate_chain),
    ...certificatesOf('trustedCa', secret.validation_context?.trusted_ca),
    ...(bundles.length === 0
      ? {}
      : {
          trustDomains: bundles.map(({ name, trust_bundle: bundle }) => ({
            name,
            ...certificatesOf('trustBundle', bundle),
          })),
        }),
  };
}

function certificatesOf(field: string, source: DataSource | undefined): object {
  if (source === undefined) return {};
  const pem = pemOf(source);
  if (pem === '') return { [field]: { filename: source.filename ?? '' } };
  const certificates = readCertificates(pem).map((read) => {
    if (read.certificate === null) return { unreadable: read.because };
    const { subject, issuer, uris, dnsNames, isAuthority, fingerprint } = read.certificate;
    return { subject, issuer, uris, dnsNames, ...(isAuthority ? { sha256: fingerprint } : {}) };
  });
  return { [field]: certificates };
}

/** The bootstrap, but for when it was read. */
function bootstrapValue(dump: ConfigDump): object {
  return redacted({ ...bootstrapJson(dump), lastUpdated: undefined });
}

function ecdsResources(dump: ConfigDump): readonly NamedValue[] {
  const { ecdsFilters } = ecdsView.apply(dump, { values: {} }).result.json() as {
    readonly ecdsFilters: readonly { readonly ecdsFilter?: { readonly name?: string } }[];
  };
  return ecdsFilters.map(({ ecdsFilter = {} }) => [ecdsFilter.name ?? '', redacted(ecdsFilter)]);
}
