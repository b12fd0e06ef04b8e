/** Signals are listened to while there is something to put back, and not while work is done that makes no pause. */
import { Interrupts } from '../../../src/lib/cli/interrupts';
import { rewriteJson, type StringVisitor } from '../../../src/lib/capture/json-rewriter';
import { withoutPause } from '../../../src/lib/long-work';
import { chunksOf } from '../../helpers/pieces';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const listeners = (): readonly number[] => SIGNALS.map((signal) => process.listenerCount(signal));
const nothing = (): Promise<void> => Promise.resolve();

let before: readonly number[];
let interrupts: Interrupts;

beforeEach(() => {
  before = listeners();
  interrupts = new Interrupts(nothing);
});

const one = (counts: readonly number[]): readonly number[] => counts.map((count) => count + 1);

test('the system ends what makes no pause', () => {
  const forget = interrupts.add(nothing);
  expect(listeners()).toEqual(one(before));
  expect(withoutPause(listeners)).toEqual(before);
  expect(listeners()).toEqual(one(before));
  expect(() =>
    withoutPause(() => {
      throw new Error('broken');
    }),
  ).toThrow('broken');
  expect(listeners()).toEqual(one(before));
  forget();
  forget();
  expect(listeners()).toEqual(before);
  expect(withoutPause(listeners)).toEqual(before);
});

test('what must be put back is waited for', () => {
  const forget = [interrupts.add(nothing), interrupts.add(nothing, 30_000)];
  expect(withoutPause(listeners)).toEqual(one(before));
  for (const one of forget) one();
  expect(listeners()).toEqual(before);
});

test('a capture makes no pause while it looks a long text over', async () => {
  const seen = new Map<number, readonly number[]>();
  const visitor: StringVisitor = {
    minBytes: 0,
    visit: (text) => {
      seen.set(text.length, listeners());
      return text;
    },
    leave: () => undefined,
  };
  const forget = interrupts.add(nothing);
  const bytes = Buffer.from(JSON.stringify(['short', 'x'.repeat(1_000_000)]));
  let size = 0;
  for await (const chunk of rewriteJson('dump', chunksOf(bytes, 1 << 16), visitor)) size += chunk.length;
  forget();
  expect(size).toBe(bytes.length);
  expect(seen.get(5)).toEqual(one(before));
  expect(seen.get(1_000_000)).toEqual(before);
});

test('a signal that has come is heard before a long text is looked over, in the turn of which nobody hears one', async () => {
  const heard: string[] = [];
  const visitor: StringVisitor = {
    minBytes: 0,
    visit: (text) => {
      heard.push(`${text.length}`);
      return text;
    },
    leave: () => undefined,
  };
  // Signals are read from a pipe once in each round of the loop: what comes while a round's events are worked on waits for the next.
  async function* pieces(): AsyncIterable<Uint8Array> {
    await Promise.resolve();
    const bytes = Buffer.from(JSON.stringify(['short', 'x'.repeat(1_000_000), 'shorter']));
    yield bytes.subarray(0, 900_000);
    setImmediate(() => setImmediate(() => heard.push('round')));
    yield bytes.subarray(900_000);
  }
  const written = rewriteJson('dump', pieces(), visitor)[Symbol.asyncIterator]();
  while ((await written.next()).done !== true);
  expect(heard).toEqual(['5', 'round', '1000000', '7']);
});
