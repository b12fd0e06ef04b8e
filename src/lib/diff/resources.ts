/** The resources of a dump by view and name, as JSON values that can be compared. */
import { readCertificates } from '../envoy/certificate';
import type { ConfigDump, ResourceEntry } from '../envoy/config-dump';
import { toJsonNames } from '../envoy/field-names';
import { redacted, withoutPrivateKeys } from '../envoy/redact';
import { type DataSource, inlineText, type SecretEntry, secretsOf, spiffeBundles } from '../envoy/secret';
import { bootstrapJson } from '../view/bootstrap-view';
import { ecdsView } from '../view/ecds-view';
import { withoutType } from '../view/listener-view';

export const DIFF_VIEWS = ['listener', 'route', 'cluster', 'endpoint', 'secret', 'ecds', 'bootstrap'] as const;

export type DiffView = (typeof DIFF_VIEWS)[number];

/** The section of the dump that a view is made from. */
export const SECTION_OF = {
  listener: 'Listeners',
  route: 'Routes',
  cluster: 'Clusters',
  endpoint: 'Endpoints',
  secret: 'Secrets',
  ecds: 'Ecds',
  bootstrap: 'Bootstrap',
} as const;

/** Values by name; a name may stand for several resources. */
export type Resources = ReadonlyMap<string, readonly unknown[]>;

export function resourcesOf(dump: ConfigDump, view: DiffView): Resources {
  switch (view) {
    case 'listener':
      return byName(dump.listeners);
    case 'route':
      return byName(dump.routes);
    case 'cluster':
      return byName(dump.clusters);
    case 'endpoint':
      return byName(dump.endpoints);
    case 'secret':
      return grouped(secretsOf(dump).map((entry) => [entry.name, secretValue(entry)]));
    case 'ecds':
      return ecdsResources(dump);
    case 'bootstrap':
      return dump.section('Bootstrap') === null ? new Map() : new Map([['bootstrap', [redacted(bootstrapJson(dump))]]]);
  }
}

function grouped(entries: Iterable<readonly [name: string, value: unknown]>): Resources {
  const groups = new Map<string, unknown[]>();
  for (const [name, value] of entries) {
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [value]);
    else group.push(value);
  }
  return groups;
}

/** What serves under its name; what is warming or was rejected beside it. What drains is on its way out. */
function byName(entries: Iterable<ResourceEntry<object>>): Resources {
  return grouped(
    [...entries].flatMap(({ name, state, resource, failure }): (readonly [string, unknown])[] => {
      const rejected: (readonly [string, unknown])[] =
        failure === null ? [] : [[`${name} (rejected)`, { details: withoutPrivateKeys(failure.details ?? '') }]];
      if (resource === null || state === 'draining') return rejected;
      const label = state === 'warming' ? `${name} (warming)` : name;
      return [[label, redacted(withoutType(toJsonNames(resource) as object))], ...rejected];
    }),
  );
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
  const pem = inlineText(source);
  if (pem === '') return { [field]: { filename: source.filename ?? '' } };
  const certificates = readCertificates(pem).map((read) => {
    if (read.certificate === null) return { unreadable: read.because };
    const { subject, issuer, uris, dnsNames, isAuthority, fingerprint } = read.certificate;
    return { subject, issuer, uris, dnsNames, ...(isAuthority ? { sha256: fingerprint } : {}) };
  });
  return { [field]: certificates };
}

function ecdsResources(dump: ConfigDump): Resources {
  const { ecdsFilters } = ecdsView(dump).json() as {
    readonly ecdsFilters: readonly { readonly ecdsFilter?: { readonly name?: string } }[];
  };
  return grouped(ecdsFilters.map(({ ecdsFilter = {} }) => [ecdsFilter.name ?? '', redacted(ecdsFilter)]));
}
