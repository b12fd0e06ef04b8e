/** The library as a project gets it: packed, installed without a network, compiled strictly in both module systems, and run. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { BookinfoCluster, PROXY_NAMES, SAMPLE } from '../helpers/kube-api/bookinfo-cluster';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const run = promisify(execFile);
const directory = temporaryDirectory();
const project = join(directory.path, 'project');

/** What is declared at the top of the declarations, and what of it has a name outside. */
function declarations(): { readonly types: readonly string[]; readonly exported: ReadonlySet<string> } {
  const text = readFileSync(join(project, 'node_modules/mctl/dist/index.d.ts'), 'utf8');
  const { statements } = ts.createSourceFile('index.d.ts', text, ts.ScriptTarget.Latest);
  const types: string[] = [];
  const exported = new Set<string>();
  for (const one of statements) {
    if (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one) || ts.isClassDeclaration(one)) {
      const name = one.name?.text ?? '';
      types.push(name);
      if (one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) exported.add(name);
    }
    if (ts.isExportDeclaration(one) && one.exportClause !== undefined && ts.isNamedExports(one.exportClause)) {
      for (const { name, propertyName } of one.exportClause.elements) exported.add((propertyName ?? name).text);
    }
  }
  return { types, exported };
}

const PROGRAM = `
import {
  type CheckReport, type ClassOfRequests, type ConfigurationDiff, ExitCode, type Finding, lint, loadCluster, loadFiles, loadSample,
  type Mesh, openCluster, openFiles, openSample, openSnapshot, type Proxy, type Reach, type ReachQuestion, type ShownView, trace,
  type Trace, type TraceRequest, unmetExpectations, type Unmet, UsageError, type Verdict, type ViewName,
} from 'mctl';

const [kubeconfig, snapshot, dump] = process.argv.slice(2) as [string, string, string];
const views: readonly ViewName[] = ['listener', 'route', 'cluster', 'endpoint', 'secret', 'ecds'];

async function verdictIn(mesh: Mesh, request: TraceRequest): Promise<Verdict> {
  const told: Trace = await trace(mesh, request);
  return told.verdict;
}

async function main(): Promise<void> {
  const luffy: TraceRequest = { proxy: 'productpage-v1-6b746f74dc-9stvs.bookinfo', url: 'http://reviews:9080/', headers: { 'end-user': 'luffy' } };
  const sample = await openSample();
  const proxy: Proxy = await sample.proxy(luffy.proxy);
  const shown: readonly ShownView[] = views.map((name) => proxy.view(name));
  const question: ReachQuestion = { where: ['host=reviews'], verdict: ['delivered'], oneHop: true };
  const reached: Reach = await proxy.reach(question);
  const first: ClassOfRequests | undefined = reached.classes[0];
  const unmet: readonly Unmet[] = unmetExpectations(await proxy.trace(luffy), { verdict: 'denied' });
  const findings: readonly Finding[] = await lint(sample, luffy.proxy);
  const report: CheckReport = await sample.check('proxy: details-v1.bookinfo\\nchecks:\\n  - name: a\\n    request: {url: "http://reviews:9080/"}\\n');
  const captured = await openSnapshot(snapshot);
  const diff: ConfigurationDiff = await sample.diff(captured, ['cluster']);
  const files = await openFiles(dump);
  const refused: unknown = await proxy.trace({ url: 'nonsense://' }).catch((error: unknown) => error);
  const cluster = await loadCluster({ kubeconfig, namespace: 'bookinfo' });
  const again = await openCluster({ kubeconfig, concurrency: 2 });
  const verdicts = [
    await verdictIn(sample, luffy), await verdictIn(captured, luffy), await verdictIn(cluster, luffy),
    await verdictIn(await loadSample(), luffy), (await (await files.proxy()).trace({ ...luffy, oneHop: true })).verdict,
  ];
  console.log(JSON.stringify({
    verdicts, shown: shown.map(({ count }) => count > 0), complete: reached.complete, witness: typeof first?.witness.url,
    unmet: unmet.map(({ key }) => key), findings: findings.length > 0, passed: report.passed, same: diff.proxies.length,
    refused: refused instanceof UsageError && refused.exitCode === ExitCode.usage, proxies: (await again.proxies()).length,
    loads: typeof loadFiles,
  }));
  for (const mesh of [sample, captured, files, cluster, again]) await mesh.close();
}

void main();
`;

const SYSTEMS = {
  commonjs: { module: 'node16', file: 'main.cts', made: 'main.cjs' },
  esm: { module: 'nodenext', file: 'main.mts', made: 'main.mjs' },
} as const;

let cluster: BookinfoCluster;

beforeAll(async () => {
  cluster = await BookinfoCluster.start();
  mkdirSync(project);
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', directory.path], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  const tarball = readdirSync(directory.path).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true }));
  const install = [
    'install',
    '--offline',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    join(directory.path, tarball),
  ];
  execFileSync('npm', install, { cwd: project, stdio: 'pipe' });
}, 120_000);

afterAll(async () => {
  await cluster.close();
  directory.remove();
});

it('is small: packed under 2 MB, installed under 8 MB', () => {
  const tarball = readdirSync(directory.path).find((name) => name.endsWith('.tgz')) ?? '';
  expect(statSync(join(directory.path, tarball)).size).toBeLessThan(2_000_000);
  const installed = join(project, 'node_modules');
  const sizes = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000_000);
});

it('has a name for every type that something of it takes or gives', () => {
  const { types, exported } = declarations();
  expect(types.length).toBeGreaterThan(40);
  expect(types.filter((name) => !exported.has(name))).toEqual([]);
});

it.each(Object.keys(SYSTEMS) as (keyof typeof SYSTEMS)[])(
  'compiles strictly and runs: %s',
  async (system) => {
    const { module, file, made } = SYSTEMS[system];
    const { types, exported } = declarations();
    const named = types.filter((name) => exported.has(name) && !name.includes('$'));
    const everyType = `export type { ${named.join(', ')} } from 'mctl';\n`;
    writeFileSync(join(project, file), `${everyType}${PROGRAM}`);
    const compilerOptions = {
      ...{ module, moduleResolution: module, target: 'ES2022', lib: ['ES2022'], strict: true, skipLibCheck: false },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: system === 'esm' },
      ...{ isolatedModules: true, types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
    const compiled = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(compiled.stdout).toBe('');
    const kubeconfig = directory.write('kubeconfig', cluster.api.kubeconfig());
    const dump = join(SAMPLE, 'proxies/bookinfo', PROXY_NAMES[1] ?? '', 'config_dump.json.gz');
    const { stdout } = await run(process.execPath, [made, kubeconfig, SAMPLE, dump], { cwd: project });
    expect(JSON.parse(stdout)).toEqual({
      verdicts: ['delivered', 'delivered', 'delivered', 'delivered', 'delivered'],
      shown: [true, true, true, true, true, false],
      complete: true,
      witness: 'string',
      unmet: ['verdict'],
      findings: true,
      passed: 1,
      same: 0,
      refused: true,
      // Pods of the sample without a proxy's dump are there, too.
      proxies: 7,
      loads: 'function',
    });
  },
  120_000,
);
