/** One limit of nesting, the same in every command and format, and everything below it is walked. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FORMATS, VALUE_FORMATS } from '../fuzz/kind';
import { logLines } from '../fuzz/inputs';
import { runLine } from '../helpers/run-line';
import { MAX_DEPTH } from '../../src/lib/scan/skipper';

const directory = mkdtempSync(join(tmpdir(), 'mctl-nesting-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const [LINE = ''] = logLines();
const TYPE = 'type.googleapis.com/envoy.admin.v3.';

/** What every section of the dump has in a place that is read, and in one that is not. */
function dump(metadata: unknown): string {
  const named = (name: string): object => ({ name, metadata: { filter_metadata: { x: metadata } } });
  const address = { socket_address: { address: '10.0.0.1', port_value: 80 } };
  return JSON.stringify({
    configs: [
      {
        '@type': `${TYPE}BootstrapConfigDump`,
        bootstrap: { node: { id: 'sidecar~10.0.0.9~p1.ns~ns', metadata: { x: metadata } } },
      },
      {
        '@type': `${TYPE}ClustersConfigDump`,
        dynamic_active_clusters: [{ cluster: { ...named('c'), type: 'EDS' } }],
      },
      {
        '@type': `${TYPE}EndpointsConfigDump`,
        dynamic_endpoint_configs: [
          {
            endpoint_config: {
              cluster_name: 'c',
              endpoints: [{ lb_endpoints: [{ endpoint: { address }, ...named('e') }] }],
            },
          },
        ],
      },
      {
        '@type': `${TYPE}ListenersConfigDump`,
        dynamic_listeners: [
          { name: 'l', active_state: { listener: { ...named('l'), address, filter_chains: [named('f')] } } },
        ],
      },
      {
        '@type': `${TYPE}RoutesConfigDump`,
        dynamic_route_configs: [
          {
            route_config: { ...named('80'), virtual_hosts: [{ ...named('v'), domains: ['*'], routes: [named('r')] }] },
          },
        ],
      },
      { '@type': `${TYPE}SecretsConfigDump`, dynamic_active_secrets: [{ name: 's', secret: named('s') }] },
      { '@type': `${TYPE}EcdsConfigDump`, ecds_filters: [{ ecds_filter: { name: 'x', typed_config: named('x') } }] },
      { '@type': `${TYPE}UnheardOfConfigDump`, things: [metadata] },
    ],
  });
}

/** Containers around the metadata in the entry where it stands deepest, and those of the section that nobody reads. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value } : [value];
  return value;
}

function depthOf(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const char of text) {
    if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if (char === '}' || char === ']') depth--;
  }
  return deepest;
}

function calls(file: string): readonly (readonly string[])[] {
  const shallow = join(directory, 'shallow.json');
  const checks = join(directory, 'checks.yaml');
  const free = join(directory, 'capture');
  const each = (formats: readonly string[], ...argv: readonly string[]): readonly (readonly string[])[] =>
    formats.map((format) => [...argv, '-o', format]);
  const views = ['listener', 'route', 'cluster', 'endpoint', 'eds', 'ecds', 'secret'];
  return [
    ...views.flatMap((view) => each(FORMATS, 'pc', view, '-f', file)),
    ...['bootstrap', 'all'].flatMap((view) => each(VALUE_FORMATS, 'pc', view, '-f', file)),
    ...each(FORMATS, 'lint', '-f', file),
    ...each(FORMATS, 'proxy-status', '-f', file),
    ...each(['short', 'wide', 'json', 'yaml'], 'diff', shallow, file),
    ['diff', file, shallow],
    ...each(['pretty', 'tap', 'junit', 'json', 'yaml'], 'check', checks, '-f', file),
    ['check', '--generate', '-f', file],
    ['capture', free, '-f', file],
    ['capture', free, '--redact', '-f', file],
    ['pc', 'trace', 'http://x.y:80/', '--original-dst', '10.0.0.1:80', '-o', 'json', '-f', file],
    ['explain', LINE, '-f', file],
  ];
}

async function exitsOf(text: string): Promise<ReadonlyMap<string, number>> {
  const file = join(directory, 'dump.json');
  writeFileSync(file, text);
  writeFileSync(join(directory, 'shallow.json'), dump({}));
  writeFileSync(
    join(directory, 'checks.yaml'),
    'checks: [{name: x, request: {url: "http://x:80/", originalDst: "10.0.0.1:80"}, expect: {verdict: failed}}]',
  );
  const exits = new Map<string, number>();
  for (const argv of calls(file)) {
    rmSync(join(directory, 'capture'), { recursive: true, force: true });
    const { exitCode, stderr } = await runLine(argv);
    exits.set(`${argv.join(' ').replaceAll(directory, '')}: ${exitCode === 0 ? '' : stderr.slice(0, 300)}`, exitCode);
  }
  return exits;
}

it('the deepest dump that is read is read by all', async () => {
  const text = dump(nested(MAX_DEPTH - depthOf(dump({})) + 1));
  expect(depthOf(text)).toBe(MAX_DEPTH);
  const odd = [...(await exitsOf(text))].filter(([, exit]) => exit !== 0 && exit !== 1);
  expect(odd).toEqual([]);
}, 300_000);

it('a level more is read by none', async () => {
  const text = dump(nested(MAX_DEPTH - depthOf(dump({})) + 2));
  const odd = [...(await exitsOf(text))].filter(([, exit]) => exit !== 65);
  expect(odd).toEqual([]);
}, 300_000);
