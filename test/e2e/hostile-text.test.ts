/** A dump in which every name is hostile: nothing that a terminal or a runner obeys comes out, by any command in any format. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { temporaryDirectory } from '../helpers/temporary-directory';

const ROOT = join(__dirname, '../..');
const BIN = join(ROOT, 'bin/run.js');
/** Names hold OSC and CSI sequences, C1, bidirectional and zero-width characters, markup, and commands of runners. */
const DUMP = join(ROOT, 'test/fixtures/hostile-dump.json.gz');
const directory = temporaryDirectory();

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, { helpValue?: string }>> }>>;
}

const { commands } = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as Manifest;

const CHECKS = `checks:
  - name: "n\\n::error::NAME \\e[31m ##[add-mask]e \\u202e</testcase><x> # TODO skip \\r::set-output name=a::b"
    request: {url: 'http://svc.local/w', originalDst: '10.0.0.1:80'}
    expect: {verdict: delivered, cluster: "x\\n::error::EXP ##[add-mask]e", route: "q\\r\\n::warning::Q"}
  - name: view
    view: cluster
    expect: {count: 3, jsonpath: {"$[0].name": "z\\n::error::J"}}
  - name: "every\\n::error::E \\e[31m"
    forAll: {where: ["header:x=a\\e[31m\\u202e::error::W", "path=/w*"], maxClasses: 20}
    expect: {cluster: "f\\n::error::F ##[add-mask]e"}
`;

/** What each command is given; one that is new fails the test below until it is here, or among those that ask a running Envoy. */
const ARGUMENTS: Readonly<Record<string, () => readonly string[]>> = {
  check: () => [directory.write('checks.yaml', CHECKS), '-f', DUMP],
  diff: () => [
    DUMP,
    directory.write('other.json', '{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump"}]}'),
  ],
  explain: () => [LOG, '-f', DUMP],
  replay: () => [directory.write('access.log', `${LOG}\n::error::x\n`), '-f', DUMP],
  'proxy-config:rootca-compare': () => [DUMP, DUMP],
  'proxy-config:trace': () => ['http://svc.local/w', '--original-dst', '10.0.0.1:80', '--all-branches', '-f', DUMP],
  ...Object.fromEntries(
    ['all', 'certificate', 'connections', 'policy', 'service', 'workload'].map(
      (view) => [`ztunnel-config:${view}`, () => ['-f', hostileZtunnel()]] as const,
    ),
  ),
  ...Object.fromEntries(
    [
      'lint',
      'proxy-status',
      'reach',
      ...['all', 'bootstrap', 'cluster', 'ecds', 'eds', 'endpoint', 'listener', 'route', 'secret'].map(
        (view) => `proxy-config:${view}`,
      ),
    ].map((id) => [id, () => ['-f', DUMP]] as const),
  ),
};

/** A line of an access log as a caller can make it. */
const LOG = `[2026-01-01T00:00:00.000Z] "GET /w\u001b[31m\u202e##[add-mask]e HTTP/1.1" 200 - via_upstream - "-" 0 1 1 1 "-" "a\u009b\u200b\u2028::error::U" "id" "svc.local" "10.1.0.10:8080" c1 10.244.0.5:1 10.0.0.1:80 10.244.0.5:2 - default`;

/** Those that ask a running Envoy, and those of completion, which print mctl's own words and names made visible. */
const LIVE: ReadonlySet<string> = new Set([
  'capture',
  'proxy-config:log',
  'proxy-config:stats',
  'ztunnel-config:log',
  'completion',
  '__complete',
]);

const NASTY = '\u001b[31m\u009b32m\u202e\u200b\u2028\n::error::P\r##[add-mask]e';

/** The dump of the sample's ztunnel, every name in it hostile. */
function hostileZtunnel(): string {
  const folder = join(ROOT, 'sample/ambient/ztunnels/istio-system');
  const [pod = ''] = readdirSync(folder);
  const text = gunzipSync(readFileSync(join(folder, pod, 'config_dump.json.gz'))).toString('utf8');
  const names = /"(name|namespace|hostname|node|canonicalName|workloadName|serviceAccount|trustDomain)": ?"([^"]*)"/g;
  const nasty = JSON.stringify(NASTY).slice(1, -1);
  return directory.write(
    'ztunnel.json',
    text.replace(names, (_all, key, name) => `"${key}":"${name}${nasty}"`),
  );
}

/** Commands that do something else with a flag. */
const MORE: Readonly<Record<string, () => readonly string[]>> = {
  'diff --behavior': () => [DUMP, changedDump(), '--behavior', '--max-classes', '40'],
  'reach --mode inbound': () => ['-f', DUMP, '--mode', 'inbound', '--max-classes', '40'],
};

/** The dump with other paths. */
function changedDump(): string {
  const text = gunzipSync(readFileSync(DUMP)).toString('utf8');
  return directory.write('changed.json', text.replaceAll('"/w', '"/wx'));
}

const rows = [...Object.keys(ARGUMENTS), ...Object.keys(MORE)].flatMap((row) => {
  const [id = ''] = row.split(' ');
  return (commands[id]?.flags['output']?.helpValue ?? '')
    .split('|')
    .map((format) => [row, format.replace(/=$/, '={..name}')] as const);
});

function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...argv], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, GITHUB_ACTIONS: '', ...env },
  });
  return { status, stdout, stderr };
}

const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

afterAll(() => {
  directory.remove();
});

test('every command of the manifest is tried', () => {
  expect(Object.keys(ARGUMENTS).sort()).toEqual(
    Object.keys(commands)
      .filter((id) => !LIVE.has(id))
      .sort(),
  );
});

test.each(rows)('%s -o %s, read by a runner', (row, format) => {
  const [id = ''] = row.split(' ');
  const given = ARGUMENTS[row] ?? MORE[row] ?? (() => []);
  const { status, stdout, stderr } = run([...id.split(':'), ...given(), '-o', format], {
    GITHUB_ACTIONS: 'true',
  });
  expect([0, 1, 65]).toContain(status);
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(HIDDEN);
    expect(text).not.toMatch(/##\[/);
  }
  expect(stdout).not.toMatch(/^\s*::[a-z]/m);
  // mctl's own annotations.
  const commandsSaid = stderr.split('\n').filter((line) => /^\s*::/.test(line));
  for (const line of commandsSaid) expect(line).toMatch(/^::error file=[^,:]+checks\.yaml,line=\d+,title=[^,:]*::/);
  if (id !== 'check') expect(commandsSaid).toEqual([]);
  // A section that the dump lacks is an error, and no data.
  if (status === 65) return;
  if (format === 'json') JSON.parse(stdout);
  if (format === 'yaml') expect(parse(stdout, { version: '1.1' })).toEqual(parse(stdout, { version: '1.2' }));
});

test('short is as it stands to a program, and only there', () => {
  const argv = ['pc', 'cluster', '-f', DUMP];
  expect(run(argv, {}).stdout).toContain('\u202e');
  expect(run([...argv, '-o', 'wide'], {}).stdout).not.toMatch(HIDDEN);
  expect(run(['proxy-status', '-f', DUMP], {}).stdout).not.toMatch(HIDDEN);
});
