import { isExact, jsonText, parseExactly } from '../../src/lib/exact-number';

it('a number with very many zeros in its middle stands as it is written, and is read once', () => {
  // An expression that looked for the last zeros took a minute for these.
  const number = `0.1${'0'.repeat(300_000)}1`;
  expect(isExact(number)).toBe(true);
  expect(jsonText(parseExactly(`{"n":${number}}`))).toBe(`{"n":${number}}`);
});

it.each(['1e5', '1.50', '-0', '0e999', '0.000', '10', '1000000000000000000', '1E+2', '120e-1'])(
  '%s is held by a double',
  (number) => {
    expect(isExact(number)).toBe(false);
  },
);

it.each(['1e400', '0.1e-400', '9007199254740993', '1000000000000000000001', '0.10000000000000000001', '-1e-999'])(
  '%s is not',
  (number) => {
    expect(isExact(number)).toBe(true);
  },
);
