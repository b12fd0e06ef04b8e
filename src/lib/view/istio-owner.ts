/** The Istio object that a resource says it came from. */
import type { Metadata } from '../envoy/any';
import type { FieldMask } from '../scan/field-mask';

const NETWORKING = '/apis/networking.istio.io/';

/** The fields of a resource's metadata that name its owner. */
export const OWNER: FieldMask = { filter_metadata: { istio: { config: true } } };

/** istioctl's cell: `NAME.NAMESPACE`, `<unknown>` for any other kind of owner, empty where there is none. */
export function ownerCell(metadata: Metadata | undefined): string {
  const config = metadata?.filter_metadata?.['istio']?.['config'];
  if (typeof config !== 'string') return '';
  if (!config.startsWith(NETWORKING)) return '<unknown>';
  const pieces = config.split('/');
  return pieces.length === 8 ? `${pieces[7] ?? ''}.${pieces[5] ?? ''}` : '';
}
