import { readCheckText } from '../../../src/lib/check/check-text';
import { parseCheckFile } from '../../../src/lib/check/parse-check-file';
import { InputError } from '../../../src/lib/errors';

const read = (text: string, environment: Record<string, string> = {}) =>
  parseCheckFile('checks.yaml', text, environment);

function refused(text: string, environment: Record<string, string> = {}): string {
  try {
    read(text, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message, more } = error as InputError;
    return [message, ...more].join('\n');
  }
  throw new Error('it was read');
}

describe('parseCheckFile', () => {
  it('works out the first of many mistakes, and says that there are more', () => {
    const unknown = (count: number): string =>
      `checks: [{request: {url: "http://h/"}}]\n${Array.from({ length: count }, (_, index) => `k${index}: 1`).join('\n')}`;
    expect(refused(unknown(30)).split('\n').at(-1)).toBe('and 20 more');
    expect(refused(unknown(20_000)).split('\n').at(-1)).toBe('and at least 990 more');
  });

  it('takes a curl command in place of a URL', () => {
    const [check] = read(`checks: [{request: {curl: "curl -H 'a: b' http://reviews:9080/", mode: outbound}}]`).checks;
    expect(check?.name).toBe("curl -H 'a: b' http://reviews:9080/");
    expect(refused('checks: [{request: {curl: curl http://h/, url: http://h/}}]')).toContain(
      'is given beside a curl command',
    );
    expect(refused('checks: [{request: {method: GET}}]')).toContain('has neither a url nor a curl command');
  });

  it('reads the file of the documentation', () => {
    const file = read(`
source: {snapshot: ./mesh}
proxy: productpage-v1.bookinfo
checks:
  - name: luffy meets v2
    request: {url: http://reviews:9080/reviews/0, method: GET, headers: {end-user: luffy}, originalDst: "10.96.0.10:9080"}
    expect: {verdict: delivered, cluster: outbound|9080|v2|reviews.bookinfo.svc.cluster.local}
  - name: outbound capture is in place
    view: listener
    filter: {port: 15001}
    expect: {count: 1, jsonpath: {"$[0].name": virtualOutbound}}
`);
    expect(file.source).toEqual({ snapshot: './mesh' });
    expect(file.checks).toEqual([
      {
        name: 'luffy meets v2',
        file: 'checks.yaml',
        line: 5,
        proxy: 'productpage-v1.bookinfo',
        subject: {
          kind: 'trace',
          request: {
            url: 'http://reviews:9080/reviews/0',
            method: 'GET',
            headers: { 'end-user': 'luffy' },
            originalDst: '10.96.0.10:9080',
          },
          allBranches: false,
          expect: { verdict: 'delivered', cluster: 'outbound|9080|v2|reviews.bookinfo.svc.cluster.local' },
        },
      },
      {
        name: 'outbound capture is in place',
        file: 'checks.yaml',
        line: 8,
        proxy: 'productpage-v1.bookinfo',
        subject: {
          kind: 'view',
          view: 'listener',
          filter: { port: 15001 },
          expect: { count: 1, jsonpath: { '$[0].name': 'virtualOutbound' } },
        },
      },
    ]);
  });

  it('reads JSON, every request key, and a check without a name or an expectation', () => {
    const request = {
      url: 'https://a.b/',
      headers: [
        ['x', '1'],
        ['x', '2'],
      ],
      httpVersion: '1.0',
      resolve: ['a.b:443:1.2.3.4'],
      sni: '',
      alpn: [],
      tls: 'mtls',
      sourceIp: '1.2.3.4',
      sourcePrincipal: 'spiffe://x/ns/a/sa/b',
      uid: 5,
      gid: 6,
      mode: 'gateway',
      claim: { sub: 'me' },
      serverFirst: false,
      oneHop: true,
      allBranches: true,
    };
    const { checks } = read(JSON.stringify({ checks: [{ request }] }));
    expect(checks[0]).toMatchObject({
      name: 'GET https://a.b/',
      proxy: null,
      subject: { request, allBranches: true, expect: null },
    });
  });

  it.each([
    [
      'an unknown key',
      'checks:\n  - request: {url: http://a/, metod: GET}',
      'checks.yaml:2:31 checks.0.request has the unknown key metod: did you mean method?',
    ],
    [
      'an unknown expectation',
      'checks:\n  - request: {url: http://a/}\n    expect: {verdikt: denied}',
      'checks.yaml:3:14 checks.0.expect has the unknown key verdikt: did you mean verdict?',
    ],
    [
      'an unknown filter',
      'checks:\n  - view: route\n    filter: {nam: "80"}',
      'checks.yaml:3:14 checks.0.filter has the unknown key nam: did you mean name?',
    ],
    [
      'a wrong value',
      'checks:\n  - request: {url: http://a/}\n    expect: {verdict: ok}',
      'checks.yaml:3:14 checks.0.expect.verdict must be one of delivered, redirected',
    ],
    [
      "a view's expectation of a request",
      'checks:\n  - request: {url: http://a/}\n    expect: {count: 1}',
      'checks.0.expect has the unknown key count',
    ],
    ['neither', 'checks:\n  - name: x', 'checks.yaml:2:5 checks.0 has neither a request nor a view'],
    [
      'both',
      'checks:\n  - view: route\n    request: {url: http://a/}',
      'checks.yaml:2:5 checks.0 has a request and a view',
    ],
    ['no checks', 'proxy: x', "the file must have required property 'checks'"],
    ['a list', '- 1', 'checks.yaml:1:1 the file must be a map'],
    [
      'a misspelt word under not',
      'checks:\n  - request: {url: http://a/}\n    expect: {not: {responseFlags: NRR}}',
      'checks.yaml:3:20 checks.0.expect.not.responseFlags is "NRR", which is not a response flag of Envoy: did you mean NR?',
    ],
    [
      'a status that is none',
      'checks:\n  - request: {url: http://a/}\n    expect: {not: [{status: 20O}]}',
      'checks.yaml:3:21 checks.0.expect.not.0.status is "20O", which is not an HTTP status',
    ],
    [
      'headers as lines',
      'checks:\n  - request: {url: http://a/, headers: ["end-user: luffy"]}',
      'checks.yaml:2:41 checks.0.request.headers.0 must be a list',
    ],
    [
      'half a header',
      'checks:\n  - request: {url: http://a/, headers: [[end-user]]}',
      'checks.yaml:2:41 checks.0.request.headers.0 must be a pair: [name, value]',
    ],
    [
      'a header name with a blank',
      'checks:\n  - request: {url: http://a/, headers: {end user: luffy}}',
      'checks.0.request.headers has "end user", which cannot stand in a header',
    ],
    [
      'a branch that is misspelt',
      'checks:\n  - request: {url: http://a/}\n    expect: {branches: [{verdict: faild}]}',
      'checks.0.expect.branches.0.verdict must be one of',
    ],
    [
      'nothing under not',
      'checks:\n  - request: {url: http://a/}\n    expect: {not: {}}',
      'checks.yaml:3:14 checks.0.expect.not is empty: it expects nothing',
    ],
    ['broken YAML', 'checks:\n  - {', 'checks.yaml: '],
    ['a repeated key', 'checks: []\nchecks: []', 'Map keys must be unique'],
    [
      'JSON with a mistake',
      '{\n  "checks": [\n    {"request": {"url": 5}}\n  ]\n}',
      'checks.yaml:3:18 checks.0.request.url must be a text',
    ],
  ])('refuses %s, with line and column', (_what, text, says) => {
    expect(refused(text)).toContain(says);
  });

  it('names every mistake once', () => {
    const lines = refused('checks:\n  - request: {url: 1, x: 1}\n    expcet: {}').split('\n');
    expect(lines).toHaveLength(3);
    expect(refused('checks:\n  - request: {url: a}\n    expect: {verdikt: denied}').split('\n')).toHaveLength(1);
  });

  it('takes numbers as YAML reads them where a text is meant, and nothing for no expectation', () => {
    const { checks } = read(`checks:
  - {view: route, filter: {name: 9080}, expect: {count: 1}}
  - {view: listener, filter: {port: "15001"}, expect: null}
  - request: {url: http://a/}
    expect: {routeConfiguration: 9080, pods: one, cluster: 5}
  - request: {url: http://a/}
    expect:`);
    expect(
      checks.map(({ subject }) => (subject.kind === 'view' ? [subject.filter, subject.expect] : subject.expect)),
    ).toEqual([
      [{ name: '9080' }, { count: 1 }],
      [{ port: 15001 }, null],
      { routeConfiguration: 9080, pods: 'one', cluster: 5 },
      null,
    ]);
  });

  it('fills variables in, with defaults and escapes, and numbers where numbers are wanted', () => {
    const { checks, source } = read(
      'source: {snapshot: "${DIR}/mesh"}\nchecks:\n  - request: {url: "http://${HOST:-reviews}:9080/", uid: "${UID}", sourceIp: "${IP}", headers: {x: "$${A} $5 ${EMPTY}"}}\n    expect: {status: "${STATUS}"}',
      { DIR: '/tmp', UID: '1337', IP: '1.2.3.4', EMPTY: '', STATUS: '404' },
    );
    expect(source).toEqual({ snapshot: '/tmp/mesh' });
    expect(checks[0]?.subject).toMatchObject({
      request: { url: 'http://reviews:9080/', uid: 1337, sourceIp: '1.2.3.4', headers: { x: '${A} $5 ' } },
      expect: { status: '404' },
    });
  });

  it('refuses a variable that is not set, and one that is none', () => {
    expect(refused('checks:\n  - request: {url: "http://${HOST}/"}')).toBe(
      'checks.yaml:2:15 the environment variable HOST is not set; ${HOST:-default} would have a default',
    );
    expect(refused('checks:\n  - request: {url: "http://a/${a b}"}')).toContain('is not a variable');
    expect(refused('checks:\n  - request: {url: "http://a/${__proto__}"}')).toContain('__proto__ is not set');
  });

  it('multiplies a check by its matrix', () => {
    const { checks } = read(`checks:
  - name: "\${{ user }} reads"
    matrix: {user: [luffy, zoro], path: [/a, /b], code: [200]}
    request: {url: "http://reviews:9080\${{ path }}", headers: {end-user: "\${{user}}"}}
    expect: {status: "\${{ code }}", not: {route: "\${{ user }}"}}
  - request: {url: http://a/}`);
    expect(checks.map((check) => check.name)).toEqual([
      'luffy reads (user=luffy, path=/a, code=200)',
      'luffy reads (user=luffy, path=/b, code=200)',
      'zoro reads (user=zoro, path=/a, code=200)',
      'zoro reads (user=zoro, path=/b, code=200)',
      'GET http://a/',
    ]);
    expect(checks[3]?.subject).toMatchObject({
      request: { url: 'http://reviews:9080/b', headers: { 'end-user': 'zoro' } },
      expect: { status: 200, not: { route: 'zoro' } },
    });
    expect(checks.map((check) => check.line)).toEqual([2, 2, 2, 2, 6]);
  });

  it('finds mistakes in what a matrix makes, once and where they are written', () => {
    const text =
      'checks:\n  - request: {url: http://a/}\n  - matrix: {m: [1, 2]}\n    request: {url: "http://${{ n }}/"}';
    expect(refused(text)).toBe('checks.yaml:4:15 the matrix has no n: did you mean m?');
    const wrong =
      'checks:\n  - matrix: {m: [1, 2]}\n    request: {url: "http://${{ m }}/", uid: "a${{ m }}"}\n  - request: {url: 5}';
    expect(refused(wrong).split('\n')).toEqual([
      'checks.yaml:3:40 checks.0.request.uid must be a whole number',
      'checks.yaml:4:15 checks.1.request.url must be a text',
    ]);
    expect(refused('checks:\n  - request: {url: "${{ x }}"}')).toContain('is used in a check without a matrix');
    expect(refused('checks:\n  - matrix: {x: 5}\n    request: {url: a}')).toContain('checks.0.matrix.x must be a list');
    expect(refused('checks:\n  - matrix: {x: []}\n    request: {url: a}')).toContain('matrix.x is an empty list');
  });
});

it('holds no name of a mapping against all before it', () => {
  const names = Array.from({ length: 300_000 }, (_, index) => `n${index}: 1\n`).join('');
  expect(Object.keys(readCheckText('checks.yaml', names).value as object)).toHaveLength(300_000);
  expect(() => readCheckText('checks.yaml', `${names}n7: 2\n`)).toThrow(
    'Map keys must be unique at line 300001, column 1',
  );
});

it.each(['checks: &a [*a]', '&a checks: [*a]\nb: &b {c: [{d: *b}]}', 'checks: &a [{request: &b {x: *a, y: *b}}]'])(
  '%s holds itself',
  (text) => {
    expect(refused(text)).toMatch(/holds itself, by an alias|unresolved alias/i);
  },
);
