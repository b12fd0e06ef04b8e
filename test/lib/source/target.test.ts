import { parseTarget } from '../../../src/lib/source/target';

describe('parseTarget', () => {
  it.each([
    ['pod.ns', 'Pod', { name: 'pod', namespace: 'ns' }],
    ['pod', 'Pod', { name: 'pod', namespace: null }],
    ['a.b.c', 'Pod', { name: 'a.b', namespace: 'c' }],
    ['deploy/foo.bar', 'Deployment', { name: 'foo', namespace: 'bar' }],
    ['deployments.v1.apps/foo', 'Deployment', { name: 'foo', namespace: null }],
    ['svc/reviews', 'Service', { name: 'reviews', namespace: null }],
    ['STS/db.prod', 'StatefulSet', { name: 'db', namespace: 'prod' }],
    ['pod/x.ns', 'Pod', { name: 'x', namespace: 'ns' }],
    ['gateway/gw.ns', 'Gateway', { name: 'gw', namespace: 'ns' }],
    ['bookinfo/reviews-v1', 'unknown', { name: 'reviews-v1', namespace: 'bookinfo' }],
    ['bookinfo/a.b', 'unknown', { name: 'a.b', namespace: 'bookinfo' }],
    ['/x', 'Pod', { name: '/x', namespace: null }],
    ['constructor/x', 'unknown', { name: 'x', namespace: 'constructor' }],
  ])('reads %s', (text, kind, first) => {
    const target = parseTarget(text);
    expect(target.kind).toBe(kind);
    expect(target.readings[0]).toEqual(first);
  });

  it('keeps every reading of a name with dots', () => {
    expect(parseTarget('a.b.c').readings).toEqual([
      { name: 'a.b', namespace: 'c' },
      { name: 'a', namespace: 'b.c' },
      { name: 'a.b.c', namespace: null },
    ]);
  });
});
