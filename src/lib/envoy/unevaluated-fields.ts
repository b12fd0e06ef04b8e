/**
 * Fields of Envoy's messages that can change a request's way or its answer, and that a trace does not evaluate: a step names those that
 * its configuration sets. A field that a trace reads stands in `messages`, and not here.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/api
 */
import { InputError } from '../errors';
import { ownField } from '../own-field';
import { remembered, rememberedFor } from '../remembered';
import { MESSAGES, type MessageName } from './messages';

/** By message, their names. */
export const UNEVALUATED: Partial<Readonly<Record<MessageName, readonly string[]>>> = {
  CertificateValidationContext: ['max_verify_depth', 'only_verify_leaf_cert_crl'],
  ClusterLoadAssignment: ['named_endpoints'],
  Config: ['clear_route_cache'],
  CommonTlsContext: ['custom_handshaker', 'custom_tls_certificate_selector', 'tls_certificate_provider_instance'],
  DownstreamTlsContext: ['ocsp_staple_policy'],
  ExecuteFilterAction: ['filter_chain', 'filter_chain_name'],
  ExtAuthz: ['shadow_mode'],
  FilterConfig: ['allow_dynamic_host_from_filter_state'],
  HTTPFault: ['abort_grpc_status_runtime', 'delay_duration_runtime', 'max_active_faults_runtime'],
  Http1ProtocolOptions: ['override_stream_error_on_invalid_http_message', 'use_balsa_parser'],
  Http2ProtocolOptions: ['disallow_obs_text', 'max_header_field_size_kb'],
  HttpConnectionManager: [
    ...['forward_client_cert_matcher', 'forward_proto_config', 'represent_ipv4_remote_address_as_ipv4_mapped_ipv6'],
    'typed_header_validation_config',
  ],
  JwtClaimToHeader: ['claim_path'],
  JwtProvider: ['failed_status_in_metadata', 'header_in_metadata'],
  LeastRequest: ['slow_start_config'],
  Listener: ['api_listener', 'fcds_config'],
  LocalRateLimit: ['local_cluster_rate_limit', 'rate_limits', 'request_headers_to_add_when_not_enforced'],
  LocalityLbEndpoints: ['leds_cluster_locality_config', 'load_balancer_endpoints'],
  Mutations: ['formatters'],
  OverrideHost: ['override_host_sources'],
  RedirectAction: ['path_rewrite'],
  RoundRobin: ['slow_start_config'],
  Route: ['route_specifiers'],
  RouteAction: ['internal_redirect_action', 'max_internal_redirects', 'retry_policy_typed_config'],
  RouteConfiguration: ['route_specifiers'],
  RouteWeightedCluster: ['use_hash_policy'],
  SocketAddress: ['network_namespace_filepath'],
  StatefulSession: ['status_on_strict_destination_not_found'],
  Thresholds: ['max_connection_pools'],
  TunnelingConfig: ['headers_to_add', 'post_path', 'use_post'],
  VirtualHost: ['retry_policy_typed_config', 'route_specifiers'],
};

/** What steps of their own tell of, and what holds none of these fields. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['AccessLog', 'FilterChain', 'HttpFilter', 'ListenerFilter', 'Route', 'RouteConfiguration', 'VirtualHost'],
  ...['ClusterLoadAssignment', 'CoreMetadata', 'HeaderMatcher', 'HeaderValueOption', 'Matcher', 'StringMatcher'],
]);

/** How deep messages are looked into. */
const DEEPEST = 8;

/** The fields of a message, each with its type and whether there are several. */
const fieldsOf = remembered((message: string): readonly (readonly [name: string, type: string])[] =>
  (ownField<string>(MESSAGES, message) ?? '')
    .trim()
    .split(/\s+/)
    .flatMap((field): (readonly [string, string])[] => {
      const [name = '', type = ''] = field.split(':');
      const base = type.replace(/(?:\[\]|\{\})$/, '');
      const isOpened = base === 'any' || (Object.hasOwn(MESSAGES, base) && !ELSEWHERE.has(base));
      return isOpened && name !== 'typed_per_filter_config' ? [[name, type]] : [];
    }),
);

/**
 * The paths in a message of the fields that it sets and that are not evaluated.
 * @param message its name in `messages`; of an `Any` the last word of its type
 */
export function unevaluatedFields(value: object | undefined, message: string): readonly string[] {
  return value === undefined ? [] : fieldsByMessage(value)(message);
}

/** Every request that comes by asks the same of the same configuration. */
const fieldsByMessage = rememberedFor((value: object) =>
  remembered((message): readonly string[] => {
    const found = new Set<string>();
    collect(value, message, '', found, 0);
    return [...found];
  }),
);

type Fields = Readonly<Record<string, unknown>>;

function collect(value: object, message: string, path: string, found: Set<string>, depth: number): void {
  const held = value as Fields;
  for (const name of ownField<readonly string[]>(UNEVALUATED, message) ?? []) {
    if (isSet(fieldIn(held, name))) found.add(path + name);
  }
  if (depth >= DEEPEST) return;
  for (const [name, type] of fieldsOf(message)) {
    const inner = fieldIn(held, name);
    if (typeof inner !== 'object' || inner === null) continue;
    const fields: readonly unknown[] = Object.values(inner as Fields);
    const several = /\]$|\}$/.test(type) ? fields : [inner];
    const base = type.replace(/(?:\[\]|\{\})$/, '');
    for (const one of several) {
      if (typeof one !== 'object' || one === null) continue;
      const kind = base === 'any' ? typeIn(one as Fields) : base;
      if (!ELSEWHERE.has(kind)) collect(one, kind, `${path}${name}.`, found, depth + 1);
    }
  }
}

function typeIn(any: Fields): string {
  const type = any['@type'];
  return typeof type === 'string' ? type.slice(type.lastIndexOf('.') + 1) : '';
}

/** What cannot be read is not named here: whoever needs it says so. */
function fieldIn(message: Fields, name: string): unknown {
  try {
    return message[name];
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** A field that holds its type's default is as good as left out. */
function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}
