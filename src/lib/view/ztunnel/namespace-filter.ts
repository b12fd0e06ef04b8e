/** What the filters by namespace of a ztunnel's views share. */
import { type Filter, isSameText, textFilter } from '../filter';
import { byBytes, firstOf } from '../order';

interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** Entries of a namespace, whatever its letters' case, as istioctl compares. @param summary the flag's */
export function namespaceFilter<Entry extends Named>(summary: string): Filter<Entry> {
  return textFilter({
    summary,
    helpValue: 'NAMESPACE',
    passes: ({ namespace }, given) => isSameText(namespace, given),
    values: ({ namespace }) => [namespace],
  });
}

/** `NAME.NAMESPACE`, and the order by namespace and then name in every format. */
export function byNamespace<Entry extends Named>() {
  return {
    label: ({ name, namespace }: Entry): string => `${name}.${namespace}`,
    sorted: {
      key: (entry: Entry): Entry => entry,
      order: <T extends { readonly key: Entry }>(lines: readonly T[]): readonly T[] =>
        [...lines].sort(({ key: a }, { key: b }) =>
          firstOf(byBytes(a.namespace, b.namespace), byBytes(a.name, b.name)),
        ),
      names: true,
      json: true,
    },
  };
}
