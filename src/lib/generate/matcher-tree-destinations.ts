/** Addresses and ports that a listener's matcher tree leads to a chain from. Text is read as Istio writes its trees. */

interface Destination {
  readonly ip: string;
  readonly port: number;
}

interface Place {
  readonly ip: string | null;
  readonly port: number | null;
}

const MOST = 4;
const DEEPEST = 40;

/**
 * https://www.envoyproxy.io/docs/envoy/latest/xds/type/matcher/v3/matcher.proto: ranges of addresses, then ports, then the
 * action that names the chain. Empty where there is no tree, or it names the chain nowhere.
 */
export function destinationsInTree(tree: unknown, chain: string): readonly Destination[] {
  if (tree === undefined || chain === '') return [];
  const found: Destination[] = [];
  walk(tree, { ip: null, port: null }, 0);
  return found;

  function walk(value: unknown, place: Place, depth: number): void {
    if (typeof value !== 'object' || value === null || depth > DEEPEST || found.length >= MOST) return;
    if (namesChain(value, chain)) {
      if (place.ip !== null && place.port !== null) found.push({ ip: place.ip, port: place.port });
      return;
    }
    const ip = rangeOf(value) ?? place.ip;
    for (const [key, inner] of Object.entries(value)) {
      walk(inner, { ip, port: /^\d{1,5}$/.test(key) && !Array.isArray(value) ? Number(key) : place.port }, depth + 1);
    }
  }
}

function namesChain(value: object, chain: string): boolean {
  const { action } = value as { readonly action?: { readonly typed_config?: { readonly value?: unknown } } };
  return action?.typed_config?.value === chain;
}

function rangeOf(value: object): string | null {
  const { ranges } = value as { readonly ranges?: readonly { readonly address_prefix?: string }[] };
  return ranges?.[0]?.address_prefix ?? null;
}
