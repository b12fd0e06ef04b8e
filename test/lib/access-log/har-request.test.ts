import { AskedHeaders } from '../../../src/lib/access-log/asked-headers';
import { harEntries } from '../../../src/lib/access-log/har';
import { heldAgainst } from '../../../src/lib/access-log/har-request';
import type { Prophet } from '../../../src/lib/access-log/judge';

/** A proxy that answers 403, after it has looked at these headers. */
function refusing(looksAt: readonly string[]): Prophet {
  const asking = async (): Promise<AskedHeaders> => {
    const asked = new AskedHeaders();
    for (const name of looksAt) asked.looksAt(name);
    return await Promise.resolve(asked);
  };
  const trace = async (): Promise<unknown> =>
    await Promise.resolve({ verdict: 'rbac-denied', status: 403, summary: '', hops: [] });
  return { asking, trace } as unknown as Prophet;
}

async function held(creator: string, request: object, looksAt: readonly string[]): Promise<unknown> {
  const entry = { request: { method: 'GET', url: 'http://h/', ...request }, response: { status: 200 } };
  const [found] = harEntries('a.har', { log: { creator: { name: creator }, entries: [entry] } });
  if (found?.kind !== 'request') throw new Error('the entry is a request');
  return await heldAgainst(found.request, refusing(looksAt));
}

const COOKIE = { headers: [{ name: 'Cookie', value: 'a=b' }] };

it.each([
  ['WebInspector', { headers: [] }, ['authorization'], { kind: 'unknown', needs: expect.stringContaining('Cookie') }],
  ['WebInspector', { headers: [] }, ['x-user'], { kind: 'differ' }],
  ['WebInspector', COOKIE, ['authorization'], { kind: 'differ' }],
  ['Firefox', { headers: [] }, ['authorization'], { kind: 'differ' }],
  ['Firefox', {}, ['x-user'], { kind: 'unknown', needs: expect.stringContaining('headers') }],
])('an entry of %s with %j, where %j are asked for, is %j', async (creator, request, looksAt, is) => {
  expect(await held(creator, request, looksAt)).toMatchObject(is);
});
