/**
 * Who writes filter state: where every filter of a connection is known not to write an object, or to have written it, the object
 * is known not to be there. https://www.envoyproxy.io/docs/envoy/latest/configuration/advanced/well_known_filter_state
 */
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import type { HttpConnectionManager, HttpFilter } from '../../../envoy/listener';

/** Network filters that write no object but the one that `set_filter_state` is seen to write, and Envoy's own. */
const NETWORK =
  /^envoy\.extensions\.filters\.network\.(?:set_filter_state|rbac|ext_authz|tcp_proxy|http_connection_manager|direct_response|echo|sni_cluster|mongo_proxy|mysql_proxy|postgres_proxy|zookeeper_proxy|kafka_broker|local_ratelimit|ratelimit|connection_limit)\.(?:v3|v3alpha)\.|^stats\.PluginConfig$|^envoy\.tcp\.metadataexchange\.|^io\.istio\./;

/** The same of HTTP filters. */
const HTTP =
  /^envoy\.extensions\.filters\.http\.(?:router|set_filter_state|set_metadata|header_to_metadata|json_to_metadata|cors|csrf|fault|buffer|rbac|jwt_authn|api_key_auth|basic_auth|ip_tagging|custom_response|oauth2|local_ratelimit|ratelimit|grpc_stats|grpc_web|compressor|decompressor|health_check|header_mutation|on_demand|ext_authz|original_src|stateful_session)\.v3\.|^stats\.PluginConfig$|^io\.istio\.|^istio\.envoy\.config\.filter\.http\./;

/** Objects that filters write by names of their own. */
const OWN_NAME = /^(?:envoy|io\.istio|istio|wasm)\.|^(?:downstream|upstream)_peer/;

/** Whether an object that no filter was seen to write is known not to be there. */
export function isOthersState(key: string): boolean {
  return !OWN_NAME.test(key);
}

/** Whether each filter of the chain, and of an HTTP connection manager in it, is one of those. */
export function writesKnownState(filters: readonly TypedExtension[]): boolean {
  return filters.every(({ typed_config: config }) => {
    const type = messageTypeOf(config);
    if (!NETWORK.test(type)) return false;
    const { http_filters: own = [] } = type.includes('.http_connection_manager.')
      ? messageOf<HttpConnectionManager>(config)
      : {};
    return areAllOf(HTTP, own);
  });
}

/** Whether the message of each HTTP filter that is not disabled is of one of these kinds. */
export function areAllOf(kinds: RegExp, filters: readonly HttpFilter[]): boolean {
  return filters.every(({ typed_config: config, disabled }) => disabled === true || kinds.test(messageTypeOf(config)));
}
