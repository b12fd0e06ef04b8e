/** Frames of SPDY come out as they were put in, however the bytes are cut; what is no SPDY is an error. */
import { constants, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import {
  controlFrame,
  dataFrame,
  finFrame,
  SPDY,
  SpdyOpener,
  SpdyReader,
} from '../../../../src/lib/source/kubernetes/spdy-frames';

interface Seen {
  readonly data: Map<number, Buffer>;
  readonly ended: number[];
  readonly control: [number, string][];
}

function read(chunks: readonly Buffer[]): Seen {
  const seen: Seen = { data: new Map(), ended: [], control: [] };
  const reader = new SpdyReader({
    data: (stream, bytes, isLast) => {
      seen.data.set(stream, Buffer.concat([seen.data.get(stream) ?? Buffer.alloc(0), bytes]));
      if (isLast) seen.ended.push(stream);
    },
    control: (type, payload) => {
      seen.control.push([type, payload.toString('hex')]);
    },
  });
  for (const chunk of chunks) reader.take(chunk);
  return seen;
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const frames = fc.array(
  fc.oneof(
    fc.record({ stream: fc.constantFrom(1, 3), bytes }),
    fc.record({ stream: fc.constantFrom(1, 3), bytes: fc.constant(null) }),
    fc.record({ type: fc.constantFrom(2, 4, 6, 7, 8, 9), bytes }),
  ),
  { maxLength: 12 },
);

it('reads what was written, cut anywhere', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (all, cuts) => {
      const written = Buffer.concat(
        all.map((frame) => {
          if ('type' in frame) return controlFrame(frame.type, frame.bytes);
          return frame.bytes === null ? finFrame(frame.stream) : dataFrame(frame.stream, frame.bytes);
        }),
      );
      const chunks: Buffer[] = [];
      for (let at = 0, cut = 0; at < written.length; cut += 1) {
        const size = cuts[cut % cuts.length] ?? 1;
        chunks.push(written.subarray(at, at + size));
        at += size;
      }
      const seen = read(chunks);
      for (const stream of [1, 3]) {
        const own = all.flatMap((frame) => ('stream' in frame && frame.stream === stream ? [frame.bytes] : []));
        expect(seen.data.get(stream) ?? Buffer.alloc(0)).toEqual(
          Buffer.concat(own.map((one) => one ?? Buffer.alloc(0))),
        );
        expect(seen.ended.filter((one) => one === stream)).toHaveLength(own.filter((one) => one === null).length);
      }
      expect(seen.control).toEqual(
        all.flatMap((frame) => ('type' in frame ? [[frame.type, frame.bytes.toString('hex')]] : [])),
      );
    }),
  );
});

it('compresses the headers of all streams as one zlib stream', () => {
  const opener = new SpdyOpener();
  const opened = [
    opener.open(1, { streamtype: 'error', port: '15000' }),
    opener.open(3, { streamtype: 'data', port: '15000' }),
  ];
  const seen = read(opened);
  expect(seen.control.map(([type, hex]) => [type, hex.slice(0, 20)])).toEqual([
    [SPDY.synStream, '00000001000000000000'],
    [SPDY.synStream, '00000003000000000000'],
  ]);
  const blocks = seen.control.map(([, hex]) => Buffer.from(hex.slice(20), 'hex'));
  const text = inflateSync(Buffer.concat(blocks), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  const block = (type: string): string =>
    `\0\0\0\x02\0\0\0\x0astreamtype\0\0\0${String.fromCharCode(type.length)}${type}\0\0\0\x04port\0\0\0\x0515000`;
  expect(text).toBe(block('error') + block('data'));
});

it.each([
  ['an answer of HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), false],
  ['another version', controlFrame(1, Buffer.alloc(4)).fill(2, 1, 2), true],
  ['a control frame of 16 MB', Buffer.of(0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff), true],
])('refuses %s', (_what, chunk, isRefused) => {
  const take = (): Seen => read([chunk]);
  // Bytes of HTTP look like the data of a stream that nobody opened.
  if (isRefused) expect(take).toThrow('it speaks no SPDY/3.1');
  else expect(take().data.get(3)).toBeUndefined();
});
