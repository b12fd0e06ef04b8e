/** A trace with every field that its type has is what the schema takes, and docs/trace-json.md names each field of the schema. */
import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../../schemas/trace.schema.json';
import { traceJson } from '../../../src/lib/explain/trace-json';
import type { Branch, Hop, Proof, Step, Trace } from '../../../src/lib/trace/model';
import { INBOUND, OUTBOUND, traceOf } from '../../helpers/traces';

/** A value of the type with every field that comes in JSON, those that may be absent included: a new one does not compile without. */
type Every<T> = { readonly [K in keyof T & string]-?: Exclude<T[K], undefined> };

const [first, ...rest] = OUTBOUND.steps;
if (first === undefined) throw new Error('the trace of the helper has no step');
const STEP: Every<Step> = {
  ...first,
  rejected: [{ name: 'a', because: 'b' }],
  origin: { kind: 'VirtualService', name: 'a', namespace: 'b', command: 'kubectl get virtualservice a -n b -o yaml' },
  manifest: { file: 'a.yaml', line: 1, rule: null, note: 'why' },
};
const HOP: Every<Hop> = {
  ...OUTBOUND,
  workload: 'a.b',
  service: 'a.b.svc.cluster.local',
  waypoint: null,
  protocol: 'HBONE',
  authority: '10.0.0.1:80',
  next: { address: '10.0.0.1', port: 15008, workload: null },
  policy: null,
  steps: [STEP, ...rest],
};
const OUTCOME = { status: null, statusDependsOn: 'what the filter answers' };
const BRANCH: Every<Branch> = { ...traceOf(OUTCOME), ...OUTCOME, share: 0.1, because: 'another cluster', hops: [HOP] };
const PROOF: Every<Proof> = {
  sent: 1,
  by: 'mctl',
  status: 200,
  steps: [{ hop: 0, stage: 'route', name: null, seen: true, evidence: 'the log' }],
  ways: [{ because: null, share: 1, seen: 1 }],
  agrees: true,
};
const TRACE: Every<Trace> = {
  ...traceOf(OUTCOME),
  ...OUTCOME,
  hops: [HOP, INBOUND],
  branches: [branchAlone(BRANCH)],
  share: 0.8,
  unwalked: 0.1,
  proof: PROOF,
};

/** Without what a branch does not have of the trace that it was made of. */
function branchAlone(branch: Branch): Branch {
  const {
    share,
    verdict,
    reason,
    status,
    statusDependsOn = '',
    responseFlags,
    location,
    policy,
    because,
    hops,
  } = branch;
  return { share, verdict, reason, status, statusDependsOn, responseFlags, location, policy, because, hops };
}

test('every field that a trace can have is one of the schema', () => {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true }).compile(schema);
  validate(JSON.parse(JSON.stringify(traceJson(TRACE))));
  expect(validate.errors ?? []).toEqual([]);
});

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly [keyword: string]: unknown;
}

/** The names of an object's fields, and of those of objects and lists that stand in it itself; not of what it refers to. */
function fieldsIn({ properties = {}, items }: Node): readonly string[] {
  const own = Object.entries(properties).flatMap(([name, node]) => [name, ...fieldsIn(node)]);
  return items === undefined ? own : [...own, ...fieldsIn(items)];
}

const PAGE = readFileSync(join(__dirname, '../../../docs/trace-json.md'), 'utf8');
const SECTIONS: readonly (readonly [heading: string, node: Node])[] = [
  ['At the top', schema],
  ['The request', schema.definitions.request],
  ['A hop', schema.definitions.hop],
  ['A cluster', schema.definitions.cluster],
  ['An endpoint', schema.definitions.endpoint],
  ['A step', schema.definitions.step],
  ['A branch', schema.definitions.branch],
];

test.each(SECTIONS)('the page names the fields under "%s", and no others', (heading, node) => {
  const section = PAGE.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const named = new Set([...section.matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name));
  expect(fieldsIn(node).filter((name) => !named.has(name))).toEqual([]);
  const rows = [...section.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = '']) => cell.split(/, /));
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter((name) => !Object.hasOwn(node.properties ?? {}, name.replaceAll('`', '')))).toEqual([]);
});
