/** The words of check files are those of traces. */
import check from '../../../schemas/check.schema.json';
import trace from '../../../schemas/trace.schema.json';
import { VOCABULARIES } from '../../../src/lib/check/vocabulary';
import { parseExpectations } from '../../../src/lib/cli/trace/expect-flags';
import { TERMS } from '../../../src/lib/glossary/glossary';
import { UsageError } from '../../../src/lib/errors';

/** Every place in a schema that says what a key may be. */
function* placesOf(schema: unknown, key: string): Generator<{ readonly enum?: readonly unknown[] }> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [name, value] of Object.entries(schema)) {
    if (name === key) yield value as { readonly enum?: readonly unknown[] };
    yield* placesOf(value, key);
  }
}

test.each(['verdict', 'reason'] as const)('%s takes the words of a trace, wherever it is expected', (key) => {
  const words = [...new Set([...trace.properties[key].enum, null])];
  const places = [...placesOf(check, key)];
  expect(places.length).toBeGreaterThan(0);
  for (const place of places) expect(place.enum).toEqual(words);
});

test('response flags are those of the glossary', () => {
  const flags = TERMS.filter((term) => term.kind === 'response flag').map(({ name }) => name);
  expect([...(VOCABULARIES['responseFlags'] ?? [])].sort()).toEqual([...flags].sort());
});

test('directions are those of a trace', () => {
  for (const place of placesOf(check, 'direction')) {
    if (place.enum !== undefined)
      expect(place.enum).toEqual([...trace.definitions.hop.properties.direction.enum, null]);
  }
});

test('--expect refuses a word that no trace says', () => {
  expect(VOCABULARIES['reason']).toContain('no-route');
  expect(parseExpectations(['reason=no-route', 'verdict!=denied'])).toMatchObject({ reason: 'no-route' });
  for (const text of [
    'reason=no-vhost',
    'reason!=no-vhost',
    'verdict=deliverd',
    'responseFlags=NRR',
    'status=20O',
    'share=deliverd:1',
    'branches[0].share!=1',
  ]) {
    expect(() => parseExpectations([text])).toThrow(UsageError);
  }
  expect(
    parseExpectations(['share=60%', 'branches[0].verdict=failed', 'branches[0].share=0.4', 'responseFlags=URX,UF']),
  ).toEqual({
    share: 0.6,
    branches: [{ verdict: 'failed', share: 0.4 }],
    responseFlags: 'URX,UF',
  });
  expect(parseExpectations(['share=delivered:60%,failed:40%'])).toEqual({ share: { delivered: 0.6, failed: 0.4 } });
});
