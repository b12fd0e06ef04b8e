/** The policies of a dump by the workloads that they apply to. */
import type { ZtunnelPolicy, ZtunnelWorkload } from '../../ztunnel/resources';
import { textsOf } from './text';

interface NumberedPolicy {
  /** Where it stands among the policies of the dump. */
  readonly at: number;
  readonly text: string;
}

/** The fields of a policy that it is found and named by. */
export const FOUND_BY = { scope: true, namespace: true, name: true, dryRun: true } as const;

/** As policiesFor of a walk finds them, by name: a dump can hold 100,000 workloads and 10,000 policies. */
export class AppliedPolicies {
  readonly #everywhere: NumberedPolicy[] = [];
  readonly #byNamespace = new Map<string, NumberedPolicy[]>();
  /** Those of both lists, too. */
  readonly #byKey = new Map<string, NumberedPolicy[]>();
  #count = 0;

  add({ scope, namespace = '', name = '', dryRun }: ZtunnelPolicy): void {
    const key = `${namespace}/${name}`;
    const policy = { at: this.#count, text: dryRun === true ? `${key} (dry run)` : key };
    this.#count += 1;
    if (scope === 'Global') this.#everywhere.push(policy);
    if (scope === 'Namespace') pushTo(this.#byNamespace, namespace, policy);
    pushTo(this.#byKey, key, policy);
  }

  /** `namespace/name` of every policy that applies, in the dump's order: of the mesh, of its namespace, and those that it lists. */
  namesFor({ namespace = '', authorizationPolicies }: ZtunnelWorkload): readonly string[] {
    const found = new Set([
      ...this.#everywhere,
      ...(this.#byNamespace.get(namespace) ?? []),
      ...textsOf(authorizationPolicies).flatMap((key) => this.#byKey.get(key) ?? []),
    ]);
    return [...found].sort((a, b) => a.at - b.at).map(({ text }) => text);
  }
}

function pushTo(map: Map<string, NumberedPolicy[]>, key: string, policy: NumberedPolicy): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [policy]);
  else known.push(policy);
}
