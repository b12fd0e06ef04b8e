/** Which of a pod's connections its iptables rules send to Envoy. https://istio.io/latest/docs/ops/deployment/application-requirements/ */
import { productOf } from '../../envoy/product';
import type { ProxyConfig } from '../../envoy/proxy-config';
import { InputError } from '../../errors';
import { coversFamily, evaluate } from '../../iptables/evaluate';
import {
  DEFAULT_SETTINGS,
  type InterceptionSettings,
  istioRules,
  settingsFromAnnotations,
  settingsFromArguments,
} from '../../iptables/istio-rules';
import { inboundPortOfMesh, isRedirectingMesh, meshRules, type RedirectingMesh } from '../../iptables/mesh-rules';
import type { Hook, Packet, Ruleset, TableName } from '../../iptables/model';
import { parseRules } from '../../iptables/parse';
import type { Evaluation, Fate, RulePlace } from '../../iptables/walk';
import type { PodEntry } from '../../mesh/address-book';
import { proxyName } from '../../proxy-id';
import { step } from '../hop/record';
import { inboundListener, roleOf } from '../listener/role';
import type { IptablesSetting, PacketCause, RulesSource } from '../facts/iptables';
import type { StepFacts, StepOf } from '../facts/step';

export interface PodRules {
  readonly rules: Ruleset;
  /** What they were worked out from; null for the pod's own rules. */
  readonly derivedFrom: RulesSource | null;
}

/** The container that a sidecar's Envoy runs in. */
export const ENVOY_CONTAINER = 'istio-proxy';

const known = new WeakMap<ProxyConfig, { readonly text: string | null; readonly rules: PodRules }>();

/**
 * A pod's rules: its own where their text is known, else those that istio-init would have written. Throws InputError where
 * its own cannot be read: what they do is not known, and others in their place would be a guess.
 */
export function rulesOf(config: ProxyConfig, text: string | null, entry: PodEntry | null): PodRules {
  const cached = known.get(config);
  if (cached?.text === text) return cached.rules;
  const rules = text === null ? derivedRules(config, entry) : { rules: ownRules(text, config), derivedFrom: null };
  known.set(config, { text, rules });
  return rules;
}

function ownRules(text: string, config: ProxyConfig): Ruleset {
  const read = parseRules(text);
  if (read.kind === 'rules') return read.rules;
  const owner = config.id === null ? 'the proxy' : proxyName(config.id);
  throw new InputError(`iptables.txt of ${owner}, line ${read.line}: ${read.because}`, { hint: AGAIN });
}

const AGAIN =
  "Save it again as iptables-save prints it in the pod's network namespace; without the file the rules are worked out from the pod's annotations.";

function derivedRules(config: ProxyConfig, entry: PodEntry | null): PodRules {
  const mesh = redirectingMeshOf(config);
  if (mesh !== null) return rulesOfMesh(config, mesh);
  const { settings, from } = settingsOf(config, entry);
  const read = parseRules(istioRules(settings));
  return { rules: read.kind === 'rules' ? read.rules : { tables: [] }, derivedFrom: from };
}

/** The mesh, other than Istio, whose sidecar this is; null where it is Istio's, a gateway, or of a mesh that redirects nothing. */
export function redirectingMeshOf(config: ProxyConfig): RedirectingMesh | null {
  const product = productOf(config);
  return isRedirectingMesh(product) && roleOf(config) === 'sidecar' ? product : null;
}

/** A mesh's own rules; its listener for calls to the pod says to which port they are redirected. */
function rulesOfMesh(config: ProxyConfig, mesh: RedirectingMesh): PodRules {
  const usual = inboundPortOfMesh(mesh);
  const port = inboundListener(config)?.port ?? usual;
  const read = parseRules(meshRules(mesh, port));
  return { rules: read.kind === 'rules' ? read.rules : { tables: [] }, derivedFrom: { kind: 'mesh', mesh } };
}

/** From the pod's init containers, else its annotations, else what its Envoy was told of itself. */
function settingsOf(
  config: ProxyConfig,
  entry: PodEntry | null,
): { readonly settings: InterceptionSettings; readonly from: RulesSource } {
  const base = settingsFromNode(config);
  const pod = entry?.pod ?? null;
  for (const container of pod?.initContainers ?? []) {
    const settings = settingsFromArguments(container.command, base);
    if (settings !== null) return { settings, from: { kind: 'container', name: container.name } };
  }
  const annotations = { ...annotationsOfNode(config), ...pod?.annotations };
  const settings = settingsFromAnnotations(annotations, base);
  const isTold = Object.keys(annotations).some((name) => /^(?:traffic\.)?sidecar\.istio\.io\//.test(name));
  return { settings, from: { kind: isTold ? 'annotations' : 'defaults' } };
}

function settingsFromNode(config: ProxyConfig): InterceptionSettings {
  const metadata = config.node.metadata ?? {};
  const mode = metadata['INTERCEPTION_MODE'];
  const dns = metadata['DNS_CAPTURE'];
  return {
    ...DEFAULT_SETTINGS,
    mode: mode === 'TPROXY' || mode === 'NONE' ? mode : 'REDIRECT',
    captureDns: dns === true || dns === 'true',
  };
}

function annotationsOfNode(config: ProxyConfig): Readonly<Record<string, string>> {
  const annotations = config.node.metadata?.['ANNOTATIONS'];
  if (typeof annotations !== 'object' || annotations === null) return {};
  return Object.fromEntries(
    Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The user that a pod's application runs as, where the pod says so of all its containers; null otherwise. */
export function applicationUser(entry: PodEntry | null): number | null {
  const containers = (entry?.pod?.containers ?? []).filter(({ name }) => name !== ENVOY_CONTAINER);
  const [first] = containers.map(({ runAsUser }) => runAsUser);
  return first !== undefined && containers.every(({ runAsUser }) => runAsUser === first) ? first : null;
}

/** A step that says what the rules do with a packet. */
export type CaptureStep = Omit<StepOf<'iptables'>, 'cause'> & { readonly cause: PacketCause };

export interface Captured {
  readonly fate: Fate;
  readonly step: CaptureStep;
}

/** Asks a pod's rules about a packet, and says what they answer. */
export function capture(
  { rules, derivedFrom }: PodRules,
  hook: Hook,
  packet: Packet,
  tables?: readonly TableName[],
): Captured {
  const family = packet.destination.ip.includes(':') ? 6 : 4;
  if (derivedFrom === null && !coversFamily(rules, family)) {
    const cause = { kind: 'family-not-known', family, own: null } as const;
    return { fate: { kind: 'passed' }, step: { ...step('iptables', 'unknown', null, cause), cause } };
  }
  const evaluation = evaluate(rules, hook, packet, tables);
  return { fate: evaluation.fate, step: captureStep(evaluation, hook, packet, derivedFrom) };
}

const OUTCOMES: Readonly<Record<Fate['kind'], StepFacts['outcome']>> = {
  redirected: 'matched',
  passed: 'passed',
  rewritten: 'matched',
  dropped: 'ended',
  unknown: 'unknown',
};

function captureStep(
  { fate, rule, way }: Evaluation,
  hook: Hook,
  packet: Packet,
  derivedFrom: RulesSource | null,
): CaptureStep {
  const details: IptablesSetting[] = [];
  if (rule !== null) details.push({ kind: 'rule', place: rule });
  if (way.length > 0) details.push({ kind: 'way', chains: way });
  if (derivedFrom !== null) details.push({ kind: 'derived-rules', from: derivedFrom });
  const name = rule === null ? hook : placeText(rule);
  const cause = { kind: 'packet', fate, hook, destination: packet.destination, own: null } as const;
  return { ...step('iptables', OUTCOMES[fate.kind], name, cause, { details }), cause };
}

function placeText({ chain, number }: RulePlace): string {
  return number === null ? `${chain} policy` : `${chain} rule ${number}`;
}
