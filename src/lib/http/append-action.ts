/**
 * `envoy.config.core.v3.HeaderValueOption`: what becomes of a header that is added, where it is there already.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/base.proto#config-core-v3-headervalueoption
 */

/** The deprecated `append` says the same as two of the actions; without either a header is appended. */
export interface AppendAction {
  readonly append?: boolean;
  readonly append_action?: string;
}

/** Whether the header is overwritten or added; null where its being there, or not, forbids both. */
export function appendEffect(option: AppendAction, isThere: boolean): 'overwrites' | 'adds' | null {
  switch (
    option.append_action ??
    (option.append === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD')
  ) {
    case 'ADD_IF_ABSENT':
      return isThere ? null : 'adds';
    case 'OVERWRITE_IF_EXISTS':
      return isThere ? 'overwrites' : null;
    case 'OVERWRITE_IF_EXISTS_OR_ADD':
      return 'overwrites';
    default:
      return 'adds';
  }
}

/** Whether what becomes of the header hangs on its being there. */
export function dependsOnPresence({ append_action: action }: AppendAction): boolean {
  return action === 'ADD_IF_ABSENT' || action === 'OVERWRITE_IF_EXISTS';
}
