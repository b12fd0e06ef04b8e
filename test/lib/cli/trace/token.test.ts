import { Readable } from 'node:stream';
import { runCommand } from '../../../helpers/run-command';
import TraceCommand from '../../../../src/commands/proxy-config/trace';
import { checkTokenFlags, noteTimes, readToken, withToken } from '../../../../src/lib/cli/trace/token';
import type { Streams } from '../../../../src/lib/cli/streams';
import { temporaryDirectory } from '../../../helpers/temporary-directory';

const directory = temporaryDirectory();
afterAll(() => {
  directory.remove();
});

function jwt(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

function streams(stdin = ''): { readonly streams: Streams; readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    streams: {
      stdin: Readable.from([Buffer.from(stdin)]),
      note: (line: string) => said.push(line),
    } as unknown as Streams,
  };
}

const NOW = new Date('2026-08-01T00:00:00Z');

describe('a token', () => {
  it('gives its claims, as --claim has them, and the header', () => {
    const token = jwt({
      iss: 'https://issuer',
      groups: ['a', 'b'],
      realm: { role: 'x' },
      exp: 4102444800,
      admin: true,
    });
    const { streams: ours, said } = streams();
    const query = withToken({ url: 'http://x/' }, token, ours);
    expect(query.claims).toEqual({
      iss: 'https://issuer',
      groups: '["a","b"]',
      realm: '{"role":"x"}',
      exp: '4102444800',
      admin: 'true',
    });
    expect(query.headers).toEqual([['Authorization', `Bearer ${token}`]]);
    expect(said).toEqual(['Claims are read from the token; its signature is not checked.']);
  });

  it('leaves a header that the request has', () => {
    const headers = [['authorization', 'Basic x']] as const;
    expect(withToken({ url: 'http://x/', headers }, jwt({}), streams().streams).headers).toEqual(headers);
  });

  it.each([
    [{ exp: -61 }, 'has expired'],
    [{ exp: -59 }, null],
    [{ nbf: 61 }, 'is not valid yet'],
    [{ nbf: 59 }, null],
  ])('with times of %j seconds from now: %s, and by which time', (times, what) => {
    const now = NOW.getTime() / 1000;
    const claims = Object.fromEntries(Object.entries(times).map(([name, after]) => [name, String(now + after)]));
    for (const [captured, by] of [
      [null, 'By the clock the token'],
      [NOW, `By the time of the capture, ${NOW.toISOString()}, the token`],
    ] as const) {
      const { streams: ours, said } = streams();
      noteTimes(claims, captured, ours, captured === null ? NOW : new Date(0));
      const filters = 'a jwt_authn filter that checks it refuses it.';
      expect(said).toEqual(what === null ? [] : [expect.stringMatching(new RegExp(`^${by} ${what} .*: ${filters}$`))]);
    }
  });

  it('is read from a file and from standard input, with its scheme or without', async () => {
    const token = jwt({ iss: 'x' });
    const file = directory.write('token', `Bearer ${token}\n`);
    expect(await readToken(file, streams().streams)).toBe(token);
    expect(await readToken('-', streams(token).streams)).toBe(token);
  });

  it.each(['', 'a.b', 'a.b.c.d', 'a.!.c', `a.${Buffer.from('[1]').toString('base64url')}.c`])('%p is none', (text) => {
    expect(() => withToken({ url: 'http://x/' }, text, streams().streams)).toThrow(/not a JSON Web Token/);
  });

  it('excludes other words on tokens', () => {
    expect(() => {
      checkTokenFlags({ token: 'x', 'no-token': true });
    }).toThrow(/--token and --no-token/);
    expect(() => {
      checkTokenFlags({ token: 'x', claim: [['iss', 'x']] });
    }).toThrow(/--token and --claim/);
  });

  it('is never printed', async () => {
    const token = jwt({ iss: 'https://issuer', sub: 'somebody-special' });
    const file = directory.write('own', token);
    const pod = 'productpage-v1-6b746f74dc-9stvs.bookinfo';
    for (const format of ['tree', 'json', 'html', 'yaml']) {
      const run = await runCommand(TraceCommand, [
        pod,
        'http://reviews:9080/',
        '--sample',
        '--token',
        file,
        '-v',
        '-o',
        format,
      ]);
      expect(run.stdout + run.stderr).not.toContain(token.split('.')[1] ?? '');
      expect(run.stderr).toMatch(/signature is not checked/);
    }
  });
});
