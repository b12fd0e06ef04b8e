/** Curl commands drawn at random: options that shape a request, in every combination, of a URL of any kind. */
import fc from 'fast-check';

const text = fc.constantFrom('a', 'b=1', 'x y', 'é', 'q&r=s', '%20', 'a+b', '{}', '#h', '', 'A%c3%AF', '1', ';', '"');
const header = fc.constantFrom(
  'X-One: 1',
  'x-two:2',
  'X-Gone:',
  'X-Empty;',
  'Accept:',
  'Accept: text/html',
  'User-Agent;',
  'Content-Type: text/plain',
  'Content-Type:',
  'Content-Length:',
  'Transfer-Encoding: chunked',
  'Host: Other.example:81',
  'Authorization: mine',
  'Cookie: c=1',
  'Connection: close',
  'Connection:',
  'TE: trailers',
  'Expect:',
  'Range: bytes=1-2',
  'Referer;',
  'no colon',
  '@headers.txt',
);

const option = (...words: readonly fc.Arbitrary<string>[]): fc.Arbitrary<readonly string[]> => fc.tuple(...words);
const just = (word: string): fc.Arbitrary<string> => fc.constant(word);

const data = fc.oneof(
  option(fc.constantFrom('-d', '--data-raw', '--data-binary', '--data-urlencode', '--json', '--url-query'), text),
  option(fc.constantFrom('-d', '--data-binary', '--json'), fc.constantFrom('@body.txt', '@page.html')),
  option(just('--data-urlencode'), fc.constantFrom('n@body.txt', 'n=a b', '=x', '@page.html', 'é=ü')),
);

const form = fc.oneof(
  option(
    fc.constantFrom('-F', '--form'),
    fc.constantFrom(
      'a=b',
      '=b',
      'a=',
      'a"b=c',
      'f=@body.txt',
      'f=@page.html;type=text/x;filename="a b"',
      'f=<body.txt',
      'a= x ;type=text/plain; charset=utf-8',
      'a="q;r"',
      'a=b;filename=x.pdf',
    ),
  ),
  option(just('--form-string'), fc.constantFrom('a=@b', 'a=b;type=c', '=')),
);

const other = fc.oneof(
  option(just('-H'), header),
  option(fc.constantFrom('-X', '--request'), fc.constantFrom('PUT', 'post', 'DELETE', 'OPTIONS')),
  option(
    fc.constantFrom(
      '-G',
      '-I',
      '-0',
      '--http1.1',
      '--http2',
      '--compressed',
      '--tr-encoding',
      '--path-as-is',
      '-g',
      '--form-escape',
    ),
  ),
  option(fc.constantFrom('--no-compressed', '-s', '-k', '-L', '--no-keepalive', '-sSf')),
  option(
    fc.constantFrom('-A', '-e', '-b', '--oauth2-bearer'),
    fc.constantFrom('', 'x=1', 'http://r/;auto', 'y=2; z=3'),
  ),
  option(just('-u'), fc.constantFrom('a:b', ':', 'é:x:y')),
  option(just('-r'), fc.constantFrom('0-1', '5', '-3', '1-2,4-5')),
  option(just('-C'), fc.constantFrom('-', '0', '3')),
  option(just('-z'), fc.constantFrom('1 Jan 2020', '-20200101', '=Sun, 06 Nov 1994 08:49:37 GMT')),
  option(just('-T'), fc.constantFrom('body.txt', 'i.gif', '-', '', 'sub/naïve file.txt')),
  option(just('--request-target'), fc.constantFrom('/other', '*')),
);

const host = fc.constantFrom(
  'reviews',
  'Reviews.Shop',
  '10.1.2.3',
  '127.1',
  '[::1]',
  '[fd00::0:1]',
  'b\u00fccher.example',
  'u:p@h',
  'u@h',
  'h%61',
  'a_b',
);
const path = fc.constantFrom(
  '',
  '/',
  '/a/b',
  '/a/../b',
  '/./x/..',
  '//a//',
  '/caf\u00e9',
  '/%7euser',
  '/%2e%2e/',
  '/a/{b}',
  '/[1-1]',
  '/\\{x\\}',
  '/..',
  '/a;b=c',
);
const query = fc.constantFrom('', '?a=b', '?a=../b', '?x&', '?\u00e9', '#f', '?a#f', '?a?b');
const url = fc
  .tuple(
    fc.constantFrom('', 'http://', 'HTTP://', 'http:/', 'http:///'),
    host,
    fc.constantFrom('', ':9080', ':80', ':', ':0080'),
    path,
    query,
  )
  .map((parts) => parts.join(''));

/** The words of one command. */
export const commandWords: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.array(fc.oneof(other, other, other, data), { maxLength: 5 }),
    fc.oneof(fc.constant([]), fc.constant([]), fc.array(data, { maxLength: 3 }), fc.array(form, { maxLength: 3 })),
    url,
    fc.boolean(),
  )
  .map(([before, body, where, isFirst]) => {
    const words = [...before, ...body].flat();
    return ['curl', ...(isFirst ? [where, ...words] : [...words, where])];
  });
