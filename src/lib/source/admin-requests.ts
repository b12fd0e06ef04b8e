/** What to ask of Envoy's admin interface for the parts of a configuration that are wanted. */
import { literalExpression } from '../literal-expression';
import type { DumpRequest, SectionName } from './source';
import { uriComponent } from '../uri-component';

/** The lists of each section's message, which `mask` picks by name. */
const FIELDS: Readonly<Record<SectionName, readonly string[]>> = {
  Bootstrap: ['bootstrap'],
  Clusters: ['static_clusters', 'dynamic_active_clusters', 'dynamic_warming_clusters'],
  Listeners: ['static_listeners', 'dynamic_listeners'],
  Routes: ['static_route_configs', 'dynamic_route_configs'],
  ScopedRoutes: ['inline_scoped_route_configs', 'dynamic_scoped_route_configs'],
  Secrets: ['static_secrets', 'dynamic_active_secrets', 'dynamic_warming_secrets'],
  Endpoints: ['static_endpoint_configs', 'dynamic_endpoint_configs'],
  Ecds: ['ecds_filters'],
};

/** Envoy's /clusters as JSON. */
export const CLUSTERS_PATH = '/clusters?format=json';

/**
 * Paths that answer a request, the cheapest first; a later one is for an Envoy that refuses the ones before it.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#get--config_dump
 */
export function configDumpPaths(request: DumpRequest): readonly string[] {
  const sections = new Set(request.sections);
  const eds = sections.has('Endpoints') ? ['include_eds=true'] : [];
  const whole = ['/config_dump', ...eds].join('?');
  const [only] = sections;
  // Envoy refuses a mask whose fields are not all of one section.
  if (only === undefined || sections.size > 1) return [whole];
  const name = nameRegex(request);
  return [`/config_dump?${[...eds, `mask=${FIELDS[only].join(',')}`, ...name].join('&')}`, whole];
}

/** Envoy matches the whole of a name. */
function nameRegex({ nameText }: DumpRequest): readonly string[] {
  return nameText === undefined ? [] : [`name_regex=${uriComponent(`.*${literalExpression(nameText)}.*`)}`];
}
