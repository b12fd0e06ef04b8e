/**
 * The types of the fields of a kubeconfig. client-node takes them as they come; kubectl refuses a file in which one is of another type.
 * https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
import { InputError } from '../../errors';
import { field, listOf } from '../../json-fields';
import { type ShapeOfFields, faultOf, pointerOf } from '../shapes';

const EXEC: ShapeOfFields = {
  apiVersion: 'text',
  command: 'text',
  args: ['text'],
  env: [{ name: 'text', value: 'text' }],
  installHint: 'text',
  interactiveMode: 'text',
  provideClusterInfo: 'flag',
};
const KUBECONFIG: ShapeOfFields = {
  'current-context': 'text',
  clusters: [
    {
      name: 'text',
      cluster: {
        server: 'text',
        'certificate-authority': 'text',
        'certificate-authority-data': 'text',
        'insecure-skip-tls-verify': 'flag',
        'tls-server-name': 'text',
        'proxy-url': 'text',
      },
    },
  ],
  contexts: [{ name: 'text', context: { cluster: 'text', user: 'text', namespace: 'text' } }],
  users: [
    {
      name: 'text',
      user: {
        token: 'text',
        tokenFile: 'text',
        'client-certificate': 'text',
        'client-certificate-data': 'text',
        'client-key': 'text',
        'client-key-data': 'text',
        username: 'text',
        password: 'text',
        as: 'text',
        'as-uid': 'text',
        'as-groups': ['text'],
        exec: EXEC,
        'auth-provider': { name: 'text', config: {} },
      },
    },
  ],
};

/** Throws InputError where a field is of another type. What stands there is not told: it may be a credential. */
export function checkKubeconfig(path: string, document: unknown): void {
  const fault = faultOf(document, KUBECONFIG) ?? nullIn(document);
  if (fault === null) return;
  throw new InputError(`${path} is not a kubeconfig: ${pointerOf(fault.path)} is not ${fault.expected}`, {
    hint: 'kubectl config view shows what kubectl makes of it.',
  });
}

/** An entry that is null, which client-node reads as an object. */
function nullIn(document: unknown): { readonly path: readonly (string | number)[]; readonly expected: string } | null {
  for (const list of ['clusters', 'contexts', 'users']) {
    const at = listOf(field(document, list)).indexOf(null);
    if (at >= 0) return { path: [list, at], expected: 'an object' };
  }
  return null;
}
