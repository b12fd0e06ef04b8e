// For esbuild plug-ins: the cuts that a build makes in other packages. One that meets nothing any more, since the package has
// changed, would leave in the bundle what it should leave out, without a word: it fails the build.

/** What esbuild is told that the text of a part's entry is called (scripts/apart.mjs). */
export const PART = 'entry-of-a-part.ts';

export class Cuts {
  /** Cuts that have met nothing yet. */
  #unmet;

  /**
   * @param build the plug-in's build
   * @param names what each cut is called in messages: the module that it takes the place of
   */
  constructor(build, names) {
    build.onStart(() => {
      this.#unmet = new Set(names);
    });
    // A part of the whole need not meet them all; the whole is built before it.
    const isPart = build.initialOptions.stdin?.sourcefile === PART;
    build.onEnd(() => ({
      errors: (isPart ? [] : [...this.#unmet]).map((name) => ({
        text: `the cut of ${name} meets nothing: see whether the package has moved it or does without, and change the cut`,
      })),
    }));
  }

  met(name) {
    this.#unmet.delete(name);
  }
}

/** Throws where a module does not export what a cut of it passes on. */
export async function mustExport(path, ...names) {
  const real = await import(path);
  const missing = names.filter((name) => real[name] === undefined && real.default?.[name] === undefined);
  if (missing.length > 0) throw new Error(`${path} does not export ${missing.join(', ')} any more: change its cut`);
}
