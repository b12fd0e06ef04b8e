/** One step in a line or two; none for a step that goes without saying. */
import { manifestText } from '../manifest-text';
import { parseIstioClusterName } from '../../envoy/cluster';
import type { OutlineEntry, Paragraph } from '../../render/outline';
import { FACTS, type Stage, type Step } from '../../trace/model';
import { onlyEndpoint, takenEndpoint } from '../summary/chosen-upstream';
import { destinationText } from '../telling/journey';
import { stageText, stepMark } from '../words';
import { command, labelled, paragraph } from '../paragraphs';
import { clusterSettings, endpointSettings, routeSettings, managerSettings } from './settings';
import type { StepPlace } from './step-place';
import { largest } from '../../lists';

type Lines = readonly Paragraph[];
type Telling = (step: Step, place: StepPlace) => Lines;

const NOTHING: Lines = [];

const BY_STAGE: Readonly<Record<Stage, Telling>> = {
  iptables: captureLines,
  listener: listenerLines,
  'listener-filters': () => NOTHING,
  'filter-chain': chainLines,
  'network-filter': filterLines,
  'http-connection-manager': managerLines,
  'http-filter': filterLines,
  'route-configuration': (step, place) => (isInline(place) || hasVirtualHost(place) ? NOTHING : [named(step)]),
  'virtual-host': virtualHostLines,
  route: routeLines,
  cluster: clusterLines,
  endpoint: endpointLines,
  tls: tlsLines,
  'ztunnel-destination': (step) => [named(step)],
  'ztunnel-waypoint': (step) => [named(step)],
  'ztunnel-policy': (step) => [named(step), ...originLines(step)],
  hbone: (step) => [named(step)],
};

/** Empty where the step goes without saying. */
export function shortStep(step: Step, place: StepPlace): readonly OutlineEntry[] {
  const paragraphs = BY_STAGE[step.stage](step, place);
  if (paragraphs.length === 0) return [];
  const tone = step.outcome === 'not-evaluated' ? 'warn' : step.outcome === 'noted' ? 'dim' : 'good';
  return [{ mark: stepMark(step, place.outcome), tone, label: stageText(step.stage), paragraphs }];
}

function named({ name, because }: Step): Paragraph {
  if (name === null) return paragraph(because);
  return { spans: [{ text: name, tone: 'name' }], aside: { text: because, tone: 'plain' } };
}

function withAside(name: string, text: string): Paragraph {
  const spans = [{ text: name, tone: 'name' as const }];
  return text === '' ? { spans } : { spans, aside: { text, tone: 'plain' } };
}

function detailLines(details: Step['details']): Lines {
  const width = largest(
    details.map(([label]) => label.length),
    0,
  );
  return details.map(([label, text]) => labelled(label, text, width));
}

/** Why it answers; else what it does to the request, and the share of requests that are traced where somebody set it. */
function managerLines(step: Step): Lines {
  if (step.outcome === 'ended') return [paragraph(step.because)];
  return detailLines(managerSettings(step));
}

function originLines({ origin, manifest }: Step): Lines {
  if (origin === null) return NOTHING;
  return [command(origin.command), ...(manifest === undefined ? [] : [paragraph(manifestText(manifest))])];
}

function ownUser(facts: Step[typeof FACTS]): number {
  const cause = facts?.stage === 'iptables' ? facts.cause : null;
  return cause?.kind === 'packet' ? (cause.own?.user ?? 1337) : 1337;
}

/** That the URL's host is a Service goes without saying; how another was found does not. */
function captureLines({ because, [FACTS]: facts, outcome, name }: Step, { hop, index }: StepPlace): Lines {
  const isOwn = hop.steps.slice(0, index).some(({ stage }) => stage === 'endpoint');
  if (isOwn && outcome === 'passed' && name !== null) {
    return [paragraph(`Envoy's own connection (uid ${ownUser(facts)}) passes: ${name}`)];
  }
  const destination = facts?.destination ?? null;
  return [paragraph(destination?.service === null ? `${because} (${destinationText(destination.found)})` : because)];
}

/** The listener that hands connections over to others is known to everybody; its chain names the one of all inbound ones. */
function listenerLines(step: Step, { hop }: StepPlace): Lines {
  const handsOver = step.outcome === 'passed' && hop.listener !== null && hop.listener.name !== step.name;
  if (handsOver || (step.outcome === 'matched' && hasOwnChain(hop.filterChain))) return NOTHING;
  if (step.outcome === 'noted') return NOTHING;
  const configuration = step.name === hop.listener?.name ? configurationOf(hop) : null;
  return [withAside(step.name ?? '', configuration ?? step.because)];
}

/** istiod's own table of a port of the pod goes without saying. */
function configurationOf(hop: StepPlace['hop']): string | null {
  const isOwn = hop.direction === 'inbound' && hop.virtualHost?.domain === '*';
  return isOwn || hop.routeConfiguration === null ? null : `route configuration ${hop.routeConfiguration.name}`;
}

type Chain = StepPlace['hop']['filterChain'];

function hasOwnChain(chain: Chain): boolean {
  return chain !== null && chain.name !== null && chain.name !== '';
}

function chainLines(step: Step, { hop, index }: StepPlace): Lines {
  if (!hasOwnChain(hop.filterChain) && step.rejectedCount === 0) return NOTHING;
  if (!hasOwnChain(hop.filterChain)) return [named(step)];
  // A waypoint goes through several listeners.
  const listener = hop.steps.slice(0, index).findLast(({ stage }) => stage === 'listener')?.name ?? hop.listener?.name;
  const of = `of listener ${listener ?? ''}`;
  // What the hop tells of chain and routes is told of one of them, which handles the request itself.
  const isIts = listener === hop.listener?.name;
  const isDefault = isIts && hop.filterChain?.default === true;
  const texts = [isDefault ? `the default chain ${of}` : of, isIts ? configurationOf(hop) : null];
  return [withAside(step.name ?? '', texts.filter((text) => text !== null).join(', '))];
}

const POLICIES = /rbac|authz|jwt|oauth|csrf|fault|ratelimit|lua|wasm|ext_proc/;

/** Filters that decided by a policy, act on purpose, or are not evaluated. */
function filterLines(step: Step): Lines {
  const { outcome, details, rejectedCount, origin, name } = step;
  if (outcome === 'not-evaluated') return [named(step)];
  if (outcome === 'matched' || outcome === 'ended') return [named(step), ...detailLines(details)];
  const decided = POLICIES.test(name ?? '') && (details.length > 0 || rejectedCount > 0);
  return decided || origin !== null ? [named(step), ...originLines(step)] : NOTHING;
}

/** istiod's own table of a port of the pod: it has one virtual host that takes everything. */
function isInline({ hop }: StepPlace): boolean {
  return hop.direction === 'inbound' && hop.virtualHost?.domain === '*';
}

function hasVirtualHost({ hop }: StepPlace): boolean {
  return hop.virtualHost !== null;
}

function virtualHostLines(step: Step, place: StepPlace): Lines {
  if (isInline(place) && step.outcome === 'matched') return NOTHING;
  if (step.outcome === 'ended') return [paragraph(step.because)];
  return [withAside(step.name ?? '', '')];
}

/** A route that only answers has been told already. */
function routeLines(step: Step): Lines {
  if (step.outcome === 'ended') return [paragraph(step.because)];
  const settings = routeSettings(step).map(([label, text]) => `${label} ${text}`);
  return [named({ ...step, because: [step.because, ...settings].join('; ') }), ...originLines(step)];
}

function clusterLines(step: Step, { hop }: StepPlace): Lines {
  const { name, outcome } = step;
  if (outcome === 'noted' || name === null) return [paragraph(step.because)];
  const type = hop.clusters.find((cluster) => cluster.name === name)?.type;
  const subset = parseIstioClusterName(name)?.subset ?? '';
  const facts = [
    ...(type === undefined || type === null ? [] : [type]),
    ...(subset === '' ? [] : [`subset ${subset}`]),
  ];
  const settings = hop.direction === 'inbound' ? [] : clusterSettings(step);
  const set = settings.length === 0 ? [] : [`with ${settings.join(', ')}`];
  return [withAside(name, [...facts, ...set].join(', '))];
}

/** Of several endpoints the list of them follows; at the destination's own proxy it is the application. */
function endpointLines(step: Step, { hop, index, outcome }: StepPlace): Lines {
  const { name, because } = step;
  const next = hop.steps.slice(index + 1).some(({ stage }) => stage === 'endpoint');
  if (step.outcome === 'noted') return hop.direction === 'inbound' && hasEndpoint(hop) ? NOTHING : [paragraph(because)];
  if (name === null) return [paragraph(because)];
  const health = endpointSettings(step);
  if (hop.direction === 'inbound' && next && outcome.verdict === 'delivered') {
    return [withAside(name, 'the application'), ...detailLines(health)];
  }
  const pod = takenEndpoint(hop)?.pod ?? null;
  const only = onlyEndpoint(hop) !== null;
  const facts = [pod, only ? null : because].filter((fact) => fact !== null);
  return [withAside(name, facts.join(', ')), ...detailLines(health)];
}

function hasEndpoint({ steps }: StepPlace['hop']): boolean {
  return steps.some(({ stage, outcome, name }) => stage === 'endpoint' && outcome === 'matched' && name !== null);
}

/** How two proxies meet says all where it is known; else what the proxy itself does. */
function tlsLines(step: Step, { hop, index }: StepPlace): Lines {
  if (step.outcome === 'matched' || step.outcome === 'noted') return [paragraph(step.because)];
  const later = hop.steps.slice(index + 1).some(({ stage, outcome }) => stage === 'tls' && outcome !== 'passed');
  const sendsOn = hop.steps.slice(0, index).some(({ stage }) => stage === 'endpoint');
  if (later || hop.direction === 'inbound' || !sendsOn) return NOTHING;
  return [paragraph(step.because)];
}
