/** Kubernetes lists of a snapshot: what a field is read as is what it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { checkShapes } from '../../../src/lib/source/kubernetes-shapes';
import { LIST_FILES } from '../../../src/lib/source/snapshot-layout';
import { InputError } from '../../../src/lib/errors';

const ROOT = join(__dirname, '../../../sample');

function itemsOf(path: string): readonly unknown[] {
  const text = gunzipSync(readFileSync(join(ROOT, path))).toString('utf8');
  return (JSON.parse(text) as { readonly items: readonly unknown[] }).items;
}

const OF_THE_SAMPLES = ['kubernetes', 'ambient/kubernetes'].flatMap((folder) =>
  LIST_FILES.filter((name) => name !== 'networkpolicies.json').map((name) => [folder, name] as const),
);

test.each(OF_THE_SAMPLES)('%s/%s is as Kubernetes writes it', (folder, name) => {
  expect(() => {
    checkShapes(name, name, itemsOf(`${folder}/${name}.gz`));
  }).not.toThrow();
});

test.each([
  ['pods.json', [{}, { spec: { containers: {} } }], '/items/1/spec/containers is an object, a list was expected'],
  ['pods.json', [{ metadata: { labels: { 'a/b': 1 } } }], '/items/0/metadata/labels/a~1b is the value 1, a text was'],
  ['pods.json', [{}, null], '/items/1 is null, an object was expected'],
  ['pods.json', [5], '/items/0 is the value 5, an object was expected'],
  ['pods.json', [{ status: { podIPs: [null, { ip: 7 }] } }], '/items/0/status/podIPs/1/ip is the value 7'],
  [
    'services.json',
    [{ spec: { ports: [{ port: '80' }] } }],
    '/items/0/spec/ports/0/port is the text "80", a number was',
  ],
  [
    'services.json',
    [{ spec: { ports: [{ targetPort: [] }] } }],
    'targetPort is a list, a number or a name was expected',
  ],
  [
    'endpointslices.json',
    [{ endpoints: [{ conditions: { ready: 'yes' } }] }],
    'ready is the text "yes", true or false',
  ],
  [
    'networkpolicies.json',
    [{ spec: { ingress: [{ ports: [{ port: {} }] }] } }],
    '/items/0/spec/ingress/0/ports/0/port',
  ],
] as const)('%s with %j', (name, items, says) => {
  expect(() => {
    checkShapes('list', name, items);
  }).toThrow(says);
});

test('null is absent, and a field that nobody reads may be anything', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      checkShapes('list', 'pods.json', [{ metadata: null, spec: { nodeName: null, tolerations: value }, x: value }]);
    }),
  );
});

test('any value in place of any field is taken, or refused with its pointer', () => {
  const pods = JSON.stringify(itemsOf('kubernetes/pods.json.gz'));
  fc.assert(
    fc.property(fc.constantFrom('metadata', 'spec', 'status'), fc.jsonValue(), (name, value) => {
      const items = JSON.parse(pods) as Record<string, unknown>[];
      const item = items[0] ?? {};
      item[name] = value;
      try {
        checkShapes('list', 'pods.json', items);
        expect(value === null || (typeof value === 'object' && !Array.isArray(value))).toBe(true);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(new RegExp(`^list: /items/0/${name}`));
      }
    }),
  );
});
