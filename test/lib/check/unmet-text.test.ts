import { unmetLines } from '../../../src/lib/check/unmet-text';

describe('an expectation that is not met', () => {
  it.each([
    ['cluster', 'a', 'b', ['cluster: expected a', '           actual b']],
    ['status', 200, null, ['status: expected 200', '          actual (none)']],
    ['hops[1].route', 'x', 'y', ['hops[1].route: expected x', '                 actual y']],
    ['clusters', { a: 0.9, b: 0.1 }, { a: 1 }, ['clusters: expected a 90%, b 10%', '            actual a 100%']],
    ['pods', ['p'], [], ['pods: expected ["p"]', '        actual []']],
    ['not.cluster', 'a', 'a', ['not.cluster: a must not be']],
  ])('of %s is shown with what came', (key, expected, actual, lines) => {
    expect(unmetLines({ key, expected, actual })).toEqual(lines);
  });
});
