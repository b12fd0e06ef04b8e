/**
 * The page by symptom (docs/symptoms.md): what a person sees, the command that says why, and what its first lines must name.
 * `mesh` is a snapshot of test/fixtures/symptoms.json.br; without one the command runs on the sample.
 */
export const SYMPTOMS = [
  {
    title: '404, response flag NR',
    sees: 'The caller gets `404` without a body, and the access log of its sidecar says `NR route_not_found`. The host is known, and no route of its virtual host matches the request.',
    mesh: 'second-virtualservice',
    args: ['pc', 'trace', 'sleep.a', 'http://app.b/route-b', '--snapshot', 'mesh'],
    names: [/No route of virtual host app\.b/, /virtualservice vs-route-a -n b/, /add the rule there/],
    also: 'Other causes: the path or a header is matched differently than it looks (exact, prefix, regular expression), a VirtualService is bound to a gateway only, or exportTo hides it. `--explain` lists every route with the first condition that does not match.',
  },
  {
    title: '404 from an ingress gateway for a host that it serves',
    sees: 'A browser gets `404` for one host and not for another, and curl gets an answer for both. The browser reuses the TLS connection of the other host, whose certificate covers both.',
    mesh: 'coalescing',
    args: [
      ...['pc', 'trace', 'istio-ingressgateway-1.istio-system', 'https://two.example.com/'],
      ...['--sni', 'one.example.com', '--snapshot', 'mesh'],
    ],
    names: [/opened for one\.example\.com/, /kubectl get gateways/, /own certificate/],
  },
  {
    title: '503, response flag UH',
    sees: 'The caller gets `503` with `no healthy upstream`. The cluster has no endpoint that is ready.',
    mesh: 'no-endpoints',
    args: ['pc', 'trace', 'http://x.test:8080/', '-f', 'dump.json'],
    names: [/has no endpoints/, /kubectl get service web -n shop/, /no pod that\s+is\s+ready/],
    also: 'Other causes: every endpoint was ejected by outlier detection (`mctl pc endpoint POD.NAMESPACE` shows it), or a subset selects no pod.',
  },
  {
    title: '503, response flag UF',
    sees: 'The caller gets `503` with `upstream connect error or disconnect/reset before headers`. The connection to the endpoint cannot be made: it refuses it, or the TLS handshake fails. `URX` beside it says that it was tried again.',
    mesh: 'no-sidecar',
    args: ['pc', 'trace', 'sleep.a', 'http://host.b/', '--snapshot', 'mesh'],
    names: [/host-1\.b has no sidecar/, /destinationrule default -n a/, /DISABLE/],
  },
  {
    title: '503, response flag UC',
    sees: 'The caller gets `503` with `upstream connect error or disconnect/reset before headers. reset reason: connection termination`. The connection was made, and the other side closed it before it answered.',
    mesh: 'closed',
    args: ['pc', 'trace', 'sleep.a', 'http://web.a/', '--snapshot', 'mesh'],
    names: [
      /only mutual TLS \(PeerAuthentication STRICT\)/,
      /kubectl get peerauthentication/,
      /Let sleep\.a send mutual TLS/,
    ],
    also: 'Where the trace delivers the request, the application itself closes the connection: often its keep-alive time-out is shorter than that of the proxy.',
  },
  {
    title: '503, response flag NC',
    sees: 'The caller gets `503`, and the access log says `NC cluster_not_found`. The route names a cluster that the proxy does not have: mostly a subset that no DestinationRule defines for this proxy.',
    mesh: 'hidden-subset',
    args: ['pc', 'trace', 'sleep.a', 'http://echo.b/', '--snapshot', 'mesh'],
    names: [/cluster outbound\|80\|v1\|echo\.b/, /destinationrule my-echo -n a/, /no subset `v1`/],
  },
  {
    title: '403, RBAC: access denied',
    sees: 'The caller gets `403` with the body `RBAC: access denied`. An AuthorizationPolicy of the destination denies the request, or there are ALLOW policies and none of them allows it.',
    mesh: 'denied',
    args: ['pc', 'trace', 'http://10.0.0.1:8080/', '-X', 'DELETE', '--mode', 'inbound', '-f', 'dump.json'],
    names: [/none allows the request/, /authorizationpolicy only-readers -n shop/, /add a rule that allows it/],
    also: 'Without mutual TLS the proxy knows no principal of its caller, and no rule with `principals` or `namespaces` matches.',
  },
  {
    title: '426 Upgrade Required',
    sees: 'An old client or a load balancer’s health check gets `426`: it speaks HTTP/1.0, which Envoy refuses by default.',
    mesh: null,
    args: [
      ...['pc', 'trace', 'productpage-v1.bookinfo', 'http://reviews:9080/', '--http1.0'],
      ...['--resolve', 'reviews:9080:10.244.0.14', '--sample'],
    ],
    names: [/HTTP\/1\.0 is not accepted/, /accept_http_10/, /PILOT_HTTP10/],
  },
  {
    title: 'Connection reset, empty reply',
    sees: 'curl says `Recv failure: Connection reset by peer` or `Empty reply from server`, and there is no status. No filter chain of the listener matches the connection. The usual cause is a caller without a sidecar where only mutual TLS is accepted.',
    mesh: 'strict',
    args: ['pc', 'trace', 'http://10.0.0.1:8080/', '--mode', 'inbound', '--tls', 'plaintext', '-f', 'dump.json'],
    names: [/only mutual TLS \(PeerAuthentication STRICT\)/, /kubectl get peerauthentication/, /pod with a sidecar/],
  },
  {
    title: 'Plain text to a TLS port of a gateway',
    sees: 'curl says `Empty reply from server` for `http://HOST:443`.',
    mesh: 'tls-gateway',
    args: ['pc', 'trace', 'gw.istio-system', 'http://shop.example.com:443/', '--snapshot', 'mesh'],
    names: [/accepts only TLS/, /kubectl get gateways/, /https:\/\//],
  },
  {
    title: 'HTTPS on an HTTP port',
    sees: 'curl says `wrong version number`, or the connection is closed. The client makes TLS of its own, and the port of the Service is declared as HTTP.',
    mesh: 'https-on-http',
    args: ['pc', 'trace', 'sleep.a', 'https://web.a:80/', '--snapshot', 'mesh'],
    names: [/declared as HTTP/, /web-1\.a/, /appProtocol: https/],
  },
  {
    title: 'Redirects without end',
    sees: 'A browser says `too many redirects`. A load balancer before the gateway ends TLS, so that the gateway gets plain HTTP and redirects it to https again.',
    mesh: 'redirect-loop',
    args: [
      ...['pc', 'trace', 'gw.istio-system', 'http://example.com/x'],
      ...['-H', 'X-Forwarded-Proto: https', '--snapshot', 'mesh'],
    ],
    names: [/redirects for ever/, /kubectl get configmap istio/, /numTrustedProxies/],
  },
  {
    title: 'A host that no proxy knows',
    sees: 'curl says `Could not resolve host`. mctl has no address either, and says which name is near, or on which port the host is known.',
    mesh: 'other-port',
    args: ['pc', 'trace', 'sleep.a', 'http://example.com/', '--snapshot', 'mesh'],
    names: [/example\.com on port 9444, not on port 80/, /ServiceEntry/, /Call port 9444/],
  },
  {
    title: 'Egress: a host outside the mesh is blocked',
    sees: 'curl gets an empty reply over TLS and `502` over HTTP for a host outside, and the access log says `UH` or `BlackHoleCluster`: the outbound traffic policy is REGISTRY_ONLY, and no ServiceEntry has the host.',
    mesh: 'hidden-service',
    args: [
      ...['pc', 'trace', 'sleep.a', 'http://unknown.example.org/'],
      ...['--resolve', 'unknown.example.org:80:203.0.113.7', '--snapshot', 'mesh'],
    ],
    names: [/not known to the mesh/, /kubectl get serviceentry/, /ServiceEntry, or/],
  },
  {
    title: 'A Service of the mesh that one namespace does not reach',
    sees: 'The same as above, for a Service that other namespaces reach. A Sidecar object or exportTo leaves it out of the configuration of this proxy.',
    mesh: 'hidden-service',
    args: ['pc', 'trace', 'sleep.a', 'http://web.b/', '--snapshot', 'mesh'],
    names: [/no configuration for it/, /kubectl get sidecar -n a/, /egress\.hosts/],
  },
];

/** The trace that README.md shows. */
export const README = {
  mesh: null,
  args: [
    ...['pc', 'trace', 'productpage-v1.bookinfo', 'http://reviews:9080/reviews/0'],
    ...['-H', 'end-user: luffy', '--sample'],
  ],
};
