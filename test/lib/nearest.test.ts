import fc from 'fast-check';
import { nearest } from '../../src/lib/nearest';

describe('nearest', () => {
  it.each([
    ['listner', ['route', 'listener', 'cluster'], ['listener']],
    ['reviws', ['reviews', 'ratings', 'details'], ['reviews']],
    ['ab', ['ba'], ['ba']],
    ['review', ['reviews.bookinfo', 'reviews'], ['reviews', 'reviews.bookinfo']],
    ['HTTP', ['http'], ['http']],
    ['zzz', ['route'], []],
    ['', ['route'], []],
  ])('finds for %s among %j', (wanted, candidates, expected) => {
    expect(nearest(wanted, candidates)).toEqual(expected);
  });

  it('finds what differs in a few letters, whatever the letters are', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40 }),
        fc.nat(),
        fc.string({ unit: 'binary', maxLength: 1 }),
        (wanted, at, other) => {
          const place = at % wanted.length;
          const changed = `${wanted.slice(0, place)}${other}${wanted.slice(place + 1)}`;
          expect(nearest(wanted, [changed, changed])).toEqual([changed]);
        },
      ),
    );
  });

  it('puts the text itself first, and never more than asked for', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 50 }), fc.array(fc.string()), (wanted, others) => {
        const found = nearest(wanted, [...others, wanted], 2);
        expect(found.length).toBeLessThanOrEqual(2);
        expect(found[0]?.toLowerCase()).toBe(wanted.toLowerCase());
      }),
    );
  });
});
