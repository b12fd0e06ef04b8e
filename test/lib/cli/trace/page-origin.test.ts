import { printableWords } from '../../../../src/lib/cli/trace/page-origin';

test.each([
  [
    ['x.ns', 'http://a/', '--sample'],
    ['x.ns', 'http://a/', '--sample'],
  ],
  [
    ['-H', 'end-user: luffy'],
    ['-H', 'end-user: luffy'],
  ],
  [
    ['-H', 'authorization: Bearer abc'],
    ['-H', 'authorization: [redacted]'],
  ],
  [['-Hcookie: sid=abcdefgh'], ['-Hcookie: [redacted]']],
  [['--header=x-api-key: abcdefgh'], ['--header=x-api-key: [redacted]']],
  [
    ['--claim', 'sub=abc', '--claim=iss=abc'],
    ['--claim', 'sub=[redacted]', '--claim=iss=[redacted]'],
  ],
  [['http://me:pw@a/?token=abcdefgh&x=1'], ['http://[redacted]@a/?token=[redacted]&x=1']],
  [
    ['x.ns', '-o', 'html', '--', 'curl', '-d', 'password=abc', 'http://a/'],
    ['x.ns', '-o', 'html', '--', 'curl', '…'],
  ],
])('of %j the page prints %j', (words, printed) => {
  expect(printableWords(words)).toEqual(printed);
});
