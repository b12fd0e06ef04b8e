/** `--to`: requests that cannot end there are not followed, and nothing is lost by that. */
import { reach } from '../../../src/lib/reach/reach';
import { leadsTo, parseTo } from '../../../src/lib/reach/to';
import type { Walked } from '../../../src/lib/reach/walked';
import { type ScenarioMesh, scenarioMesh } from '../../helpers/scenario-mesh';

const meshes: ScenarioMesh[] = [];
afterAll(() => {
  for (const mesh of meshes) mesh.remove();
});

const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const TARGETS = [
  'reviews-v2-7bf8c9648f-rzfp6.bookinfo',
  'ratings-v1-b6994bb9-2jqmk.bookinfo',
  'svc/reviews.bookinfo',
  'svc/nowhere.bookinfo',
  'cluster=outbound|9080|v3|reviews.bookinfo.svc.cluster.local',
];

it.each(['bookinfo', 'bookinfo-strict'])('%s: the same classes as without looking ahead', async (scenario) => {
  const mesh = await scenarioMesh(scenario);
  meshes.push(mesh);
  const tracer = await mesh.session.open(PRODUCTPAGE);
  let walks = 0;
  const from: Walked = {
    proxy: tracer.proxy,
    config: tracer.config,
    trace: async (query, watch) => {
      walks += query.oneHop === true ? 0 : 1;
      return await tracer.trace(query, { allBranches: true, explain: false, watch });
    },
  };
  for (const target of TARGETS) {
    const options = { where: [], fixed: {}, oneHop: false, most: 1000, wants: parseTo(target) };
    walks = 0;
    const all = await reach(from, options);
    const before = walks;
    walks = 0;
    const ahead = await reach(from, { ...options, leads: leadsTo(target, new Set()) });
    const told = (found: typeof all) => found.classes.map((one) => JSON.stringify(one)).sort();
    expect(told(ahead)).toEqual(told(all));
    expect(ahead.complete).toBe(true);
    expect(walks).toBeLessThan(before);
  }
});

it('looks ahead nowhere where every end is of interest, and follows what gateways send on', () => {
  expect(leadsTo('outside', new Set())).toBeUndefined();
  expect(leadsTo('host=reviews', new Set())).toBeUndefined();
  expect(() => leadsTo('nowhere', new Set())).toThrow('is no destination');
});
