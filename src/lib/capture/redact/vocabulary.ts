/** The names of a mesh that give it away: services, namespaces, pods, accounts, hosts, policies. */

/** Words that are the same in every mesh, or that configuration depends on. */
const COMMON = new Set(
  `svc cluster local com org net io dev app co www default kube-system kube-public kube-node-lease istio-system istio-ingress
  istio istiod istio-ingressgateway istio-egressgateway istio-proxy istio-init istio-validation localhost http https http2 grpc
  tcp tls mtls udp mongo redis mysql inbound outbound virtualinbound virtualoutbound envoy kubernetes spiffe ns sa td unknown
  global mesh waypoint sidecar router ztunnel latest stable canary true false null name namespace policy rule allow deny all
  any none prod production staging test server client internal external public private us eu zone region node pod service host
  path header method get post put delete x blackholecluster passthroughcluster inboundpassthroughcluster
  inboundpassthroughclusteripv4 inboundpassthroughclusteripv6 agent xds-grpc sds-grpc zipkin prometheus-stats envoy-rls`.split(
    /\s+/,
  ),
);

/** A workload's name with what Kubernetes appends to name its ReplicaSets and pods. */
const GENERATED = /^(.+?)(-[0-9a-f]{6,10}(?:-[0-9a-z]{5})?|-[bcdfghjklmnpqrstvwxz2456789]{5})$/;

/** A run of letters, digits and dashes: a label of a host name, a name of Kubernetes. */
export const TOKEN = /[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*/g;

/** The names that tell of their mesh, in lower case: those that people chose, and no common words. */
export class RedactionVocabulary {
  readonly #words = new Set<string>();

  /** Adds a name; of a generated one, the part that a person chose. Common words and numbers are passed over. */
  add(name: string): void {
    const lower = name.toLowerCase();
    const word = baseOf(lower);
    for (const one of [lower, word]) if (isTelling(one)) this.#words.add(one);
  }

  /** Adds each label of a host name. */
  addHost(host: string): void {
    for (const label of host.split('.')) {
      if (/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label)) this.add(label);
    }
  }

  /** How many names there are; it only grows. */
  get size(): number {
    return this.#words.size;
  }

  has(token: string): boolean {
    return this.#words.has(token.toLowerCase());
  }
}

/** The part of a generated name that a person chose; the name itself where it is none. */
export function baseOf(name: string): string {
  return GENERATED.exec(name)?.[1] ?? name;
}

function isTelling(word: string): boolean {
  return word.length > 1 && word.length <= 253 && !COMMON.has(word) && !/^(?:v?\d+|v\d+[a-z]*\d*)$/.test(word);
}
