/** The Istio object that a resource says it came from. */
import type { Metadata } from '../envoy/any';

const NETWORKING = '/apis/networking.istio.io/';

/** istioctl's cell: `NAME.NAMESPACE`, `<unknown>` for any other kind of owner, empty where there is none. */
export function ownerCell(metadata: Metadata | undefined): string {
  const config = metadata?.filter_metadata?.['istio']?.['config'];
  if (typeof config !== 'string') return '';
  if (!config.startsWith(NETWORKING)) return '<unknown>';
  const pieces = config.split('/');
  return pieces.length === 8 ? `${pieces[7] ?? ''}.${pieces[5] ?? ''}` : '';
}
