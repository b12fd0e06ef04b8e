/** Names that every JavaScript object has are names like any other where others choose them. */
import { configOrigin } from '../../src/lib/envoy/product-origin';
import { decoded } from '../../src/lib/envoy/decode';
import { toProtoNames } from '../../src/lib/envoy/field-names';
import { protocolIs } from '../../src/lib/iptables/conditions';
import { ownField } from '../../src/lib/own-field';
import { readZtunnelDump } from '../../src/lib/ztunnel/read-dump';

const NAMES = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', 'isPrototypeOf'];

test.each(NAMES)('%s', async (name) => {
  expect(ownField({}, name)).toBeUndefined();
  expect(ownField(JSON.parse(`{"${name}": 1}`) as Record<string, number>, name)).toBe(1);
  if (name.startsWith('_')) expect(() => protocolIs(name)).toThrow('is not a protocol');
  else expect(protocolIs(name).text).toBe(`-p ${name.toLowerCase()}`);
  for (const key of Object.keys(toProtoNames({ [name]: { aB: 1 } }) as object)) expect(typeof key).toBe('string');
  // A section of a ztunnel's dump.
  const text = `{"workloads":[],"${name}":[{"a":1}]}`;
  expect((await readZtunnelDump('dump.json', one(Buffer.from(text)), {})).forms.workloads).toBe('list');
  // A text where a number is expected.
  expect(() => (decoded({ value: name }, 'Percent', '/a') as { readonly value?: unknown }).value).toThrow(
    /^\/a\/value is the text/,
  );
  // The kind of an object that istiod names.
  const config = `/apis/x/v1/namespaces/ns/${name}/o`;
  expect(configOrigin({ filter_metadata: { istio: { config } } })?.kind.toLowerCase()).toBe(name.toLowerCase());
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
