/** Traces through ztunnels in the forms that others read: names of the mesh's objects break out of none of them. */
import TraceCommand from '../../src/commands/proxy-config/trace';
import { DOT_LINE, MERMAID_LINE } from '../helpers/graph-lines';
import { type SmallMesh, service, workload, writeMesh } from '../helpers/mixed-mesh';
import { runCommand } from '../helpers/run-command';

const VIP = '10.96.0.1';

/** Names that mean something to HTML, Mermaid, DOT, a terminal or a table. */
const NAMES = [
  '"><script>alert(1)</script>',
  '</title></style><img src=x onerror=alert(1)>',
  'a"]:::bad\n  n0 --> n1["b',
  '`${x}` %%{init: {}}%% end subgraph',
  'x\\"];}\nrankdir=LR',
  '\u001b[31mred\u001b[0m\u202e',
];

function meshOf(name: string): SmallMesh {
  const sleep = workload('sleep', '10.0.0.2');
  const one = workload(name, '10.0.1.1', { capacity: 3, authorizationPolicies: [`shop/${name}`] });
  const two = workload(`${name} two`, '10.0.1.2', { capacity: 1 });
  const principals = [{ Exact: name }];
  return {
    workloads: [sleep, one, two],
    services: [service(name, VIP, [one, two])],
    policies: [
      { name, namespace: 'shop', scope: 'WorkloadSelector', action: 'Allow', rules: [[[{ principals }]]] },
      { name: `${name} dry`, namespace: 'shop', scope: 'Namespace', action: 'Deny', dryRun: true, rules: [] },
    ],
    captured: ['sleep', name, `${name} two`],
  };
}

async function traced(name: string, format: string): Promise<string> {
  const directory = writeMesh(meshOf(name));
  try {
    const argv = ['sleep.shop', `tcp://${VIP}:80`, '--snapshot', directory.path, '--all-branches', '-o', format];
    const { stdout, exitCode } = await runCommand(TraceCommand, argv);
    expect(exitCode).toBe(1);
    return stdout;
  } finally {
    directory.remove();
  }
}

test.each(NAMES)('%j in HTML is text: the page has its own elements alone', async (name) => {
  const [html, plain] = [await traced(name, 'html'), await traced('app', 'html')];
  expect(elementsOf(html)).toEqual(elementsOf(plain));
  expect(html).not.toContain(String.fromCharCode(27));
});

/** Kinds of elements of a page, and attributes that run something. */
function elementsOf(html: string): readonly string[] {
  const opened = [...html.matchAll(/<([a-z][a-z0-9-]*)/gi)].map(([, element = '']) => element.toLowerCase());
  const handlers = [...html.matchAll(/<[a-z][^>]*\s(on[a-z]+)=/gi)].map(([, handler = '']) => handler);
  return [...new Set([...opened, ...handlers])].sort();
}

test.each(NAMES)('%j in Mermaid and DOT is a label: each line is one of the form', async (name) => {
  for (const [format, line] of [
    ['mermaid', MERMAID_LINE],
    ['dot', DOT_LINE],
  ] as const) {
    const lines = (await traced(name, format)).split('\n').filter((one) => one !== '');
    expect(lines.filter((one) => !line.test(one))).toEqual([]);
  }
});

test('of several listeners of a waypoint the one that handles the request itself has the route configuration', async () => {
  const argv = ['productpage-v1-6b746f74dc-9stvs.bookinfo', 'http://reviews:9080/', '--sample=ambient'];
  const { stdout } = await runCommand(TraceCommand, argv, { terminal: 200 });
  const told = stdout.split('\n').flatMap((line) => /of listener .*$/.exec(line)?.[0].trim() ?? []);
  expect(told).toEqual([
    'of listener connect_terminate',
    'of listener main_internal, route configuration inbound-vip|9080|http|reviews.bookinfo.svc.cluster.local',
    'of listener connect_originate',
  ]);
});

test('the ways, their shares, and the policy that denies with what it lacks are in every form', async () => {
  for (const format of ['html', 'mermaid', 'dot']) {
    const text = await traced('app', format);
    expect(text).toMatch(/\b25\s?%/);
    expect(text).toMatch(/none allowed/);
    expect(text).toContain('app two.shop');
  }
  const html = await traced('app', 'html');
  expect(html).toMatch(/shop\/app<\/code>: principals does not match|shop\/app: principals does not match/);
});
