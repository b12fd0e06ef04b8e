/** Finds the names of a mesh in Kubernetes objects and in the strings of a proxy's configuration. */
import { isIP } from 'node:net';
import type { StringAt, StringVisitor } from '../json-rewriter';
import type { RedactionVocabulary } from './vocabulary';

/** Labels whose values are names. */
const NAME_LABELS =
  /^(?:app|name|run|k8s-app|service|component|istio|app\.kubernetes\.io\/(?:name|instance|part-of)|service\.istio\.io\/canonical-name|kubernetes\.io\/service-name|gateway\.networking\.k8s\.io\/gateway-name|kubernetes\.io\/hostname)$/;

/** Takes the names out of Kubernetes objects: metadata, accounts, nodes, host names. */
export function collectFromObjects(items: readonly unknown[], vocabulary: RedactionVocabulary): void {
  for (const item of items) walk(item, '', vocabulary);
}

const NAME_KEYS = new Set(['name', 'namespace', 'serviceAccountName', 'nodeName', 'hostname']);

/** Names of ports and containers tell nothing of the mesh, and configuration is full of them. */
const PASSED_OVER = new Set([
  'ports',
  'containers',
  'initContainers',
  'conditions',
  'containerStatuses',
  'initContainerStatuses',
  'annotations',
]);

function walk(value: unknown, key: string, vocabulary: RedactionVocabulary): void {
  if (typeof value === 'string') addNamed(value, key, vocabulary);
  else if (Array.isArray(value)) for (const item of value as readonly unknown[]) walk(item, key, vocabulary);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) if (!PASSED_OVER.has(name)) walk(inner, name, vocabulary);
  }
}

function addNamed(value: string, key: string, vocabulary: RedactionVocabulary): void {
  if (key === 'externalName' || (key === 'name' && value.includes('.'))) vocabulary.addHost(value);
  else if (NAME_KEYS.has(key) || NAME_LABELS.test(key)) vocabulary.add(value);
}

/** Fields of Envoy's configuration that hold host names. */
const HOST_KEYS =
  /^(?:domains|server_names|serverNames|sni|hostname|address|host_rewrite_literal|hostRewriteLiteral|host_redirect|hostRedirect|host|issuer)$/;

/** Fields of a node's metadata that hold names. */
const NODE_KEYS = new Set([
  'NAME',
  'NAMESPACE',
  'WORKLOAD_NAME',
  'SERVICE_ACCOUNT',
  'CLUSTER_ID',
  'MESH_ID',
  'NODE_NAME',
  'app',
  'service.istio.io/canonical-name',
  'canonical_name',
  'workload_name',
  'namespace',
  'cluster_name',
]);

/** Texts that name hosts, namespaces, accounts, objects: each group is a name, or a host's labels. */
const PATTERNS: readonly RegExp[] = [
  // A cluster's name, and the server name that stands for it.
  /^(?:out|in)bound\|\d*\|[^|]*\|(.+)$/g,
  /^(?:out|in)bound_\.\d*_\.[^_]*_\.(.+)$/g,
  // A node's id.
  /^(?:sidecar|router|waypoint)~[^~]*~([^~]+)~(.+)$/g,
  /spiffe:\/\/([^/]+)\/ns\//g,
  /\/ns\/([A-Za-z0-9-]+)\/(?:sa\/([A-Za-z0-9-]+))?/g,
  /^\/apis\/[^/]+\/[^/]+\/namespaces\/([^/]+)\/[^/]+\/([^/]+)$/g,
  /ns\[([^\]]+)\]-policy\[([^\]]+)\]/g,
  /([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)\.svc\.([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)/g,
];

const URL_HOST = /^[a-z][a-z0-9+.-]*:\/\/([A-Za-z0-9.-]+)/;

/** How many texts are remembered. */
const REMEMBERED = 100_000;

/** Fields of a ztunnel's dump that hold names. */
const ZTUNNEL_KEYS = new Set([
  'name',
  'namespace',
  'serviceAccount',
  'workloadName',
  'canonicalName',
  'node',
  'localNode',
  'clusterId',
  'network',
]);

/** A visitor that changes nothing and adds the names that it sees. */
export class CollectingVisitor implements StringVisitor {
  readonly minBytes = 0;
  readonly #vocabulary: RedactionVocabulary;
  readonly #names: ReadonlySet<string>;
  readonly #seen = new Set<string>();

  /** @param of whose dump it visits */
  constructor(vocabulary: RedactionVocabulary, of: 'envoy' | 'ztunnel' = 'envoy') {
    this.#names = of === 'envoy' ? NODE_KEYS : ZTUNNEL_KEYS;
    this.#vocabulary = vocabulary;
  }

  visit(text: string, at: StringAt): string {
    // Long texts are certificates, scripts and the like; a name's limit is far below.
    if (text.length > 4096) return text;
    // Most texts of a dump stand in it many times.
    const place = `${at.isKey ? '' : at.key} ${text}`;
    if (this.#seen.has(place)) return text;
    if (this.#seen.size >= REMEMBERED) this.#seen.clear();
    this.#seen.add(place);
    this.#collect(text, at);
    return text;
  }

  leave(): void {
    // Names do not hang on where an object ends.
  }

  #collect(text: string, at: StringAt): void {
    for (const pattern of PATTERNS) {
      for (const [, ...groups] of text.matchAll(pattern)) {
        // A group that took no part is undefined, whatever its type says.
        for (const name of groups as readonly (string | undefined)[]) this.#vocabulary.addHost(name ?? '');
      }
    }
    if (at.isKey) return;
    if (this.#names.has(at.key)) this.#vocabulary.add(text);
    const host = hostOf(text, at.key);
    if (host !== '' && !host.includes('/') && isIP(host) === 0) this.#vocabulary.addHost(host);
  }
}

/** The host that a URL names, or that the field holds. */
function hostOf(text: string, key: string): string {
  const url = URL_HOST.exec(text)?.[1];
  if (url !== undefined) return url;
  return HOST_KEYS.test(key) ? text.replace(/^\*\.?/, '').replace(/:\d+$/, '') : '';
}
