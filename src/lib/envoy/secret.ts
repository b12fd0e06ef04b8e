/** `envoy.extensions.transport_sockets.tls.v3.Secret` as a dump lists it: the fields that mctl reads. */
import type { RawEntry } from '../scan/raw-dump';
import type { TypedExtension } from './any';
import { type ConfigDump, listOf } from './config-dump';
import { decoded } from './decode';
import { toProtoNames } from './field-names';

/** `envoy.config.core.v3.DataSource`. */
export interface DataSource {
  readonly filename?: string;
  readonly inline_bytes?: string;
  readonly inline_string?: string;
  readonly environment_variable?: string;
}

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

/** A data source's text where it is in the dump; empty where it is in a file or not given. */
export function inlineText(source: DataSource | undefined): string {
  if (source?.inline_bytes !== undefined) return Buffer.from(source.inline_bytes, 'base64').toString('latin1');
  return source?.inline_string ?? '';
}
