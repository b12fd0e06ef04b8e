/** Classes divide every request: each is of one class alone, and ends as that says. */
import fc from 'fast-check';
import { classesAt } from '../../../src/lib/reach/classes';
import { dividedRequests } from '../../../src/lib/reach/division';
import { workOf } from '../../../src/lib/reach/explore';
import { gatewayDestinations } from '../../../src/lib/reach/destinations';
import { outcomeKey, outcomeOf } from '../../../src/lib/reach/outcome';
import { queryOf, type ReachWay } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import type { Walked } from '../../../src/lib/reach/walked';
import { generated, proxyOfGenerated } from '../../helpers/generated-mesh';
import { near, ofRoutes, routeConditions, routesFrom, walked, WAY } from '../../helpers/reach';

async function expectDivided(from: Walked, way: ReachWay): Promise<number> {
  const {
    wanted: classes,
    unsplit,
    left,
  } = await classesAt(
    outcomesOf(from, () => true),
    way,
    [],
    500,
  );
  if (left > 0) return 0;
  await fc.assert(
    fc.asyncProperty(near(classes.map(({ witness }) => witness)), async (values) => {
      const own = classes.filter(({ cell }) => cell.has(values));
      expect(own).toHaveLength(1);
      const ended = outcomeOf(await from.trace(queryOf(values, way)));
      if (unsplit.length === 0) expect(outcomeKey(ended)).toBe(own[0] === undefined ? null : outcomeKey(own[0].result));
    }),
    { numRuns: 40 },
  );
  return unsplit.length === 0 ? classes.length : 0;
}

it('divides what routes ask: each request is of one class, and ends as it says', async () => {
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(routeConditions, { maxLength: 6 }), async (drawn) => {
      exact += await expectDivided(ofRoutes(routesFrom(drawn)), WAY);
    }),
    { numRuns: 25 },
  );
  expect(exact).toBeGreaterThan(50);
});

it('divides generated configurations', async () => {
  let exact = 0;
  for (let seed = 1; seed <= 12; seed += 1) {
    const source = proxyOfGenerated(generated(seed));
    for (const destination of gatewayDestinations([source]).slice(0, 2)) {
      exact += await expectDivided(walked(source), { destination, mode: 'gateway', oneHop: true, fixed: {} });
    }
  }
  expect(exact).toBeGreaterThan(0);
});

it('does not ask whether a client calls from its own address where no filter chain does', async () => {
  const from = ofRoutes([{ match: { path: '/a' }, direct_response: { status: 200 } }]);
  const { classes } = await classesAt(
    outcomesOf(from, () => true),
    WAY,
    [],
    100,
  );
  expect(classes.flatMap(({ cell }) => cell.dimensions)).not.toContain('source-ip');
  expect(classes.length).toBeGreaterThan(1);
});

describe('where routes ask too much to be divided to the end', () => {
  const from = ofRoutes(
    Array.from({ length: 300 }, (_unused, index) => ({
      match: { path: `/p${index}`, headers: [{ name: 'x', string_match: { exact: `v${index}` } }] },
      direct_response: { status: 200 },
    })),
  );
  const question = outcomesOf(from, () => true);

  it('asks no more than it may, and counts what is left', async () => {
    const work = { left: 5000 };
    const { classes, left } = await classesAt(question, WAY, [], 1000, work);
    expect(left).toBeGreaterThan(0);
    expect(classes.length).toBeGreaterThan(0);
    // No class asks more than each of the paths and headers, and a class itself counts as 2,000 conditions.
    expect(work.left).toBeGreaterThan(-2 * 300 - 2100);
  });

  it('leaves room for 10,000 classes of a thousand conditions each, and goes on with more where more may be made', () => {
    const classes = (most: number): number => Math.floor(workOf(most).left / (2000 + 1000));
    expect([classes(1), classes(10_000), classes(100_000)]).toEqual([12_000, 12_000, 162_000]);
  });

  it('says so', async () => {
    const { from: proxy, ...more } = { from: [from.config], where: [], fixed: {}, oneHop: true };
    const { unsplit } = await dividedRequests(proxy, question, { ...more, most: 1000, work: { left: 5000 } });
    expect(unsplit.join()).toMatch(
      /^\d+ parts of the requests to port \d+, left out after \d+ classes: they take more work than --max-classes 1000 allows/,
    );
  });
});

it('says that it does not divide by a matcher tree over the path', async () => {
  const action = (status: number) => ({
    action: {
      name: 'route',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.config.route.v3.Route',
        match: { prefix: '/' },
        direct_response: { status },
      },
    },
  });
  const input = {
    name: 'path',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput',
      header_name: ':path',
    },
  };
  const matcher = {
    matcher_tree: { input, exact_match_map: { map: { '/': action(200) } } },
    on_no_match: action(404),
  };
  const { unsplit } = await classesAt(
    outcomesOf(ofRoutes([], { matcher }), () => true),
    WAY,
    [],
    10,
  );
  expect(unsplit).toEqual(['the header :path, which a matcher tree reads']);
});

it('divides by a header that steers Envoy wherever a matcher names it, and says what it does not follow', async () => {
  const rbac = {
    name: 'rbac',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
      rules: {
        action: 'DENY',
        policies: {
          p: {
            permissions: [{ any: true }],
            principals: [{ remote_ip: { address_prefix: '10.0.0.0', prefix_len: 8 } }],
          },
        },
      },
    },
  };
  const routes = [
    { match: { prefix: '/a' }, direct_response: { status: 200 } },
    {
      match: { prefix: '/', headers: [{ name: 'x-forwarded-for', string_match: { exact: '10.0.0.1' } }] },
      direct_response: { status: 201 },
    },
  ];
  const from = ofRoutes(routes, {}, [rbac]);
  const { classes } = await classesAt(
    outcomesOf(from, () => true),
    WAY,
    [],
    500,
  );
  const values = new Map([
    ['host', 'a'],
    ['path', '/a'],
    ['method', 'GET'],
    ['tls', 'plaintext'],
    ['source-ip', '203.0.113.7'],
    ['header:x-forwarded-for', '10.0.0.1'],
  ]);
  const [own, ...more] = classes.filter(({ cell }) => cell.has(values));
  expect(more).toEqual([]);
  expect(own!.unsplit).toEqual(['the value of the header x-forwarded-for']);
  values.delete('header:x-forwarded-for');
  const [plain] = classes.filter(({ cell }) => cell.has(values));
  expect(plain).toMatchObject({ unsplit: [], result: { status: 200 } });
});

describe('headers by which clients steer Envoy', () => {
  const routesNaming = (names: readonly (string | null)[]) =>
    names.map((name, index) => ({
      match: {
        prefix: `/r${index}/`,
        ...(name === null ? {} : { headers: [{ name, string_match: { exact: 'a' } }] }),
      },
      direct_response: { status: 200 + index },
    }));

  async function walksFor(
    names: readonly (string | null)[],
  ): Promise<{ walks: number; classes: number; left: number }> {
    const { observe, ...rest } = outcomesOf(ofRoutes(routesNaming(names)), () => true);
    let walks = 0;
    const counted: typeof observe = async (...asked) => {
      walks += 1;
      return await observe(...asked);
    };
    const { classes, left } = await classesAt({ ...rest, observe: counted }, WAY, [], 1000);
    return { walks, classes: classes.length, left };
  }

  it('begins anew as soon as a matcher names one, not when all is divided', async () => {
    const { walks, classes, left } = await walksFor(['x-forwarded-host', ...Array.from({ length: 120 }, () => null)]);
    expect(left).toBe(0);
    expect(classes).toBeGreaterThan(100);
    expect(walks).toBeLessThan(classes * 1.2);
  });

  it('is not slowed by many that turn up one after the other', async () => {
    const { walks, classes, left } = await walksFor(
      Array.from({ length: 40 }, (_unused, index) => `x-forwarded-${index}`),
    );
    expect(left).toBe(0);
    expect(classes).toBeGreaterThan(100);
    expect(walks).toBeLessThan(classes * 4);
  });
});
