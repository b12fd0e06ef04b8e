/** A kubeconfig's fields of another type are refused with their pointer, and nothing that stands there is told. */
import { checkKubeconfig } from '../../../src/lib/source/kubernetes/kubeconfig-shapes';

const user = (fields: unknown): object => ({ users: [{ name: 'u', user: fields }] });

test.each<readonly [unknown, string]>([
  [{ clusters: [{ name: 'a', cluster: { server: 5 } }] }, '/clusters/0/cluster/server is not a text'],
  [{ clusters: [{ name: 'a' }, null] }, '/clusters/1 is not an object'],
  [{ contexts: [{ name: 'a', context: { cluster: { x: 'Secret1' } } }] }, '/contexts/0/context/cluster is not a text'],
  [{ contexts: { a: 'Secret1' } }, '/contexts is not a list'],
  [user('Secret1'), '/users/0/user is not an object'],
  [user({ token: ['Secret1'] }), '/users/0/user/token is not a text'],
  [user({ 'as-groups': 'Secret1' }), '/users/0/user/as-groups is not a list'],
  [user({ 'as-groups': [1] }), '/users/0/user/as-groups/0 is not a text'],
  [user({ exec: { args: ['Secret1', {}] } }), '/users/0/user/exec/args/1 is not a text'],
  [user({ exec: { env: [{ name: 'A', value: 5 }] } }), '/users/0/user/exec/env/0/value is not a text'],
])('%j', (document, message) => {
  expect(() => {
    checkKubeconfig('config', document);
  }).toThrow(expect.objectContaining({ message: `config is not a kubeconfig: ${message}` }));
});

test('a document without any of them, and fields that are null, are no fault', () => {
  for (const document of [null, {}, { users: null, clusters: [] }, user({ token: null, exec: null })])
    expect(() => {
      checkKubeconfig('config', document);
    }).not.toThrow();
});
