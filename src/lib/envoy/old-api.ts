/** Envoy's v2 API, which Istio spoke up to 1.7: its filters and fields have other names and meanings than those of v3. */
import type { ProxyConfig } from './proxy-config';
import { InputError } from '../errors';

/** A listener's entry, as far as it tells of which API it is. */
interface Listening {
  readonly name: string;
  readonly resource: object | null;
}

/**
 * Throws InputError where a listener is of the v2 API: what a trace reads of it would be a part.
 * https://www.envoyproxy.io/docs/envoy/latest/api/api_supported_versions
 */
export function refuseOldApi({ dump }: ProxyConfig, { name, resource }: Listening): void {
  const section = dump.section('Listeners')?.type ?? '';
  const type = (resource as { readonly '@type'?: unknown } | null)?.['@type'];
  const isOld = typeof type === 'string' && type.includes('/envoy.api.v2.');
  if (!section.includes('.v2alpha.') && !isOld) return;
  throw new InputError(`${dump.label} is of Envoy's v2 API (Istio up to 1.7): the listener ${name} is not evaluated`, {
    hint: 'The views and diff show what is in it; everything else takes dumps of Envoy 1.17 and later (Istio 1.8).',
  });
}

/** Throws InputError where any listener that serves is of the v2 API: for what is said of all that a proxy has. */
export function refuseOldListeners(config: ProxyConfig): void {
  for (const listener of config.servingListeners) refuseOldApi(config, listener);
}
