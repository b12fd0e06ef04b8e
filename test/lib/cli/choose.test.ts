import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { chooseProxy, namesWith } from '../../../src/lib/cli/choose';
import { Streams } from '../../../src/lib/cli/streams';

const NAMES = ['details-v1-a.bookinfo', 'reviews-v2-b.bookinfo', 'reviews-v3-c.bookinfo', 'reviews-v3-c.other'];

/** A terminal at both ends, on which keys can be pressed and of which what was drawn can be read. */
function terminal(env: Record<string, string> = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  const streams = new Streams({ stdin, stdout: new PassThrough(), stderr, env });
  const drawn = (): string => stripVTControlCharacters(String(stderr.read() ?? ''));
  return { streams, drawn, press: (keys: string) => stdin.write(keys), end: () => stdin.end() };
}

/** Waits until what is drawn holds a text. */
async function until(drawn: () => string, text: string): Promise<string> {
  let all = '';
  while (!all.includes(text)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    all += drawn();
  }
  return all;
}

test('the list narrows to the names that hold every word typed', async () => {
  const { streams, drawn, press } = terminal();
  const chosen = chooseProxy(NAMES, streams);
  expect(await until(drawn, 'reviews-v3-c.other')).toContain('details-v1-a.bookinfo');
  press('V3 book');
  await until(drawn, 'V3 book');
  press('\r');
  expect(await chosen).toBe('reviews-v3-c.bookinfo');
});

test('the arrows reach what was not typed', async () => {
  const { streams, drawn, press } = terminal();
  const chosen = chooseProxy(NAMES, streams);
  await until(drawn, 'details');
  press('\u001b[B');
  await until(drawn, '❯ reviews-v2');
  press('\r');
  expect(await chosen).toBe('reviews-v2-b.bookinfo');
});

test('Ctrl-C ends the question as an interruption', async () => {
  const { streams, drawn, press } = terminal();
  const chosen = chooseProxy(NAMES, streams);
  const outcome = expect(chosen).rejects.toMatchObject({ exitCode: 130 });
  await until(drawn, 'details');
  press('\u0003');
  await outcome;
});

test('a name that a terminal would obey is shown as an escape, and chosen as it is', async () => {
  const hostile = '\u001b[2Jevil\u202e.ns';
  const { streams, drawn, press } = terminal();
  const chosen = chooseProxy([hostile, 'other.ns'], streams);
  expect(await until(drawn, 'other.ns')).toContain('\\x1b[2Jevil\\u202e.ns');
  press('\r');
  expect(await chosen).toBe(hostile);
});

test('a terminal that cannot move its cursor has a numbered list', async () => {
  const { streams, drawn, press } = terminal({ TERM: 'dumb' });
  const chosen = chooseProxy(NAMES, streams);
  expect(await until(drawn, 'Which proxy?')).toContain('   2  reviews-v2-b.bookinfo');
  press('reviews\n');
  await until(drawn, '3 are called that');
  press('2\n');
  expect(await chosen).toBe('reviews-v2-b.bookinfo');
});

test('an input that ends is an interruption', async () => {
  const { streams, end } = terminal({ TERM: 'dumb' });
  end();
  await expect(chooseProxy(NAMES, streams)).rejects.toMatchObject({ exitCode: 130 });
});

test('a name is found by any pieces of itself, in any order and case', () => {
  const pieces = fc.constantFrom(...NAMES).chain((name) => {
    const piece = fc.tuple(fc.nat(name.length - 1), fc.integer({ min: 1, max: name.length }));
    return fc.record({ name: fc.constant(name), pieces: fc.array(piece, { maxLength: 4 }) });
  });
  fc.assert(
    fc.property(pieces, ({ name, pieces }) => {
      const typed = pieces.map(([start, length]) => name.slice(start, start + length).toUpperCase()).join(' ');
      expect(namesWith(typed, NAMES)).toContain(name);
    }),
  );
});
