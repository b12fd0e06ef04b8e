/** Envoy's v2 API, which Istio spoke up to 1.7: its filters and fields have other names and meanings than those of v3. */
import type { ProxyConfig } from '../../envoy/proxy-config';
import { InputError } from '../../errors';
import type { ListenerEntry } from './listener-index';

/**
 * Throws InputError where a listener is of the v2 API: what a trace reads of it would be a part.
 * https://www.envoyproxy.io/docs/envoy/latest/api/api_supported_versions
 */
export function refuseOldApi({ dump }: ProxyConfig, { name, resource }: ListenerEntry): void {
  const section = dump.section('Listeners')?.type ?? '';
  const type = (resource as { readonly '@type'?: unknown } | null)?.['@type'];
  const isOld = typeof type === 'string' && type.includes('/envoy.api.v2.');
  if (!section.includes('.v2alpha.') && !isOld) return;
  throw new InputError(`${dump.label} is of Envoy's v2 API (Istio up to 1.7): the listener ${name} is not evaluated`, {
    hint: 'The views show what is in it; a trace takes dumps of Envoy 1.17 and later (Istio 1.8).',
  });
}
