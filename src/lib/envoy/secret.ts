/** `envoy.extensions.transport_sockets.tls.v3.Secret` as a dump lists it: the fields that mctl reads. */
import type { RawEntry } from '../scan/raw-dump';
import type { TypedExtension } from './any';
import { type ConfigDump, listOf } from './config-dump';
import { type DataSource, inlineText } from './data-source';
import { decoded } from './decode';
import { toProtoNames } from './field-names';

export interface Secret {
  readonly name?: string;
  readonly tls_certificate?: { readonly certificate_chain?: DataSource };
  readonly validation_context?: {
    readonly trusted_ca?: DataSource;
    readonly custom_validator_config?: TypedExtension;
  };
}

/** `…tls.v3.SPIFFECertValidatorConfig`. */
export interface SpiffeValidator {
  readonly trust_domains?: readonly { readonly name?: string; readonly trust_bundle?: DataSource }[];
}

export type SecretState = 'WARMING' | 'ACTIVE' | 'STATIC';

export interface SecretEntry {
  readonly name: string;
  readonly state: SecretState;
  readonly secret: Secret;
  readonly lastUpdated: string | null;
}

const LISTS = [
  ['dynamic_warming_secrets', 'dynamicWarmingSecrets', 'WARMING'],
  ['dynamic_active_secrets', 'dynamicActiveSecrets', 'ACTIVE'],
  ['static_secrets', 'staticSecrets', 'STATIC'],
] as const;

/** A dump's secrets: warming, active, static. */
export function secretsOf(dump: ConfigDump): readonly SecretEntry[] {
  const section = dump.section('Secrets');
  if (section === null) return [];
  return LISTS.flatMap(([name, camel, state]) =>
    Array.from(listOf(section, name, camel), (entry) => secretEntry(entry, state)),
  );
}

function secretEntry(entry: RawEntry, state: SecretState): SecretEntry {
  const wrapper = decoded(toProtoNames(entry.json()), 'DynamicSecret', entry.pointer) as {
    name?: string;
    secret?: Secret;
    last_updated?: string;
  };
  return {
    name: wrapper.name ?? '',
    state,
    secret: wrapper.secret ?? {},
    lastUpdated: wrapper.last_updated ?? null,
  };
}

const SPIFFE_VALIDATOR = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig';

/** The bundles of a secret that validates by SPIFFE trust domains; null for any other. */
export function spiffeBundles({ validation_context: context }: Secret): SpiffeValidator['trust_domains'] | null {
  const config = context?.custom_validator_config?.typed_config;
  return config?.['@type'] === SPIFFE_VALIDATOR ? ((config as SpiffeValidator).trust_domains ?? []) : null;
}

/** PEM where it is in the dump; empty where it is in a file, left out of the dump, or not given. */
export function pemOf(source: DataSource | undefined): string {
  return inlineText(source, 'latin1') ?? '';
}
