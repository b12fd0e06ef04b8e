/**
 * Network filters other than the TCP proxy and the HTTP connection manager.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/listeners/network_filters/network_filters
 */
import { messageTypeOf } from '../../envoy/any';
import type { NetworkFilterCause } from '../facts/filters';
import { type EvaluatedNetworkFilter, KNOWN_NETWORK_FILTERS, type KnownNetworkFilter } from '../facts/known-filters';
import { ownField } from '../../own-field';
import { type Ending, ending } from '../hop/ending';
import type { StepFacts } from '../facts/step';
import { type HopRecord, step } from '../hop/record';
import { connectionStream } from '../../http/stream-facts';
import { setFilterState } from './shared/filter-state';
import type { NetworkFilterInput } from './shared/input';
import { runNetworkExtAuthz } from './network/ext-authz';
import { runNetworkRbac } from './network/rbac';

type NetworkHandler = (input: NetworkFilterInput, record: HopRecord) => Ending | null;

const HANDLERS: Readonly<Record<EvaluatedNetworkFilter, NetworkHandler>> = {
  'envoy.extensions.filters.network.rbac.v3.RBAC': runNetworkRbac,
  'envoy.extensions.filters.network.ext_authz.v3.ExtAuthz': runNetworkExtAuthz,
  'envoy.extensions.filters.network.set_filter_state.v3.Config': (input, record) => {
    const keys = setFilterState(
      input.filter.typed_config,
      input.state,
      connectionStream(input.connection, input.state),
    );
    record.add(passed(input, { kind: 'sets-filter-state', keys }));
    return null;
  },
  'envoy.extensions.filters.network.direct_response.v3.Config': (input, record) =>
    answers(input, { kind: 'sends-own-text' }, record),
  'envoy.extensions.filters.network.echo.v3.Echo': (input, record) => answers(input, { kind: 'sends-back' }, record),
};

/** Null where the connection goes on; the end where the filter closes it. Adds the filter's step to the record. */
export function runNetworkFilter(input: NetworkFilterInput, record: HopRecord): Ending | null {
  const resolved = withDelivered(input);
  if (resolved === null) return undecided(input, '', record);
  const type = messageTypeOf(resolved.filter.typed_config);
  const handler = ownField(HANDLERS, type);
  if (handler !== undefined) return handler(resolved, record);
  if (!isKnown(type)) return undecided(resolved, type, record);
  const cause = { kind: 'network-filter-acts', filter: type } as const;
  const name = input.filter.name ?? type;
  record.add(step('network-filter', KNOWN_NETWORK_FILTERS[type], name, cause, { config: resolved.pointer }));
  return null;
}

function isKnown(type: string): type is KnownNetworkFilter {
  return Object.hasOwn(KNOWN_NETWORK_FILTERS, type);
}

/** A filter whose configuration ECDS delivers, with that configuration; null where the dump does not have it. */
function withDelivered(input: NetworkFilterInput): NetworkFilterInput | null {
  const filter: NetworkFilterInput['filter'] & { readonly config_discovery?: object } = input.filter;
  if (filter.config_discovery === undefined || filter.typed_config !== undefined) return input;
  const delivered = input.context.config.extensionConfig(filter.name ?? '');
  const config = delivered?.resource?.typed_config;
  if (delivered === null || config === undefined) return null;
  return { ...input, filter: { ...filter, typed_config: config }, pointer: delivered.pointer };
}

/** Nobody knows whether such a filter lets the connection go on: it may close it, or answer. */
function undecided({ filter, pointer }: NetworkFilterInput, type: string, record: HopRecord): Ending {
  const name = filter.name ?? type;
  const what = type === '' ? `${name} (its configuration comes by ECDS, and the dump does not have it)` : type;
  const input = `what the network filter ${what} does, which is not evaluated`;
  record.add(step('network-filter', 'unknown', name, { kind: 'filter-open', input }, { config: pointer }));
  return ending('unknown', 'unknown-input', { kind: 'connection-open', input });
}

function passed({ filter, pointer }: NetworkFilterInput, cause: NetworkFilterCause): StepFacts {
  return step('network-filter', 'passed', filter.name ?? null, cause, { config: pointer });
}

function answers({ filter, pointer }: NetworkFilterInput, cause: NetworkFilterCause, record: HopRecord): Ending {
  record.add(step('network-filter', 'ended', filter.name ?? null, cause, { config: pointer }));
  return ending('direct-response', null, cause);
}
