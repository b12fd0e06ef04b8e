/**
 * Every view of a ztunnel, with every filter, format and way of naming the ztunnel, from every source: what a file gives, all
 * others give, to the byte.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import CaptureCommand from '../../src/commands/capture';
import ProxyStatus from '../../src/commands/proxy-status';
import { COMMANDS } from '../../src/commands';
import { type AdminServer, adminServer } from '../helpers/admin-server';
import { ambientFiles } from '../helpers/ambient-corpora';
import { CannedEnvoy } from '../helpers/kube-api/canned-envoy';
import { KubeApi } from '../helpers/kube-api/kube-api';
import { type Run, runCommand } from '../helpers/run-command';
import { temporaryDirectory } from '../helpers/temporary-directory';

// The cluster's client as the build bundles it: in the sources it is a module that tests cannot load.
jest.mock('../../src/vendor/kubernetes.mjs', () => jest.requireActual('../../dist/kubernetes.js'), { virtual: true });

type CommandClass = Parameters<typeof runCommand>[0];

const directory = temporaryDirectory();
const FIRST = 'ztunnel-a';
const SECOND = 'ztunnel-b';
const FORMATS = ['short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath={[*].name}', 'jsonpath=$'];
const ALL_FORMATS = ['short', 'json', 'yaml', 'jsonpath={.services[*].name}'];

type Entry = Readonly<Record<string, unknown>>;

interface Dump extends Entry {
  readonly workloads: readonly Entry[];
  readonly workloadState: Readonly<
    Record<string, { readonly info?: Entry; readonly state?: unknown; readonly connections?: unknown }>
  >;
}

/** A ztunnel's dump with something in every section, with names that must be escaped or are equal. */
function dumpOf(node: string, other: string): Dump {
  const { ambient, connections, certificates, waypoints } = recorded();
  const workloads = [...list(ambient['workloads']), ...list(waypoints['workloads']), ...list(connections['workloads'])];
  return {
    workloads: workloads.map((one, index) => ({
      ...one,
      uid: `${String(one['uid'])}#${index}`,
      node: one['node'] === undefined ? '' : index % 2 === 0 ? node : other,
    })),
    services: [...list(ambient['services']), ...list(waypoints['services']), ...list(connections['services'])],
    policies: [...list(ambient['policies']), { ...list(ambient['policies'])[0], dryRun: true, name: '<b>&"é"' }],
    certificates: [...list(ambient['certificates']), ...list(certificates['certificates'])],
    workloadState: {
      ...(connections['workloadState'] as Dump['workloadState']),
      served: {
        state: 'Up',
        info: { name: workloads[0]?.['name'], namespace: workloads[0]?.['namespace'] },
        connections: {
          inbound: [
            { src: '10.244.0.30:4001', originalDst: 'reviews', actualDst: '10.244.0.11:9080', protocol: 'HBONE' },
          ],
          outbound: [
            {
              src: '10.244.0.11:4002',
              originalDst: '10.96.10.3:9080',
              actualDst: '10.244.0.200:15008',
              protocol: 'HBONE',
            },
          ],
        },
      },
    },
    config: { network: 'n', clusterDomain: 'cluster.local', localNode: node },
  };
}

function list(section: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(section) ? (section as Record<string, unknown>[]) : [];
}

function recorded(): Record<'ambient' | 'connections' | 'certificates' | 'waypoints', Record<string, unknown>> {
  const all = ambientFiles();
  const read = (name: string): Record<string, unknown> =>
    JSON.parse(all[`${name}.config_dump.json`] ?? '{}') as Record<string, unknown>;
  return {
    ambient: read('ambient-bookinfo/ztunnel'),
    connections: read('ambient-quirks/connections'),
    certificates: read('ambient-quirks/certificates'),
    waypoints: read('ambient-quirks/waypoints'),
  };
}

/** As ztunnels wrote it until 2024: members of maps. */
function asMaps(dump: Record<string, unknown>): object {
  const map = (section: unknown): object =>
    Object.fromEntries(list(section).map((one, index) => [`key ${index}`, one] as const));
  const { workloads, services, policies, certificates, ...rest } = dump;
  return {
    ...rest,
    workloads: map(workloads),
    services: map(services),
    policies: map(policies),
    certificates: map(certificates),
  };
}

const dumps: Readonly<Record<typeof FIRST | typeof SECOND, Dump>> = {
  [FIRST]: dumpOf('n1', 'n2'),
  [SECOND]: { ...dumpOf('n2', 'n1'), policies: [] },
};
const texts = Object.fromEntries(
  Object.entries(dumps).map(([name, dump]) => [name, JSON.stringify(dump, null, 2)] as const),
);
const [sleep] = dumps[FIRST].workloads;
const POD = { name: String(sleep?.['name']), namespace: String(sleep?.['namespace']) };

function pod(name: string, namespace: string, node: string, app: string): object {
  return {
    kind: 'Pod',
    metadata: { name, namespace, labels: { app }, annotations: { 'ambient.istio.io/redirection': 'enabled' } },
    spec: { nodeName: node, containers: [{ name: app === 'ztunnel' ? 'istio-proxy' : 'app' }] },
    status: { phase: 'Running', podIP: '10.250.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** What is left of the first ztunnel's dump for views of one pod. */
const OF_POD = {
  workload: { ...dumps[FIRST], workloads: dumps[FIRST].workloads.filter((one) => isPod(one)) },
  connections: {
    ...dumps[FIRST],
    workloadState: Object.fromEntries(
      Object.entries(dumps[FIRST].workloadState).filter(([, state]) => isPod(state.info ?? {})),
    ),
  },
};

function isPod(one: Readonly<Record<string, unknown>>): boolean {
  return one['name'] === POD.name && one['namespace'] === POD.namespace;
}

const PODS = [
  pod(FIRST, 'istio-system', 'n1', 'ztunnel'),
  pod(SECOND, 'istio-system', 'n2', 'ztunnel'),
  pod(POD.name, POD.namespace, 'n1', 'app'),
];

let api: KubeApi;
let admin: AdminServer;
const ztunnels: CannedEnvoy[] = [];
let sources: readonly Source[] = [];

/** A place that the first ztunnel is read from. */
interface Source {
  readonly name: string;
  readonly flags: readonly string[];
  /** Whether it knows both ztunnels, and pods, so that one has to be named. */
  readonly hasPods: boolean;
  readonly stdin?: string;
}

beforeAll(async () => {
  const text = texts[FIRST] ?? '';
  directory.write('dump.json', text);
  for (const [section, dump] of Object.entries(OF_POD)) directory.write(`${section}.json`, JSON.stringify(dump));
  const maps = directory.write('maps.json', JSON.stringify(asMaps(dumps[FIRST])));
  const packed = directory.write('dump.json.gz', gzipSync(text));
  for (const [name, dump] of Object.entries(texts)) {
    directory.write(`mesh/ztunnels/istio-system/${name}/config_dump.json`, dump);
  }
  directory.write('mesh/kubernetes/pods.json', JSON.stringify({ kind: 'List', items: PODS }));
  directory.write(`alone/ztunnels/istio-system/${FIRST}/config_dump.json`, text);
  const mesh = join(directory.path, 'mesh');
  for (const [name, flags] of [
    ['captured', []],
    ['packed', ['--gzip']],
  ] as const) {
    const run = await runCommand(CaptureCommand, [join(directory.path, name), '-A', '--snapshot', mesh, ...flags]);
    expect([run.exitCode, run.stderr]).toMatchObject([0, expect.stringContaining('Saved 2 of 2')]);
  }
  admin = await adminServer((method, path) => (method === 'GET' && path === '/config_dump' ? text : null));
  api = await KubeApi.start();
  for (const namespace of ['istio-system', POD.namespace]) api.addNamespace(namespace);
  for (const one of PODS) api.add('/api/v1', 'pods', one);
  for (const [name, dump] of Object.entries(texts)) {
    const canned = await CannedEnvoy.start({ configDump: dump });
    ztunnels.push(canned);
    api.setBackend({ name, namespace: 'istio-system' }, { port: canned.port });
  }
  const kubeconfig = directory.write('kubeconfig', api.kubeconfig({}));
  const ofCluster = join(directory.path, 'of-cluster');
  // A mesh without waypoints has no Envoy at all.
  const captured = await runCommand(CaptureCommand, [ofCluster, '-A', '-c', kubeconfig]);
  expect([captured.exitCode, captured.stderr]).toMatchObject([0, expect.stringContaining('Saved 2 of 2')]);
  sources = [
    { name: 'a file of maps', flags: ['-f', maps], hasPods: false },
    { name: 'a packed file', flags: ['-f', packed], hasPods: false },
    { name: 'standard input', flags: ['-f', '-'], hasPods: false, stdin: text },
    { name: 'an admin address', flags: ['--admin', admin.url], hasPods: false },
    { name: 'a snapshot of one', flags: ['--snapshot', join(directory.path, 'alone')], hasPods: false },
    { name: 'a snapshot', flags: ['--snapshot', mesh], hasPods: true },
    { name: 'a capture', flags: ['--snapshot', join(directory.path, 'captured')], hasPods: true },
    { name: 'a packed capture', flags: ['--snapshot', join(directory.path, 'packed')], hasPods: true },
    { name: 'a capture of a cluster', flags: ['--snapshot', ofCluster], hasPods: true },
    { name: 'a cluster', flags: ['-c', kubeconfig], hasPods: true },
  ];
});

afterAll(async () => {
  await admin.close();
  await Promise.all(ztunnels.map((one) => one.close()));
  await api.close();
  directory.remove();
});

interface Asked {
  readonly view: string;
  readonly filters: readonly string[];
  readonly format: string;
}

const COMMANDS_BY_ID = COMMANDS as unknown as Readonly<Record<string, CommandClass | undefined>>;

function commandOf(view: string): CommandClass {
  const command = COMMANDS_BY_ID[`ztunnel-config:${view}`];
  if (command === undefined) throw new Error(`there is no command ${view}`);
  return command;
}

async function ask({ view, filters, format }: Asked, more: readonly string[], stdin?: string): Promise<Run> {
  const argv = [...filters, '-o', format, ...more];
  return await runCommand(commandOf(view), argv, stdin === undefined ? {} : { stdin });
}

const FILTERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  workload: [
    [],
    ['--address', String((sleep?.['workloadIps'] as string[])[0])],
    ['--workload-namespace', POD.namespace.toUpperCase()],
    ['--workload-node', 'N1'],
    ['--workload-namespace', POD.namespace, '--workload-node', 'n2'],
    ['--address', '192.0.2.77'],
  ],
  service: [[], ['--service-namespace', POD.namespace], ['--service-namespace', 'nobody']],
  policy: [[], ['--policy-namespace', POD.namespace.toUpperCase()], ['--policy-namespace', 'nobody']],
  certificate: [[]],
  connections: [
    [],
    ['--direction', 'inbound'],
    ['--direction', 'outbound', '--raw'],
    ['--direction', 'both'],
    ['--workload-namespace', POD.namespace],
    ['--workload-namespace', POD.namespace.toUpperCase()],
    ['--raw'],
  ],
  all: [[], ['--with-headers']],
};

const ASKED: readonly Asked[] = Object.entries(FILTERS).flatMap(([view, all]) =>
  all.flatMap((filters) => (view === 'all' ? ALL_FORMATS : FORMATS).map((format) => ({ view, filters, format }))),
);

/** Ways of naming the first ztunnel. */
const NAMED: readonly (readonly string[])[] = [
  [`${FIRST}.istio-system`],
  [FIRST],
  [`pod/${FIRST}`],
  ['--node', 'n1'],
  [FIRST, '-n', 'istio-system'],
  [`po/${FIRST}.istio-system`],
];

/** Ways of naming a pod that it serves. */
const SERVED: readonly (readonly string[])[] = [
  [`${POD.name}.${POD.namespace}`],
  [POD.name, '-n', POD.namespace],
  [`pod/${POD.name}.${POD.namespace}`],
];

/** What a source gives otherwise than the file does; each row of the table is named in one of the ways. */
async function differences(
  view: string,
  ways: readonly (readonly string[])[],
  {
    file,
    among,
    without = [],
  }: { readonly file: string; readonly among: readonly Source[]; readonly without?: readonly string[] },
): Promise<readonly string[]> {
  const failures: string[] = [];
  const rows = ASKED.filter((one) => one.view === view && !one.filters.some((flag) => without.includes(flag)));
  expect(rows.length).toBeGreaterThan(0);
  for (const [index, asked] of rows.entries()) {
    const expected = await ask(asked, ['-f', join(directory.path, file)]);
    if (expected.exitCode !== 0) failures.push(`${JSON.stringify(asked)}: ${expected.stderr}`);
    for (const [at, { flags, hasPods, name, stdin }] of among.entries()) {
      // As a whole it is printed as it came.
      if (view === 'all' && asked.format !== 'short' && name === 'a file of maps') continue;
      const target = hasPods ? (ways[(index + at) % ways.length] ?? []) : [];
      const run = await ask(asked, [...flags, ...target], stdin);
      if (run.exitCode !== 0 || run.stdout !== expected.stdout) {
        failures.push(`${JSON.stringify(asked)} from ${name} by ${target.join(' ')}: ${difference(expected, run)}`);
      }
    }
  }
  return failures.slice(0, 10);
}

function difference(a: Run, b: Run): string {
  const at = a.stdout.split('').findIndex((one, index) => one !== b.stdout[index]);
  return JSON.stringify([b.exitCode, b.stderr.slice(0, 200), a.stdout.slice(at, at + 80), b.stdout.slice(at, at + 80)]);
}

test.each(Object.keys(FILTERS))('%s of a ztunnel is the same from every source', async (view) => {
  expect(await differences(view, NAMED, { file: 'dump.json', among: sources })).toEqual([]);
});

test.each(Object.keys(FILTERS))(
  '%s of a pod is that of its ztunnel, of this pod alone where it tells pods apart',
  async (view) => {
    const file = view in OF_POD ? `${view}.json` : 'dump.json';
    const among = sources.filter(({ hasPods }) => hasPods);
    // The pod beats the namespace that is asked for. Views that show the whole ztunnel are asked without filters.
    const without = view in OF_POD ? ['--workload-namespace'] : (FILTERS[view]?.flat() ?? []);
    expect(await differences(view, SERVED, { file, among, without })).toEqual([]);
  },
);

test.each(['workload', 'connections'])('%s of a pod, whatever namespace is asked for', async (view) => {
  for (const { flags, hasPods } of sources) {
    if (!hasPods) continue;
    const [target = []] = SERVED;
    const plain = await ask({ view, filters: [], format: 'json' }, [...flags, ...target]);
    const other = await ask({ view, filters: ['--workload-namespace', 'nobody'], format: 'json' }, [
      ...flags,
      ...target,
    ]);
    expect(other.stdout).toBe(plain.stdout);
    expect(JSON.parse(plain.stdout)).toHaveLength(1);
  }
});

describe('none that is named', () => {
  test.each(['workload', 'service', 'policy', 'all'])('%s takes any', async (view) => {
    const expected = await ask({ view, filters: [], format: 'json' }, ['-f', join(directory.path, 'dump.json')]);
    for (const { flags, hasPods } of sources) {
      if (!hasPods) continue;
      expect((await ask({ view, filters: [], format: 'json' }, flags)).stdout).toBe(expected.stdout);
    }
  });

  test.each(['certificate', 'connections'])('%s wants one', async (view) => {
    for (const { flags, hasPods } of sources) {
      if (!hasPods) continue;
      const run = await ask({ view, filters: [], format: 'short' }, flags);
      expect([run.exitCode, run.stdout]).toEqual([64, '']);
      expect(run.stderr).toContain('ztunnel pod name or --node must be set');
      expect(run.stderr).toContain(`${FIRST}.istio-system, ${SECOND}.istio-system`);
    }
  });
});

test.each([
  ['a pod that nobody has', ['gone.shop']],
  ['a ztunnel that nobody has', ['ztunnel-z']],
  ['a node without one', ['--node', 'n9']],
  ['a pod of another namespace', [POD.name]],
])('%s is not there, wherever it is looked for', async (_what, target) => {
  for (const { flags, hasPods } of sources) {
    if (!hasPods) continue;
    const run = await ask({ view: 'workload', filters: [], format: 'short' }, [...flags, ...target]);
    expect([run.exitCode, run.stdout]).toEqual([69, '']);
  }
});

test('the second ztunnel is read where it is named, by its node or by a pod of its own', async () => {
  for (const { flags, hasPods } of sources) {
    if (!hasPods) continue;
    for (const target of [[`${SECOND}.istio-system`], ['--node', 'n2'], [SECOND]]) {
      const run = await ask({ view: 'policy', filters: [], format: 'json' }, [...flags, ...target]);
      expect([run.exitCode, run.stdout]).toEqual([0, '[]\n']);
    }
  }
});

test('proxy-status lists both from every source that has them', async () => {
  for (const { flags, hasPods } of sources) {
    if (!hasPods) continue;
    const { stdout, stderr } = await runCommand(ProxyStatus, [...flags, '-o', 'name']);
    expect([flags[0], stderr]).toEqual([flags[0], '']);
    expect(stdout).toContain(`proxy/${FIRST}.istio-system\nproxy/${SECOND}.istio-system\n`);
  }
});

describe('a capture whose names are replaced', () => {
  let flags: readonly string[] = [];
  let file = '';
  let names: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const to = join(directory.path, 'replaced');
    const map = join(directory.path, 'map.json');
    const from = ['--snapshot', join(directory.path, 'mesh')];
    const run = await runCommand(CaptureCommand, [to, '-A', ...from, '--redact', '--redact-map', map]);
    expect(run.exitCode).toBe(0);
    names = JSON.parse(readFileSync(map, 'utf8')) as Record<string, string>;
    flags = ['--snapshot', to];
    const [namespace = ''] = readdirSync(join(to, 'ztunnels'));
    file = join(to, 'ztunnels', namespace, names[FIRST] ?? FIRST, 'config_dump.json');
  });

  /** Addresses are in no list: those of the same workload are taken. */
  function replaced(text: string, dump: Readonly<Record<string, unknown>>): string {
    const at = dumps[FIRST].workloads.findIndex((one) => (one['workloadIps'] as string[] | undefined)?.[0] === text);
    const [ip] = (list(dump['workloads'])[at]?.['workloadIps'] as string[] | undefined) ?? [];
    const name = names[text.toLowerCase()] ?? text;
    return ip ?? names[text] ?? (text === text.toLowerCase() ? name : name.toUpperCase());
  }

  test.each(Object.keys(FILTERS))('%s has what it had, under other names', async (view) => {
    const dump = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    for (const asked of ASKED.filter((one) => one.view === view)) {
      const filters = asked.filters.map((one) => (one.startsWith('--') ? one : replaced(one, dump)));
      const own = { ...asked, filters };
      const target = [`${names[FIRST] ?? FIRST}.${names['istio-system'] ?? 'istio-system'}`];
      const [run, again] = [await ask(own, [...flags, ...target]), await ask(own, ['-f', file])];
      expect([own, run.exitCode, run.stdout]).toEqual([own, 0, again.stdout]);
      const before = await ask(asked, ['-f', join(directory.path, 'dump.json')]);
      expect([own, run.stdout.split('\n').length]).toEqual([own, before.stdout.split('\n').length]);
      expect(keptWords(run.stdout)).toEqual(keptWords(before.stdout));
    }
  });

  /** Words that say nothing of who it is. */
  function keptWords(text: string): readonly string[] {
    return [
      ...(text.match(
        /\b(?:HBONE|TCP|None|NA|Allow|Deny|Namespace|Global|WorkloadSelector|Leaf|Root|(?<![.\d])\d+\/\d+)\b/g,
      ) ?? []),
    ].sort();
  }
});
