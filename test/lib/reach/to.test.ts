/** `--to`: requests that cannot end there are not followed, and nothing is lost by that. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classesAt } from '../../../src/lib/reach/classes';
import { outcomesOf, reach } from '../../../src/lib/reach/reach';
import { leadsTo, parseTo } from '../../../src/lib/reach/to';
import type { Walked } from '../../../src/lib/reach/walked';
import { generatedProxy } from '../../helpers/generated-ways';
import { walked } from '../../helpers/reach';
import { type ScenarioMesh, scenarioMesh } from '../../helpers/scenario-mesh';

const meshes: ScenarioMesh[] = [];
afterAll(() => {
  for (const mesh of meshes) mesh.remove();
});

const COUNT = Number(process.env['CONFIGURATIONS'] ?? 12);
const FIRST = Number(process.env['FIRST'] ?? 760);
const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const TARGETS = [
  'reviews-v2-7bf8c9648f-rzfp6.bookinfo',
  'ratings-v1-b6994bb9-2jqmk.bookinfo',
  'svc/reviews.bookinfo',
  'svc/nowhere.bookinfo',
  'cluster=outbound|9080|v3|reviews.bookinfo.svc.cluster.local',
];

function podsIn(directory: string): (ip: string) => string | null {
  const { items } = JSON.parse(readFileSync(join(directory, 'kubernetes/pods.json'), 'utf8')) as { items: any[] };
  const byAddress = new Map<string, string>(
    items.map(({ metadata, status }) => [status.podIP, `${metadata.name}.${metadata.namespace}`]),
  );
  return (ip) => byAddress.get(ip) ?? null;
}

it.each(['bookinfo', 'bookinfo-strict'])('%s: the same classes as without looking ahead', async (scenario) => {
  const mesh = await scenarioMesh(scenario);
  meshes.push(mesh);
  const tracer = await mesh.session.open(PRODUCTPAGE);
  const podAt = podsIn(mesh.directory);
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
    const ahead = await reach(from, { ...options, leads: leadsTo(target, new Set(), podAt) });
    const told = (found: typeof all) => found.classes.map((one) => JSON.stringify(one)).sort();
    expect(told(ahead)).toEqual(told(all));
    expect(ahead.complete).toBe(true);
    expect(walks).toBeLessThan(before);
  }
});

it('looks ahead nowhere where every end is of interest, and follows what gateways send on', () => {
  expect(leadsTo('outside', new Set())).toBeUndefined();
  expect(leadsTo('host=reviews', new Set())).toBeUndefined();
  expect(() => leadsTo('nowhere', new Set())).toThrow('is not a destination');
});

it('loses no class of generated configurations by what virtual hosts say', async () => {
  let found = 0;
  for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
    const { source, ways, clusters } = generatedProxy(seed);
    const from = walked(source);
    const target = `cluster=${clusters[seed % clusters.length] ?? ''}`;
    const wants = parseTo(target);
    for (const way of [ways[seed % ways.length]!, ways[(seed * 3) % ways.length]!]) {
      const all = await classesAt(outcomesOf(from, wants), way, [], 150);
      const ahead = await classesAt(outcomesOf(from, wants, leadsTo(target, new Set())), way, [], 150);
      if (all.left + ahead.left > 0) continue;
      const led = ahead.classes.filter(({ result }) => wants(result));
      for (const { witness, result } of all.classes) {
        if (!wants(result)) continue;
        found += 1;
        expect(led.filter(({ cell }) => cell.has(witness))).toHaveLength(1);
      }
    }
  }
  expect(found).toBeGreaterThan(COUNT / 4);
});
