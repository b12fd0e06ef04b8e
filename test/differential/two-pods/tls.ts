/** Transport sockets as istiod writes them: certificates by SDS, SPIFFE names, Istio's own application protocols. */
import { fromFile } from '../rig/envoy';
import { extension, type Message } from '../generate/message';

const TLS = 'envoy.extensions.transport_sockets.tls.v3';

export const RAW = extension(
  'envoy.transport_sockets.raw_buffer',
  'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
);

/** Mutual TLS towards a pod of the mesh. */
export function upstreamTls(directory: string, sni: string, accounts: readonly string[]): Message {
  const names = accounts.map((account) => ({
    san_type: 'URI',
    matcher: { exact: `spiffe://cluster.local/ns/bookinfo/sa/${account}` },
  }));
  const validation = names.length === 0 ? {} : { match_typed_subject_alt_names: names };
  const common = { alpn_protocols: ['istio-peer-exchange', 'istio'], ...material(directory, validation) };
  const context = { common_tls_context: common, sni };
  return extension('envoy.transport_sockets.tls', `${TLS}.UpstreamTlsContext`, context);
}

/** Mutual TLS in front of an inbound port. */
export function downstreamTls(directory: string, http: boolean): Message {
  const protocols = http ? ['h2', 'http/1.1'] : ['istio-peer-exchange', 'h2', 'http/1.1'];
  const common = { alpn_protocols: protocols, ...material(directory, {}) };
  const context = { common_tls_context: common, require_client_certificate: true };
  return extension('envoy.transport_sockets.tls', `${TLS}.DownstreamTlsContext`, context);
}

function material(directory: string, validation: Message): Message {
  const secret = (name: string): Message => ({ name, sds_config: fromFile(`${directory}/sds-${name}.json`) });
  return {
    tls_certificate_sds_secret_configs: [secret('default')],
    combined_validation_context: {
      default_validation_context: validation,
      validation_context_sds_secret_config: secret('ROOTCA'),
    },
  };
}
