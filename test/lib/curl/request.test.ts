import fc from 'fast-check';
import { readCurlCommand } from '../../../src/lib/curl/command-line';
import { CURL_OPTIONS } from '../../../src/lib/curl/options';
import { curlWords, isCommandText } from '../../../src/lib/curl/command-text';
import { curlQuery } from '../../../src/lib/curl/request';
import { shellWords } from '../../../src/lib/curl/shell-words';
import { MctlError, UsageError } from '../../../src/lib/errors';

const files: Readonly<Record<string, string>> = {
  'body.txt': 'one\r\ntwo',
  'headers.txt': 'x-a: 1\nx-b: 2\n',
  'a.cfg': '# comment\nheader = "x-a: \\"1\\""\n-XPUT\nuser-agent: "" rest\nurl http://h/a # rest\n',
  'self.cfg': 'config self.cfg',
  'proxy.cfg': 'proxy = "http://p/"',
  'unknown.cfg': 'nonsense = 1',
  'extra.cfg': 'compressed = yes',
  'lacks.cfg': 'header =',
  'dash.cfg': '- x',
  'long.cfg': `header = "x-a: ${'x'.repeat(20_000_000)}"`,
};

function noFile(path: string): never {
  throw new UsageError(`no ${path}`);
}

function query(line: string): ReturnType<typeof curlQuery> {
  return curlQuery(shellWords(line), (path) => {
    const content = files[path];
    if (content === undefined) return noFile(path);
    return Buffer.from(content);
  });
}

const headersOf = (line: string): Record<string, string> =>
  Object.fromEntries((query(line).headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));

describe('a curl command', () => {
  it('leaves line breaks of a file out with -d, and keeps them with --data-binary', () => {
    expect(headersOf('curl -d @body.txt http://h/')['content-length']).toBe('6');
    expect(headersOf('curl --data-binary @body.txt http://h/')['content-length']).toBe('8');
    expect(query('curl -T body.txt http://h/x/')).toMatchObject({ method: 'PUT', url: 'http://h/x/body.txt' });
    expect(headersOf('curl -H @headers.txt http://h/')).toMatchObject({ 'x-a': '1', 'x-b': '2' });
  });

  it('takes options from a configuration file, in its place', () => {
    expect(query('curl -K a.cfg')).toMatchObject({ url: 'http://h/a', method: 'PUT' });
    expect(query('curl -K a.cfg -X POST')).toMatchObject({ method: 'POST' });
    expect(query('curl -X POST -K a.cfg')).toMatchObject({ method: 'PUT' });
    expect(headersOf('curl -K a.cfg')).toEqual({ accept: '*/*', 'x-a': '"1"' });
  });

  it('says where it connects to', () => {
    expect(query('curl --resolve +h:80:10.0.0.1,10.0.0.2 http://h/').resolve).toEqual([
      { host: 'h', port: 80, ip: '10.0.0.1' },
    ]);
    expect(query('curl --connect-to h:80:[fd00::1]:8080 --connect-to ::other: http://h/').connectTo).toEqual([
      { from: { host: 'h', port: 80 }, to: { host: 'fd00::1', port: 8080 } },
      { from: { host: null, port: null }, to: { host: 'other', port: null } },
    ]);
    expect(query('curl --haproxy-clientip 192.0.2.7 http://h/').proxyProtocol).toEqual({ ip: '192.0.2.7', port: null });
    expect(query('curl --interface 10.1.2.3 http://h/').sourceIp).toBe('10.1.2.3');
    expect(query('curl --interface eth0 http://h/').sourceIp).toBeUndefined();
    expect(query('curl --no-alpn https://h/').alpn).toEqual([]);
    expect(query('curl --http2-prior-knowledge https://h/').alpn).toEqual(['h2']);
    expect(query('curl --cert c.pem https://h/').tls).toBe('mtls');
    expect(query('curl --request-target * -X OPTIONS http://h/')).toMatchObject({
      requestTarget: '*',
      url: 'http://h/',
    });
    expect(query('curl --proto-default https h').url).toBe('https://h/');
  });

  it.each([
    ['curl -x http://proxy http://h/', '-x cannot be traced: the request goes to the other proxy first'],
    ['curl --socks5 p http://h/', '--socks5 cannot be traced'],
    ['curl --http3 https://h/', 'UDP'],
    ['curl http://h/{a,b}', 'several URLs'],
    ['curl http://h/ http://i/', 'several URLs'],
    ['curl http://h/a --next http://h/b', '--next cannot be traced'],
    ['curl ftp://h/', 'the scheme ftp'],
    ['curl ftp.example.com', 'the scheme ftp'],
    ['curl --digest -u a:b http://h/', 'several requests'],
    ['curl -b jar.txt http://h/', 'does not read a file of cookies'],
    ['curl -K - http://h/', 'standard input'],
    ['curl -K none http://h/', 'no none'],
    ['curl -K self.cfg', 'without end'],
    ['curl -K proxy.cfg http://h/', '--proxy cannot be traced'],
    ['curl -K unknown.cfg http://h/', 'no option --nonsense'],
    ['curl -K extra.cfg http://h/', 'takes no value'],
    ['curl -K lacks.cfg http://h/', 'needs a value'],
    ['curl -K long.cfg http://h/', 'a line of more than'],
    ['curl -K dash.cfg http://h/', 'no option -'],
    ['curl', 'names no URL'],
    ['curl -I -d a http://h/', 'only one of -I and a body'],
    ['curl -d a -F b=c http://h/', 'only one of -d, -F and -T'],
    ['curl --nonsense http://h/', 'no option --nonsense'],
    ['curl --request', 'needs a value'],
    ['curl -& http://h/', 'outside of quotes'],
    ["curl 'http://h/ x'", 'curl refuses the URL'],
    ["curl -G -d 'a=b c' http://h/x", 'curl refuses the URL'],
    ['wget http://h/', 'begins with curl'],
    ['curl -d @- http://h/', 'standard input'],
    ['curl -H @- http://h/', 'standard input'],
    ['curl http://h/ --expand-data x', '--expand-data cannot be traced'],
    ['curl http://h/ --aws-sigv4 aws:amz', 'depends on the time'],
    ['curl http://h/ --unix-socket /run/x', 'passes by every proxy'],
    ['curl http://h/[1-3]', 'several URLs'],
    ['curl http://h/[a-', 'is not a range'],
    ['curl http://h/{a', 'not closed'],
    ["curl -H 'Host:' http://h/", 'Envoy answers 400'],
    ["curl -H 'X-a : 1' http://h/", 'a blank in its name'],
    ["curl -X 'a b' http://h/", 'is not an HTTP method'],
    ['curl -u luffy http://h/', 'asks for the password'],
    ['curl -F a=@x,y http://h/', 'several files'],
    ['curl -0 -T - http://h/', 'unknown length over HTTP/1.0'],
    ['curl http://h!/', 'names no host'],
    ['curl http://$HOST/', 'only a shell can run'],
    ['curl http://h/ | jq .', 'only a shell can run'],
    ['curl "http://h/$(id)"', 'only a shell can run'],
    ["curl 'http://h/", 'not closed'],
  ])('%s', (line, message) => {
    expect(() => query(line)).toThrow(UsageError);
    expect(() => query(line)).toThrow(message);
  });

  it('takes unambiguous beginnings, joined letters and --no-', () => {
    expect(readCurlCommand(['--compressed', '-sSLXPUT', '--request-t', '*', '--no-compressed', 'u'], noFile)).toEqual([
      { name: 'compressed', value: true },
      { name: 'request', value: 'PUT' },
      { name: 'request-target', value: '*' },
      { name: 'compressed', value: false },
      { name: 'url', value: 'u' },
    ]);
  });

  it('knows for each option whether it shapes the request', () => {
    const roles = new Set([...CURL_OPTIONS.values()].map(({ role }) => role.kind));
    expect(roles).toEqual(new Set(['shapes', 'let through', 'refused']));
    expect(CURL_OPTIONS.size).toBeGreaterThan(260);
  });

  it('drops what follows a # in data that -G adds to the URL', () => {
    expect(query("curl -G -d 'a=b#c' -d d=e http://h/x").url).toBe('http://h/x?a=b');
    expect(query("curl -G -d 'a=b' -d 'd=e' http://h/x?z").url).toBe('http://h/x?z&a=b&d=e');
  });

  it('is a query or a usage error, whatever is written', () => {
    const word = fc.oneof(
      fc.constantFrom(...[...CURL_OPTIONS.keys()].map((name) => `--${name}`)),
      fc.constantFrom(
        '-X',
        '-H',
        '-d',
        '-F',
        '-G',
        '-b',
        'http://h/',
        'https://[::1]:8/',
        'a=b',
        'x: y',
        '@body.txt',
        '',
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          expect(typeof curlQuery(['curl', ...words], () => Buffer.from('x')).url).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(MctlError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('shellWords', () => {
  it.each([
    [`curl 'a b' "c d" e\\ f`, ['curl', 'a b', 'c d', 'e f']],
    ['curl \\\n  -H x', ['curl', '-H', 'x']],
    ["curl $'a\\tb\\u0041\\x42\\'c'", ['curl', "a\tbAB'c"]],
    [`curl "a\\"b\\\\c"`, ['curl', 'a"b\\c']],
    [`curl ''`, ['curl', '']],
    [`curl a'b'"c"`, ['curl', 'abc']],
    [`curl "100% $"`, ['curl', '100% $']],
    ["curl a#b # what's behind is a comment", ['curl', 'a#b']],
    [String.raw`curl $'\ud83d\ude00 \U0001f600 \xc3\xa9 \303\251 \z\?'`, ['curl', '😀 😀 é é \\z?']],
    [String.raw`curl $'a\0b'c`, ['curl', 'ac']],
  ])('%s', (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });

  it('gives words back that were quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const text = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
        expect(shellWords(text)).toEqual(words);
      }),
    );
  });
});

/** What browsers and Postman put on the clipboard for one request. */
const PASTED: readonly (readonly [from: string, text: string])[] = [
  [
    'Chrome, bash',
    String.raw`curl 'http://reviews:9080/reviews/0?q=%C3%A9' \
  -H 'accept: */*' \
  -H $'x-name: L\u0027uffy\u0021' \
  -b 'session=a; theme=b' \
  --data-raw $'{"a":"\u00e9"}' \
  --insecure`,
  ],
  [
    'Chrome, cmd',
    String.raw`curl ^"http://reviews:9080/reviews/0?q=^%^C3^%^A9^" ^
  -H ^"accept: */*^" ^
  -H ^"x-name: L'uffy^!^" ^
  -b ^"session=a; theme=b^" ^
  --data-raw ^"^{^\^"a^\^":^\^"é^\^"^}^" ^
  --insecure`,
  ],
  [
    'Chrome, cmd, as older releases wrote it',
    String.raw`curl "http://reviews:9080/reviews/0?q=%C3%A9" ^
  -H "accept: */*" ^
  -H "x-name: L'uffy!" ^
  -b "session=a; theme=b" ^
  --data-raw "{""a"":""é""}" ^
  --insecure`,
  ],
  [
    'Firefox, POSIX',
    String.raw`curl 'http://reviews:9080/reviews/0?q=%C3%A9' -X POST -H 'accept: */*' -H 'x-name: L'\''uffy!' -H 'Cookie: session=a; theme=b' --data-raw '{"a":"é"}'`,
  ],
  [
    'Safari',
    String.raw`curl 'http://reviews:9080/reviews/0?q=%C3%A9' \
-X 'POST' \
-H 'accept: */*' \
-H 'x-name: L'\''uffy!' \
-H 'Cookie: session=a; theme=b' \
--data-binary '{"a":"é"}'`,
  ],
  [
    'Postman',
    String.raw`curl --location 'http://reviews:9080/reviews/0?q=%C3%A9' \
--header 'accept: */*' \
--header 'x-name: L'\''uffy!' \
--header 'Cookie: session=a; theme=b' \
--data '{"a":"é"}'`,
  ],
];

describe('a pasted command', () => {
  it.each(PASTED)('of %s', (_from, text) => {
    const asked = curlQuery(curlWords(text), () => Buffer.from(''));
    expect(asked.url).toBe('http://reviews:9080/reviews/0?q=%C3%A9');
    expect(asked.method).toBe('POST');
    const headers = Object.fromEntries((asked.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]));
    expect(headers).toMatchObject({ 'x-name': "L'uffy!", cookie: 'session=a; theme=b', 'content-length': '10' });
    expect(isCommandText(text)).toBe(true);
  });

  it('may have a prompt in front', () => {
    expect(curlWords("$ curl -H 'a: b' h")).toEqual(['curl', '-H', 'a: b', 'h']);
    expect(curlWords('curl ^\n  -d ^"a^\n\nb^" h')).toEqual(['curl', '-d', 'a\nb', 'h']);
    expect(() => curlWords('curl ^"h^" | more')).toThrow('only a shell can run');
    expect(isCommandText('curl')).toBe(false);
    expect(isCommandText('curling stones')).toBe(false);
  });
});
