/** Columns as Go's text/tabwriter makes them. */
import fc from 'fast-check';
import { renderColumns, renderFramed, renderLongFramed, renderPlain } from '../../../src/lib/render/table';

test('columns are as wide as their widest cell; the last is not filled up', () => {
  expect(
    renderPlain({
      header: ['A', 'B'],
      rows: [
        ['xyz', 'w'],
        ['', ''],
      ],
      padding: 2,
    }),
  ).toBe('A    B\nxyz  w\n     \n');
});

test('code points count, not UTF-16 units', () => {
  expect(
    renderColumns(
      [
        ['😀', 'b'],
        ['xy', 'c'],
      ],
      1,
    ),
  ).toBe('😀  b\nxy c\n');
});

test('a line with fewer cells ends a column for the lines around it', () => {
  expect(
    renderColumns(
      [
        ['long cell', 'x', 'y'],
        ['a', 'b'],
        ['c', 'd', 'e'],
      ],
      1,
    ),
  ).toBe('long cell x y\na         b\nc         d e\n');
  expect(renderColumns([['a', 'wide', 'y'], ['alone'], ['c', 'd', 'e']], 1)).toBe('a wide y\nalone\nc d e\n');
});

test('tabs and line ends in a cell are cells and lines of their own', () => {
  expect(
    renderColumns(
      [
        ['a\tb', 'c'],
        ['1', '2', '3'],
      ],
      1,
    ),
  ).toBe('a b c\n1 2 3\n');
  expect(renderColumns([['a\nb', 'c']], 1)).toBe('a\nb c\n');
});

test('a hundred thousand rows', () => {
  const rows = Array.from({ length: 100_000 }, (_, index) => [String(index), 'x']);
  expect(renderColumns(rows, 1)).toHaveLength(100_000 * 8);
});

test('every cell of an even table stands in its column', () => {
  const cell = fc.string({ maxLength: 5 }).map((text) => text.replace(/[\t\v\n\f]/g, ''));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
      const lines = renderColumns(rows, 1).split('\n').slice(0, -1);
      const length = (text: string): number => Array.from(text).length;
      const first = Math.max(...rows.map(([a]) => length(a))) + 1;
      const second = Math.max(...rows.map(([, b]) => length(b))) + 1;
      for (const [index, [a, b, c]] of rows.entries()) {
        const points = Array.from(lines[index] ?? '');
        expect(points.slice(0, first).join('').startsWith(a)).toBe(true);
        expect(
          points
            .slice(first, first + second)
            .join('')
            .startsWith(b),
        ).toBe(true);
        expect(points.slice(first + second).join('')).toBe(c);
      }
    }),
  );
});

test('a long table is framed as a short one is', async () => {
  const cell = fc.stringMatching(/^[a-z0-9|._-]{0,30}( [a-z]{1,9})?$/);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(null, 40, 60, 80),
      async (rows, width) => {
        const table = { header: ['NAME', 'DOMAINS', 'MATCH'], rows, padding: 1 };
        const short = await renderFramed(table, width);
        const widths = (short.split('\n')[0] ?? '')
          .slice(1, -1)
          .split('┬')
          .map((part) => part.length);
        expect(renderLongFramed(table, widths)).toBe(short);
      },
    ),
    { numRuns: 100 },
  );
  const rows = Array.from({ length: 150_000 }, (_, index) => [`n${index}`, 'x']);
  const long = await renderFramed({ header: ['NAME', 'VALUE'], rows, padding: 1 }, 80);
  expect(long.split('\n')).toHaveLength(2 * 150_000 + 4);
});
