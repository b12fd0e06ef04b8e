/** Of a mesh of many proxies only some stay in memory, and each can still be asked. */
import { OpenMesh } from '../../../src/lib/session/mesh';
import { fakeMesh } from '../../helpers/fake-mesh';

const NAMES = Array.from({ length: 200 }, (_, index) => `pod-${index}`);

async function openedAll(
  live: boolean,
): Promise<{ readonly mesh: OpenMesh; readonly asked: ReadonlyMap<string, number> }> {
  const source = fakeMesh(NAMES.map((name) => ({ name })));
  const mesh = new OpenMesh(live ? Object.assign(source, { live }) : source);
  const query = { url: 'http://192.0.2.9/', headers: [] };
  for (const name of NAMES) {
    const tracer = await mesh.open(`${name}.shop`);
    await tracer.trace(query, { allBranches: false, explain: false }).catch(() => null);
  }
  return { mesh, asked: source.asked };
}

it('a proxy that came first is let go of, and read again when it is asked for', async () => {
  const { mesh, asked } = await openedAll(false);
  const before = asked.get('pod-0') ?? 0;
  await mesh.open('pod-0.shop');
  expect(asked.get('pod-0')).toBe(before + 1);
  const last = asked.get('pod-199');
  await mesh.open('pod-199.shop');
  expect(asked.get('pod-199')).toBe(last);
});

it('all that were opened are gone through', async () => {
  const { mesh } = await openedAll(false);
  const names: (string | null)[] = [];
  for await (const { proxy } of mesh.opened()) names.push(proxy);
  expect(names).toEqual(NAMES.map((name) => `${name}.shop`));
});

it('a running proxy is read once', async () => {
  const { mesh, asked } = await openedAll(true);
  const before = asked.get('pod-0');
  await mesh.open('pod-0.shop');
  expect(asked.get('pod-0')).toBe(before);
});
