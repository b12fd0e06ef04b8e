/** A trace as a tree for people: each hop, each step with its reason, the nearest candidates it did not take. */
import type { TreeNode } from '../render/tree';
import type { Branch, ClusterChance, Hop, Outcome, Step, Trace } from '../trace/model';

const MARK: Readonly<Record<Step['outcome'], string>> = {
  matched: '✔',
  passed: '✔',
  missed: '✘',
  ended: '✘',
  unknown: '?',
  noted: '·',
};

const TONE: Readonly<Record<Step['outcome'], TreeNode['tone']>> = {
  matched: 'plain',
  passed: 'plain',
  missed: 'bad',
  ended: 'bad',
  unknown: 'warn',
  noted: 'dim',
};

/** How many endpoints of a cluster the tree lists before it counts the rest. */
const LISTED = 8;

/** The whole trace: request, hops, verdict, branches. */
export function traceTree(trace: Trace): readonly TreeNode[] {
  return [
    { text: requestLine(trace), children: requestFacts(trace) },
    ...trace.hops.map((hop, index) => hopNode(hop, index)),
    { text: verdictLine(trace), tone: toneOf(trace), children: [{ text: trace.summary }] },
    ...(trace.branches.length === 0
      ? []
      : [{ text: 'Other ways it can go', children: trace.branches.map(branchNode) }]),
  ];
}

function requestLine({ request }: Trace): string {
  return request.method === null ? request.url : `${request.method} ${request.url}`;
}

function requestFacts({ request }: Trace): readonly TreeNode[] {
  const { source, destination } = request;
  return [
    ...request.headers.map(([name, value]) => ({ label: 'header', text: `${name}: ${value}` })),
    ...(source.proxy === null && source.ip === null
      ? []
      : [{ label: 'from', text: [source.proxy, source.ip].filter((part) => part !== null).join(' ') }]),
    ...(destination === null ? [] : [{ label: 'to', text: addressText(destination.ip, destination.port) }]),
  ];
}

function hopNode(hop: Hop, index: number): TreeNode {
  return {
    text: `${index + 1}. ${hop.direction}, ${hop.proxy ?? 'this proxy'}`,
    children: [...hop.steps.map(stepNode), ...hop.clusters.flatMap((cluster) => clusterNodes(cluster, hop))],
  };
}

function stepNode(step: Step): TreeNode {
  const origin = step.origin;
  return {
    label: stageText(step.stage),
    text: `${MARK[step.outcome]} ${step.name === null ? '' : `${step.name}: `}${step.because}`,
    tone: TONE[step.outcome] ?? 'plain',
    children: [
      ...step.details.map(([label, text]) => ({ label, text })),
      ...(origin === null
        ? []
        : [
            {
              label: 'from',
              text: `${origin.kind} ${origin.name}.${origin.namespace}   ${origin.command}`,
              tone: 'dim' as const,
            },
          ]),
      ...step.rejected.map((rejection) => ({
        text: `✘ ${rejection.name}: ${rejection.because}`,
        tone: 'dim' as const,
      })),
      ...moreRejected(step),
    ],
  };
}

function moreRejected(step: Step): readonly TreeNode[] {
  const more = step.rejectedCount - step.rejected.length;
  return more > 0 && step.rejected.length > 0
    ? [{ text: `and ${more} more not taken (--explain lists them)`, tone: 'dim' }]
    : [];
}

/** Stages in words that line up. */
function stageText(stage: Step['stage']): string {
  return stage === 'http-connection-manager'
    ? 'http manager'
    : stage === 'route-configuration'
      ? 'route config'
      : stage.replaceAll('-', ' ');
}

function clusterNodes(cluster: ClusterChance, hop: Hop): readonly TreeNode[] {
  const share = hop.clusters.length > 1 ? `${percent(cluster.share)} ` : '';
  const listed = cluster.endpoints.slice(0, LISTED);
  const more = cluster.endpoints.length - listed.length;
  return [
    {
      label: 'goes to',
      text: `${share}${cluster.name}${cluster.type === null ? ' (not in this dump)' : ''}`,
      tone: 'good',
      children: [
        ...listed.map((endpoint) => ({
          text: `${percent(endpoint.share)} ${addressText(endpoint.address, endpoint.port)} ${endpoint.health}${endpoint.pod === null ? '' : `  ${endpoint.pod}`}`,
          tone: endpoint.share > 0 ? ('plain' as const) : ('dim' as const),
        })),
        ...(more > 0 ? [{ text: `and ${more} more endpoints`, tone: 'dim' as const }] : []),
      ],
    },
  ];
}

function branchNode(branch: Branch): TreeNode {
  return {
    text: `${percent(branch.share)} ${branch.because}: ${verdictLine(branch)}`,
    tone: toneOf(branch),
    children: branch.hops.map((hop) => ({
      text: `${hop.direction} ${hop.proxy ?? ''}: ${[hop.listener?.name, hop.route?.name, hop.clusters.map((c) => c.name).join(', ')].filter((part) => part !== undefined && part !== null && part !== '').join(' → ')}`,
    })),
  };
}

/** `failed (no-virtual-host), 404 NR`. */
export function verdictLine(outcome: Outcome): string {
  const reason = outcome.reason === null ? '' : ` (${outcome.reason})`;
  const status = outcome.status === null ? '' : ` ${outcome.status}`;
  const flags = outcome.responseFlags === null ? '' : ` ${outcome.responseFlags}`;
  const location = outcome.location === null ? '' : ` to ${outcome.location}`;
  const policy = outcome.policy === null ? '' : ` by ${outcome.policy}`;
  const answer = status + flags + location + policy;
  return `${outcome.verdict}${reason}${answer === '' ? '' : `:${answer}`}`;
}

function toneOf(outcome: Outcome): NonNullable<TreeNode['tone']> {
  if (outcome.verdict === 'unknown') return 'warn';
  return outcome.verdict === 'denied' || outcome.verdict === 'failed' ? 'bad' : 'good';
}

/** A share as people read it: `90%`, `33.3%`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${Number.isInteger(value) ? value : Number(value.toFixed(1))}%`;
}

function addressText(ip: string, port: number): string {
  return ip.includes(':') && !ip.includes('/') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
