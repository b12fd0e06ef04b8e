/** A trace whose steps name the line of YAML that they came from. */
import type { Hop, ManifestPlace, Origin, Step, Trace } from '../trace/model';
import type { Manifest, Path } from './manifest';
import { ruleOf } from './rule';

/** The trace with a place for each step that names an object; pure, and nothing else of the trace changes. */
export function locateTrace(trace: Trace, manifests: readonly Manifest[]): Trace {
  const index = new ManifestIndex(manifests);
  const located = (hop: Hop): Hop => ({ ...hop, steps: hop.steps.map((step) => locateStep(step, hop, index)) });
  return {
    ...trace,
    hops: trace.hops.map(located),
    branches: trace.branches.map((branch) => ({ ...branch, hops: branch.hops.map(located) })),
  };
}

function locateStep(step: Step, hop: Hop, index: ManifestIndex): Step {
  const { origin } = step;
  return origin === null ? step : { ...step, manifest: placeOf(step, hop, origin, index) };
}

function placeOf(step: Step, hop: Hop, origin: Origin, index: ManifestIndex): ManifestPlace {
  const found = index.find(origin);
  const [only = null] = found;
  const manifest = found.length === 1 ? only : null;
  const { path, note } = ruleOf(step, hop, origin, manifest);
  const rule = path.length === 0 ? null : pathText(path);
  if (manifest !== null) return { file: manifest.file, line: manifest.lineOf(path), rule, note };
  const files = found.map((one) => `${one.file}:${one.lineOf([])}`).join(', ');
  const why = found.length === 0 ? 'it is in none of the manifests' : `it is in several of the manifests: ${files}`;
  return { file: null, line: null, rule, note: why };
}

/** `spec.http[1].match[0]`, as kubectl's JSONPath writes it. */
function pathText(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${part}`)).join('');
}

class ManifestIndex {
  readonly #byName = new Map<string, Manifest[]>();

  constructor(manifests: readonly Manifest[]) {
    for (const manifest of manifests) {
      const key = `${manifest.kind} ${manifest.name}`;
      this.#byName.set(key, [...(this.#byName.get(key) ?? []), manifest]);
    }
  }

  /** Those of the namespace; where there are none, those whose file names no namespace. */
  find({ kind, name, namespace }: Origin): readonly Manifest[] {
    const all = this.#byName.get(`${kind} ${name}`) ?? [];
    const own = all.filter((one) => one.namespace === namespace);
    return own.length > 0 ? own : all.filter((one) => one.namespace === null);
  }
}
