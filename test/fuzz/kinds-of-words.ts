/** Changed command lines, check files, access logs and curl commands, over inputs that nothing was done to. */
import { dumps, logLines } from './inputs';
import { changedDocument, FORMATS, type Kind, REPLAY_FORMATS, TRACE_FORMATS } from './kind';
import { CHECKS } from './kinds-of-dumps';
import { changedTwice } from './mutate-text';
import type { Random } from './random';

type Words = readonly string[];

const POD = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
const SAMPLE = ['--sample', '--proxy', POD];
const FORMAT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %REQ(:AUTHORITY)%';

const HAR = JSON.stringify({
  log: {
    version: '1.2',
    entries: [
      {
        request: {
          ...{
            method: 'GET',
            url: 'http://reviews:9080/reviews/0?x=1',
            httpVersion: 'HTTP/1.1',
            queryString: [{ name: 'x', value: '1' }],
          },
          headers: [
            { name: 'Host', value: 'reviews:9080' },
            { name: 'end-user', value: 'luffy' },
            { name: 'cookie', value: 'a=b' },
          ],
        },
        response: { status: 200, headers: [{ name: 'location', value: '/x' }] },
      },
      {
        request: { method: 'POST', url: 'https://example.com/', httpVersion: 'h2', headers: [] },
        response: { status: 0 },
      },
    ],
  },
});

const CURL = [
  'http://reviews:9080/reviews/0',
  "-H 'end-user: luffy' http://reviews:9080/reviews/0",
  '-X POST -d a=b --data-urlencode x=1 -u me:secret http://reviews:9080/?q=1',
  '--resolve reviews:9080:10.96.10.3 -k --http2-prior-knowledge https://reviews:9080/',
  '--proto-default http --max-time 3 -sSL -b a=b -A x -e y -r 0-9 reviews:9080/{a,b}/[1-2]',
  '--json {} --compressed -G -d q=1 --url http://details:9080/ --connect-to ::1.2.3.4:80',
];

/** Command lines of which one word at a time is changed. */
const LINES: readonly Words[] = [
  [
    'pc',
    'trace',
    POD,
    'http://reviews:9080/reviews/0?a=b',
    '-H',
    'end-user: luffy',
    '--resolve',
    'reviews:9080:10.96.10.3',
  ],
  [
    'pc',
    'trace',
    POD,
    'https://example.com/',
    '--sni',
    'example.com',
    '--alpn',
    'h2,http/1.1',
    '--original-dst',
    '1.2.3.4:443',
  ],
  [
    'pc',
    'trace',
    POD,
    'http://details:9080/',
    '--claim',
    'iss=a',
    '--source-principal',
    'spiffe://a/b',
    '--tls',
    'mtls',
    '--uid',
    '5',
  ],
  ['pc', 'trace', POD, 'http://details:9080/', '--expect', 'hops[0].route=default', '--mode', 'outbound', '-X', 'PUT'],
  ['pc', 'listener', POD, '--port', '9080', '--address', '0.0.0.0', '-o', 'jsonpath={range [*]}{.name}{"\\n"}{end}'],
  ['pc', 'cluster', POD, '-o', 'jsonpath={[?(@.type=="EDS")].name}'],
  ['pc', 'route', POD, '--name', '9080', '-o', "jsonpath={..virtualHosts[0:3:2]['name','domains']}"],
  ['pc', 'endpoint', POD, '--cluster', 'outbound|9080||reviews.bookinfo.svc.cluster.local', '--status', 'healthy'],
  [
    'reach',
    POD,
    '--where',
    'path~^/reviews/[0-9]+$',
    '--where',
    '!header:end-user=luffy',
    '--max-classes',
    '20',
    '--one-hop',
  ],
  ['reach', POD, '--to', 'svc/reviews.bookinfo', '--where', 'host=reviews', '--max-classes', '20', '--status', '200'],
  ['lint', POD, '--severity', 'error', '--rule', 'shadowed-route'],
  ['explain', 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local'],
  ['diff', POD, 'reviews-v2-7bf8c9648f-rzfp6.bookinfo', '--view', 'cluster'],
  ['proxy-status', '-l', 'app=reviews,version in (v1, v2)', '-n', 'bookinfo', '--concurrency', '4'],
  ['__complete', '--', 'pc', 'listener', '--port', '--sample', 'p'],
  ['completion', 'bash'],
  ['pc', 'listener', POD, '--max-input', '8GiB', '--timeout', '15s', '--proxy-admin-port', '15000'],
];

export const WORD_KINDS: readonly Kind[] = [
  {
    name: 'a command line',
    weight: 8,
    prepare: (random) => {
      const words = [...random.of(LINES)];
      const at = 1 + random.below(words.length - 1);
      const [word, changes] = changedTwice(words[at] ?? '', random);
      words[at] = word;
      const source = words[0] === '__complete' || words[0] === 'completion' ? [] : ['--sample'];
      return { input: `word ${at}`, changes, argv: [...words, ...source], usage: true };
    },
  },
  {
    name: 'a curl command',
    weight: 6,
    prepare: (random) => {
      const [text, changes] = changedTwice(random.of(CURL), random);
      const argv = ['pc', 'trace', POD, '--sample', '-o', random.of(TRACE_FORMATS), '--', 'curl', ...shellWords(text)];
      return { input: text, changes, argv, usage: true };
    },
  },
  {
    name: 'an access log',
    weight: 7,
    prepare: (random, place) => {
      const [text, changes] = changedTwice(`${random.of(logLines())}\n${random.of(logLines())}\n`, random);
      return {
        ...{ input: 'an access log', changes, stdin: text, usage: true },
        argv: random.of<Words>([
          ['replay', '-', ...SAMPLE, '-o', random.of(REPLAY_FORMATS)],
          ['replay', place.put(place.at('a.log'), text), ...SAMPLE, '--since', '2026-01-01T00:00:00Z', '--grep', 'a'],
          ['explain', '-', ...SAMPLE, '-o', random.of(['text', 'json', 'yaml'])],
          ['explain', '-'],
          ['explain', text],
        ]),
      };
    },
  },
  {
    name: 'the format of an access log',
    weight: 2,
    prepare: (random) => {
      const [format, changes] = changedTwice(
        random.of([FORMAT, JSON.stringify({ a: '%REQ(:PATH)%', code: '%RESPONSE_CODE%' })]),
        random,
      );
      const argv = ['replay', '-', '--format', format, ...SAMPLE, '-o', random.of(REPLAY_FORMATS)];
      return { input: 'a format', changes, stdin: `${random.of(logLines())}\n`, argv, usage: true };
    },
  },
  {
    name: 'an HTTP archive',
    weight: 4,
    prepare: (random, place) => {
      const [text, changes] = random.below(4) > 0 ? changedDocument({ text: HAR }, random) : changedTwice(HAR, random);
      const path = place.put(place.at('a.har'), text);
      return {
        input: 'a HAR',
        changes,
        argv: ['replay', path, ...SAMPLE, '-o', random.of(REPLAY_FORMATS)],
        usage: true,
      };
    },
  },
  {
    name: 'a check file',
    weight: 6,
    prepare: (random, place) => {
      const [text, changes] = checksOf(random);
      const checks = place.put(place.at('checks.yaml'), text);
      const dump = place.put(place.at('dump.json'), dumps()[0]?.text ?? '');
      const reports = ['pretty', 'tap', 'junit', 'json', 'yaml'];
      const argv = random.of<Words>([
        ['check', checks, '-f', dump, '-o', random.of(reports)],
        ['check', checks, '--sample', '-o', random.of(reports), '--coverage', '--mode', 'outbound'],
        ['diff', dump, dump, '--requests', checks],
      ]);
      return { input: 'a check file', changes, argv, usage: true };
    },
  },
  {
    name: 'reports to merge',
    weight: 1,
    prepare: (random, place) => {
      const [text, changes] = changedDocument({ text: REPORT }, random);
      const path = place.put(place.at('report.json'), text);
      return {
        input: 'a report',
        changes,
        argv: ['check', '--merge', path, '-o', random.of(['pretty', 'junit', 'tap', 'json'])],
        usage: true,
      };
    },
  },
  {
    name: 'help and completion',
    weight: 1,
    prepare: (random) => {
      const [word, changes] = changedTwice(random.of(FORMATS), random);
      const argv = random.of<Words>([
        [word],
        ['pc', word],
        ['pc', 'trace', '--help', word],
        ['completion', word],
        ['__complete', word],
      ]);
      return { input: 'words', changes, argv, usage: true };
    },
  },
];

function checksOf(random: Random): readonly [string, Words] {
  if (random.below(2) === 0) return changedTwice(CHECKS, random);
  return changedDocument({ text: JSON.stringify(DOCUMENT) }, random);
}

const DOCUMENT = {
  ...{ source: {}, proxy: POD },
  checks: [
    {
      name: 'a',
      request: {
        ...{
          url: 'http://reviews:9080/',
          method: 'GET',
          headers: [
            ['a', 'b'],
            ['Host', 'reviews'],
          ],
          originalDst: '10.96.10.3:9080',
          sni: 'x',
        },
        ...{
          alpn: ['h2'],
          tls: 'mtls',
          sourceIp: '1.2.3.4',
          httpVersion: '1.1',
          mode: 'outbound',
          claims: { iss: 'a' },
          uid: 5,
        },
      },
      expect: { verdict: 'delivered', clusters: { a: 1 }, pods: ['a.b'], hops: [{ route: 'default', status: 200 }] },
    },
    { name: 'b', view: 'listener', filter: { port: 9080 }, expect: { count: 1, jsonpath: { '$[0].name': 'a' } } },
  ],
};

const REPORT = JSON.stringify({
  ...{ passed: 1, failed: 1, unjudged: 0 },
  checks: [
    { name: 'a', passed: true, error: null, failures: [], trace: null },
    { name: 'b', passed: false, error: null, failures: [{ key: 'verdict', expected: 'delivered', actual: 'failed' }] },
  ],
});

/** Words as a shell would cut them, by blanks and single quotes. */
function shellWords(text: string): Words {
  return [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}
