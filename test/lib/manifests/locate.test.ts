import { locateTrace } from '../../../src/lib/manifests/locate';
import { readManifests } from '../../../src/lib/manifests/manifest';
import { objectOrigin } from '../../../src/lib/envoy/istio-config';
import { FACTS, type ManifestPlace, type Step, type Trace } from '../../../src/lib/trace/model';
import type { StepFacts } from '../../../src/lib/trace/facts/step';
import { fakeHop, fakeTrace } from '../../helpers/fake-trace';

const SERVICE = `# routes
kind: VirtualService
metadata: {name: web, namespace: shop}
spec:
  http:
    - match:
        - uri: {prefix: /a}
        - uri: {prefix: /b}
    - name: rest
      route: []
`;

const base = (fakeHop().steps[0] ?? {}) as Step;

/** A trace of one step that came from an object. */
function traceOf(step: Partial<Step>, hop: object = {}): Trace {
  return fakeTrace({ hops: [fakeHop({ ...hop, steps: [{ ...base, ...step }] })] });
}

function placeOf(trace: Trace, ...texts: string[]): ManifestPlace | undefined {
  const manifests = texts.flatMap((text, index) => readManifests(`${index}.yaml`, text).manifests);
  return locateTrace(trace, manifests).hops[0]?.steps[0]?.manifest;
}

const route = (index: number, name: string | null = null, more: object = {}): Trace =>
  traceOf(
    { stage: 'route', outcome: 'matched', origin: objectOrigin('VirtualService', 'virtualservice', 'web', 'shop') },
    { route: { name, index }, ...more },
  );

describe('a route of a VirtualService', () => {
  it.each([
    [0, null, 'spec.http[0].match[0]', 7],
    [1, null, 'spec.http[0].match[1]', 8],
    [2, 'rest', 'spec.http[1]', 9],
  ])('#%d %s is that of %s', (index, name, rule, line) => {
    expect(placeOf(route(index, name), SERVICE)).toEqual({ file: '0.yaml', line, rule, note: null });
  });

  it.each([
    ['behind rules for some proxies alone', 1, SERVICE.replace('uri: {prefix: /a}', 'sourceLabels: {app: a}'), {}],
    ['of a gateway', 0, SERVICE, { direction: 'gateway' }],
    ['that the file does not have', 5, SERVICE, {}],
    ['behind a delegate', 1, SERVICE.replace('route: []', 'delegate: {name: x}'), {}],
  ])('%s is not guessed', (_what, index, text, hop) => {
    expect(placeOf(route(index, null, hop), text)).toMatchObject({
      rule: 'spec.http',
      note: expect.stringContaining('the number of the rule is not known'),
    });
  });

  it('says where no file, or more than one, has the object', () => {
    expect(placeOf(route(0))).toMatchObject({ file: null, line: null, note: 'it is in none of the manifests' });
    expect(placeOf(route(0), SERVICE, SERVICE)?.note).toBe('it is in several of the manifests: 0.yaml:2, 1.yaml:2');
    const elsewhere = SERVICE.replace('namespace: shop', 'namespace: other');
    expect(placeOf(route(0), elsewhere)?.file).toBeNull();
    expect(placeOf(route(0), SERVICE.replace(', namespace: shop', ''))?.file).toBe('0.yaml');
  });
});

test('the rule of an AuthorizationPolicy is known without its file', () => {
  const step = { origin: objectOrigin('AuthorizationPolicy', 'authorizationpolicy', 'readers', 'shop') };
  const trace = traceOf({ ...step, [FACTS]: { policy: 'ns[shop]-policy[readers]-rule[1]' } as unknown as StepFacts });
  expect(placeOf(trace)).toMatchObject({ file: null, rule: 'spec.rules[1]' });
  const list = `apiVersion: v1\nkind: List\nitems:\n  - kind: AuthorizationPolicy\n    metadata: {name: readers, namespace: shop}\n    spec:\n      rules:\n        - {}\n        - from: []\n`;
  expect(placeOf(trace, list)).toEqual({ file: '0.yaml', line: 9, rule: 'spec.rules[1]', note: null });
});

test('a subset of a DestinationRule, and a rule of an HTTPRoute', () => {
  const origin = objectOrigin('DestinationRule', 'destinationrule', 'web', 'shop');
  const rule = `kind: DestinationRule\nmetadata: {name: web, namespace: shop}\nspec:\n  subsets:\n    - name: v1\n    - name: v2\n`;
  const trace = (subset: string): Trace =>
    traceOf({ stage: 'cluster', name: `outbound|80|${subset}|web.shop`, origin });
  expect(placeOf(trace('v2'), rule)).toMatchObject({ line: 6, rule: 'spec.subsets[1]', note: null });
  expect(placeOf(trace('v3'), rule)).toMatchObject({ rule: 'spec', note: expect.stringContaining('no subset v3') });
  const own = traceOf(
    { stage: 'route', origin: objectOrigin('HTTPRoute', 'httproute', 'web', 'shop') },
    { route: { name: 'shop.web.2', index: 0 } },
  );
  expect(placeOf(own)).toMatchObject({ rule: 'spec.rules[2]' });
});

test('templates are passed over with a note, other documents of the file are read', () => {
  const { manifests, notes } = readManifests(
    'chart.yaml',
    `${SERVICE}---\na: {{ .x }}\n  {{- if }}\n---\nkind: A\nmetadata: {name: b}\n`,
  );
  expect(manifests.map(({ kind }) => kind)).toContain('VirtualService');
  expect(notes).toEqual([expect.stringMatching(/^chart\.yaml is skipped: it is not plain YAML/)]);
  const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
  expect(readManifests('bomb.yaml', bomb)).toMatchObject({
    manifests: [],
    notes: [expect.stringContaining('bomb.yaml')],
  });
});
