/** Filter chains that require a client's certificate and have nothing to verify it by, so that they let everybody in. */
import { clientVerification } from '../envoy/downstream-tls';
import { downstreamTlsContext } from '../envoy/tls-context';
import { chainsOf } from '../envoy/http-managers';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { Finding } from './finding';
import { chainLabel } from './listeners';
import { ownerOf } from './route-tables';

/** https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/tls.proto (DownstreamTlsContext) */
export function unverifiedClients(config: ProxyConfig): readonly Finding[] {
  return config.servingListeners.flatMap(({ name, resource, pointer }) => {
    if (resource === null) return [];
    return chainsOf(resource).flatMap(({ chain, path }): readonly Finding[] => {
      const context = downstreamTlsContext(chain.transport_socket);
      if (context?.require_client_certificate !== true || clientVerification(context).requires) return [];
      return [
        {
          rule: 'unverified-client-certificate',
          severity: 'warning',
          resource: `listener ${name} ${chainLabel(chain, path)}`,
          message:
            'it requires a client certificate (require_client_certificate), but has no authority to verify one by: Envoy lets in who presents none',
          owner: ownerOf(chain.metadata, resource.metadata),
          config: `${pointer}/${path}/transport_socket`,
        },
      ];
    });
  });
}
