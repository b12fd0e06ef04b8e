/** A dump with a marker at each of 52 places: none that is to stay in comes out, by any command, format or capture. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { callsOn, hostileDirectory, hostileText, NODES, type Ran, runWith } from '../../helpers/hostile-files';

const OUTPUTS = 'views, traces, diffs and reports';
const required = JSON.parse(hostileText('secrets.required.json')) as Readonly<Record<string, readonly string[]>>;
const directory = hostileDirectory('secrets.json', 'tok.yaml');
const { at } = directory;
const other = directory.write('other.json', hostileText('secrets.json').replace(/SEKRET(\d+)x/g, 'SEKRET$1xq'));
const calls = callsOn(directory, at('secrets.json'), other);

/** A marker as it stands, in base64 from any byte on, in hex, and in a query. */
function formsOf(marker: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + marker)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [marker, ...inBase64, Buffer.from(marker).toString('hex'), encodeURIComponent(marker)];
}

/** The markers of a list that a text holds. */
function held(text: string, list: string): readonly string[] {
  return (required[list] ?? []).filter((marker) => formsOf(marker).some((form) => text.includes(form)));
}

/** Every text below a directory, compressed ones too. */
function textsBelow(path: string): string {
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((file) => statSync(file).isFile())
    .map((file) => {
      const bytes = readFileSync(file);
      return `${file}\n${(file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')}`;
    })
    .join('\n');
}

test('the lists name markers that the dump holds', () => {
  expect(required[OUTPUTS]?.length).toBeGreaterThan(30);
  for (const list of Object.values(required)) {
    expect(list.filter((marker) => !hostileText('secrets.json').includes(marker)).length).toBeLessThan(list.length / 3);
  }
});

describe.each(NODES)('with %s', (node) => {
  const said = (ran: Ran): string => ran.stdout + ran.stderr;

  test.each(calls)('%s, with DEBUG and a summary of a job', (_id, own) => {
    const summary = directory.write('summary.md', '');
    for (const { argv } of own) {
      const ran = runWith(node, argv, {
        env: { DEBUG: '*', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
      });
      expect([argv, held(said(ran), OUTPUTS)]).toEqual([argv, []]);
      expect([argv, [0, 1, 65].includes(ran.status ?? -1)]).toEqual([argv, true]);
    }
    expect(held(readFileSync(summary, 'utf8'), OUTPUTS)).toEqual([]);
  });

  test.each(['', '--redact', '--gzip', '--redact --gzip --redact-map map.json'])('capture %s', (line) => {
    const flags = line.split(' ').filter((flag) => flag !== '');
    const target = join(directory.path, `mesh-${NODES.indexOf(node)}-${flags.join('')}`);
    const map = join(directory.path, 'map.json');
    const argv = [
      'capture',
      target,
      '-f',
      at('secrets.json'),
      ...flags.map((flag) => (flag === 'map.json' ? map : flag)),
    ];
    const ran = runWith(node, argv, { env: { DEBUG: '*' } });
    expect(ran.status).toBe(0);
    expect(held(said(ran), 'captures')).toEqual([]);
    expect(held(textsBelow(target), 'captures')).toEqual([]);
    // What was captured can be read, and says as little.
    const read = runWith(node, ['pc', 'all', '--snapshot', target, '-o', 'json']);
    expect(read.status).toBe(0);
    expect(held(said(read), 'captures')).toEqual([]);
  });

  test('a token of the environment, in every report and in the errors', () => {
    const token = 'hG7-given/token+of.env=';
    for (const format of ['pretty', 'tap', 'junit', 'json', 'yaml']) {
      const report = directory.write('report', '');
      const argv = ['check', at('tok.yaml'), '-f', at('secrets.json'), '-o', format, '--report', `junit=${report}`];
      const ran = runWith(node, argv, { env: { TOK: token, DEBUG: '*', GITHUB_ACTIONS: 'true' } });
      expect([0, 1]).toContain(ran.status);
      for (const text of [said(ran), readFileSync(report, 'utf8')]) {
        expect(formsOf(token).filter((form) => text.includes(form))).toEqual([]);
      }
    }
    const unreadable = ['check', at('tok.yaml'), '-f', directory.write('no.json', `{"x": "Bearer ${token}`)];
    expect(said(runWith(node, unreadable, { env: { TOK: token, DEBUG: '*' } }))).not.toContain(token);
  });

  test('--show-secrets shows them, but in a capture', () => {
    const shown = runWith(node, ['pc', 'all', '-f', at('secrets.json'), '-o', 'json', '--show-secrets']);
    expect(held(shown.stdout, OUTPUTS).length).toBeGreaterThan(30);
    const target = join(directory.path, `shown-${NODES.indexOf(node)}`);
    runWith(node, ['capture', target, '-f', at('secrets.json'), '--show-secrets']);
    expect(held(textsBelow(target), 'captures')).toEqual([]);
  });
});
