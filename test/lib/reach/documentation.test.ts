/** The tables of docs/reach-bookinfo.md are those of these meshes. `UPDATE_DOCS=1 npx jest test/lib/reach/documentation` writes them anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClassOfRequests, reach } from '../../../src/lib/reach/reach';
import { outcomeText, whereText } from '../../../src/lib/reach/table';
import { type ScenarioMesh, scenarioMesh } from '../../helpers/scenario-mesh';

const PAGE = join(__dirname, '../../../docs/reach-bookinfo.md');
const PRODUCTPAGE = 'productpage-v1-6b746f74dc-9stvs.bookinfo';

const meshes: ScenarioMesh[] = [];
afterAll(() => {
  for (const mesh of meshes) mesh.remove();
});

async function classesOf(scenario: string, pod = PRODUCTPAGE, inbound = false): Promise<readonly ClassOfRequests[]> {
  const mesh = await scenarioMesh(scenario);
  meshes.push(mesh);
  const tracer = await mesh.session.open(pod);
  const found = await reach(
    {
      proxy: tracer.proxy,
      config: tracer.config,
      trace: async (query, watch) => await tracer.trace(query, { allBranches: true, explain: false, watch }),
    },
    { where: [], fixed: {}, inbound, oneHop: false, most: 1000, wants: () => true },
  );
  expect(found).toMatchObject({ complete: true, unsplit: [] });
  return found.classes;
}

function tableOf(classes: readonly ClassOfRequests[]): string {
  const rows = classes.map(({ where, outcome }) =>
    [whereText(where), outcomeText(outcome), outcome.destinations.join(', ') || '–'].map((cell) =>
      cell.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('~', '\\~'),
    ),
  );
  const lines = [['Requests', 'Outcome', 'Ends at'], ['---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

const TABLES: Readonly<Record<string, () => Promise<readonly ClassOfRequests[]>>> = {
  bookinfo: async () => await classesOf('bookinfo'),
  'bookinfo-strict': async () => await classesOf('bookinfo-strict'),
  'callers of reviews': async () => await classesOf('bookinfo-strict', 'reviews-v2-7bf8c9648f-rzfp6.bookinfo', true),
};

it('holds the tables', async () => {
  const page = readFileSync(PAGE, 'utf8');
  let written = page;
  for (const [name, made] of Object.entries(TABLES)) {
    const table = tableOf(await made());
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [before = '', rest = ''] = written.split(start);
    const [, after] = rest.split(end);
    expect(after).toBeDefined();
    written = `${before}${start}\n\n${table}\n${end}${after}`;
  }
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, written);
  else expect(page).toBe(written);
});

it("sends luffy's requests to v2 and everyone else's to v3", async () => {
  const reviews = (await classesOf('bookinfo')).filter(
    ({ where }) => where['host']?.[0]?.startsWith('reviews') === true,
  );
  const told = reviews.map(({ where, outcome }) => [where['header:end-user'], outcome.clusters[0]?.name]);
  expect(told).toEqual([
    [['not luffy'], 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local'],
    [['luffy'], 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local'],
  ]);
});
