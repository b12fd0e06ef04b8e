/** HTTP filters by their names of old, and those of which only what decides is known. */

/**
 * Filters that Envoys before 1.22 found by name, so that older dumps have them without a configuration of their own: it is the
 * message's default. https://www.envoyproxy.io/docs/envoy/latest/version_history/v1.22/v1.22.0
 */
export const BY_NAME: Readonly<Record<string, string>> = {
  'envoy.cors': 'envoy.extensions.filters.http.cors.v3.Cors',
  'envoy.fault': 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  'envoy.filters.http.cors': 'envoy.extensions.filters.http.cors.v3.Cors',
  'envoy.filters.http.fault': 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  'envoy.filters.http.grpc_web': 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb',
  'envoy.filters.http.router': 'envoy.extensions.filters.http.router.v3.Router',
  'envoy.grpc_web': 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb',
  'envoy.router': 'envoy.extensions.filters.http.router.v3.Router',
  'istio.alpn': 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
};

/** Filters whose work is to refuse requests or to answer them, where that is not worked out: what decides. */
export const MAY_ANSWER: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.http.oauth2.v3.OAuth2':
    'whether the request has a valid session: it is sent to a login else',
  'envoy.extensions.filters.http.aws_lambda.v3.Config': 'what the Lambda function answers',
};
