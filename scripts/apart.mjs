// Two bundles of mctl, of which most starts load one: dist/main.js has what a view of a proxy needs, dist/rest.js everything
// else. A bundle is V8's time by all that stands in it, the functions that no start calls among them.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { PART } from './cuts.mjs';

/** Loaded by every start, or by that of a view: with all that they import at once, what dist/main.js has. */
const FIRST = [
  'src/main.ts',
  ...['listener', 'route', 'cluster', 'endpoint'].map((view) => `src/commands/proxy-config/${view}.ts`),
  'src/lib/cli/command-config.ts',
  'src/lib/cli/run-view.ts',
  ...['file', 'snapshot', 'sample', 'admin'].map((source) => `src/lib/source/${source}.ts`),
  'src/lib/source/kubernetes/kubernetes-source.ts',
];

/** Whether what is imported is loaded when it is asked for, and not with what imports it. */
function isLate(kind, importer) {
  // A package's own require() is its way to import; that of src/commands.ts and of the late parts waits.
  return kind === 'dynamic-import' || (kind === 'require-call' && !importer.includes('node_modules/'));
}

/** Modules with their imports, as esbuild's account of a build has them. */
function edgesOf({ inputs }) {
  return Object.entries(inputs).flatMap(([importer, { imports }]) =>
    imports.filter(({ external }) => external !== true).map(({ path, kind }) => ({ importer, path, kind })),
  );
}

/** Paths of the modules of dist/main.js, and which of them the rest imports. */
function divided(metafile) {
  const edges = edgesOf(metafile);
  const first = new Set();
  const visit = (path) => {
    if (first.has(path)) return;
    first.add(path);
    for (const edge of edges) if (edge.importer === path && !isLate(edge.kind, path)) visit(edge.path);
  };
  for (const path of FIRST) {
    if (!(path in metafile.inputs)) throw new Error(`${path} is not in the bundle any more: change FIRST`);
    visit(path);
  }
  const shared = edges.filter(({ importer, path }) => !first.has(importer) && first.has(path) && isFile(path));
  return { first, shared: [...new Set(shared.map(({ path }) => path))].sort() };
}

/** Whether a module is a file, and not the text of a plug-in, which both bundles may have. */
function isFile(path) {
  return !/^[a-z-]+:/.test(path);
}

const OWN = Symbol('asked by this plug-in');

/** What a plug-in's `resolve` says of an import, the other plug-ins heard; null where it is no file of the bundle. */
async function fileOf(build, { path, importer, namespace, resolveDir, kind, pluginData }) {
  if (pluginData === OWN) return null;
  const found = await build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: OWN });
  if (found.errors.length > 0 || found.external || found.namespace !== 'file') return null;
  return { key: relative(resolve('.'), found.path).replaceAll('\\', '/'), found };
}

/** In dist/main.js: what is loaded late and is not of it comes from dist/rest.js. */
function restApart(first, wanted) {
  return {
    name: 'rest-apart',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (asked) => {
        if (asked.kind === 'entry-point' || asked.namespace === 'rest') return undefined;
        const importer = asked.namespace === 'file' ? relative(resolve('.'), asked.importer) : `${asked.namespace}:`;
        if (!isLate(asked.kind, importer)) return undefined;
        const file = await fileOf(build, asked);
        if (file === null || first.has(file.key)) return undefined;
        wanted.add(file.key);
        return { path: file.key, namespace: 'rest' };
      });
      build.onLoad({ filter: /.*/, namespace: 'rest' }, ({ path }) => ({
        contents: `module.exports = require('../bin/rest.js')[${JSON.stringify(path)}]();`,
        resolveDir: resolve('src'),
      }));
      build.onResolve({ filter: /^\.\.\/bin\/rest\.js$/ }, ({ path }) => ({ path, external: true }));
    },
  };
}

/** In dist/rest.js: what dist/main.js has comes from there, by name, so that there is one of each. */
function mainApart(first) {
  const main = createRequire(import.meta.url)(resolve('dist/main.js'));
  return {
    name: 'main-apart',
    setup(build) {
      build.onResolve({ filter: /^\.\/main\.js$/ }, ({ namespace, path }) =>
        namespace === 'main' ? { path, external: true } : undefined,
      );
      build.onResolve({ filter: /.*/ }, async (asked) => {
        if (asked.kind === 'entry-point' || asked.namespace === 'main') return undefined;
        const file = await fileOf(build, asked);
        if (file === null || !first.has(file.key)) return undefined;
        return { path: file.key, namespace: 'main', sideEffects: file.found.sideEffects };
      });
      build.onLoad({ filter: /.*/, namespace: 'main' }, ({ path }) => {
        const own = `require('./main.js').modules[${JSON.stringify(path)}]()`;
        // A module of TypeScript has names; what a package exports need not.
        if (!path.endsWith('.ts')) return { contents: `module.exports = ${own};`, resolveDir: resolve('src') };
        const names = Object.keys(main.modules[path]());
        const exported = names.map((name) =>
          name === 'default' ? 'export default own.default;' : `export const ${name} = own.${name};`,
        );
        return { contents: [`const own = ${own};`, ...exported].join('\n'), resolveDir: resolve('src') };
      });
    },
  };
}

/** An entry's text: the modules of these paths by their paths, each loaded when it is asked for. */
function modulesText(name, paths) {
  const entries = paths.map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(`./${path}`)})`);
  return `${name} {\n${entries.join(',\n')}\n};`;
}

/**
 * Builds both, and writes them by `write`; esbuild's results are given back.
 * @param options esbuild's, of a build whose entry is src/main.ts
 */
export async function buildApart({ plugins, ...options }, write) {
  const entry = { entryPoints: { main: 'src/main.ts' } };
  const { metafile } = await build({ ...options, ...entry, plugins });
  const { first, shared } = divided(metafile);
  const wanted = new Set();
  const stdin = (contents) => ({ contents, resolveDir: resolve('.'), sourcefile: PART, loader: 'ts' });
  const main = await build({
    ...options,
    stdin: stdin(`export * from './src/main.ts';\n${modulesText('export const modules =', shared)}`),
    outdir: undefined,
    outfile: join(options.outdir, 'main.js'),
    plugins: [restApart(first, wanted), ...plugins],
  });
  write(main);
  const rest = await build({
    ...options,
    stdin: stdin(modulesText('module.exports =', [...wanted].sort())),
    outdir: undefined,
    outfile: join(options.outdir, 'rest.js'),
    plugins: [mainApart(first), ...plugins],
  });
  write(rest);
  const both = Object.keys(rest.metafile.inputs).filter((path) => isFile(path) && path in main.metafile.inputs);
  const twice = both.filter((path) => path !== PART);
  if (twice.length > 0) throw new Error(`in both bundles: ${twice.join(', ')}`);
  return [main, rest];
}
