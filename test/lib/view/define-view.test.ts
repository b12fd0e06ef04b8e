/** A view of a document that is not Envoy's, made from one value: filters, columns, order, JSON, names, hints and remarks. */
import { defineView } from '../../../src/lib/view/define-view';
import { isSameText, portFilter, textFilter } from '../../../src/lib/view/filter';
import { layout, rowLayout } from '../../../src/lib/view/layout';

interface Workload {
  readonly name: string;
  readonly node?: string;
  readonly ports?: readonly number[];
  readonly isGone?: boolean;
}

const view = defineView<readonly Workload[], Workload, Workload, string>({
  name: 'workload',
  plural: 'workloads',
  each: (document) => document,
  isShown: ({ isGone }) => isGone !== true,
  isShownInWide: ({ isGone }) => isGone === true,
  filters: {
    name: textFilter({
      summary: 'Workloads of this name.',
      passes: ({ name }, text) => name === text,
      sought: (text) => ({ text, as: 'string' }),
      values: ({ name }) => [name],
    }),
    node: textFilter({
      summary: 'Workloads on this node.',
      helpValue: 'NODE',
      fields: { node: true },
      vocabulary: { values: ['north', 'south'], isExact: false },
      passes: ({ node = '' }, text) => isSameText(node, text),
      sought: (text) => ({ text: `"${text}"`, as: 'part' }),
      values: ({ node = '' }) => [node],
    }),
    port: portFilter({
      summary: 'Workloads with this port.',
      fields: { ports: true },
      passes: ({ ports = [] }, port) => ports.includes(port),
      values: ({ ports = [] }) => ports.map(String),
    }),
  },
  items: (workload) => [workload],
  label: ({ name }) => name,
  sorted: {
    key: ({ name }) => name,
    order: (lines) => [...lines].sort((a, b) => (a.key < b.key ? -1 : 1)),
    names: true,
    json: false,
  },
  short: rowLayout(2, [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'NODE', cell: ({ node = '' }) => node, fields: { node: true }, isShownIfFull: true },
  ]),
  wide: () =>
    layout(
      2,
      [
        { heading: 'NAME', cell: ({ name }: { name: string; port: number }) => name },
        { heading: 'PORT', cell: ({ port }) => String(port), fields: { ports: true } },
      ],
      ({ name, ports = [] }) => ports.map((port) => ({ name, port })),
    ),
  json: ({ name }) => ({ name }),
  notes: ({ name, isGone }) => (isGone === true ? [`${name} is gone`] : []),
  reading: { entryFields: (fields) => ({ name: true, ...fields }) },
});

const DOCUMENT: readonly Workload[] = [
  { name: 'b', node: 'north', ports: [80, 81] },
  { name: 'gone', node: 'north', ports: [90], isGone: true },
  { name: 'a', node: 'south', ports: [80] },
];

test('rows and names in order, JSON as the document has it', () => {
  const { result, total, remarks, whyEmpty } = view.apply(DOCUMENT, { values: {} });
  expect(result.table).toEqual({
    header: ['NAME', 'NODE'],
    rows: [
      ['a', 'south'],
      ['b', 'north'],
    ],
    padding: 2,
  });
  expect(result.names()).toEqual(['workload/a', 'workload/b']);
  expect(result.json()).toEqual([{ name: 'b' }, { name: 'a' }]);
  expect([result.count, total, remarks, whyEmpty]).toEqual([2, 2, ['gone is gone'], []]);
});

test('wide shows what does not serve, a row for each port', () => {
  const { rows } = view.apply(DOCUMENT, { values: { node: 'NORTH' } }).result.wide();
  expect(rows).toEqual([
    ['b', '80'],
    ['b', '81'],
    ['gone', '90'],
  ]);
});

test('a column that one row has nothing for is not shown where it must be full', () => {
  const { table } = view.apply([...DOCUMENT, { name: 'c' }], { values: {} }).result;
  expect(table.header).toEqual(['NAME']);
  expect(table.rows).toEqual([['a'], ['b'], ['c']]);
});

test('an empty view says what took everything away, and what there is', () => {
  const { result, warnings, whyEmpty } = view.apply(DOCUMENT, { values: { node: 'norh', port: 81 } });
  expect(result.count).toBe(0);
  expect(warnings).toEqual(['Warning: --node norh is none of north, south']);
  expect(whyEmpty).toEqual([
    'No workloads left of 2. Filtered away by:',
    '  --node norh; nearest: north',
    '  --port 81 (matches some, but not with the other filters)',
  ]);
});

test('flags: their own values alone, any text and any port left out', () => {
  expect(view.filters.map(({ flag, kind, helpValue }) => [flag, kind, helpValue])).toEqual([
    ['name', 'text', null],
    ['node', 'text', 'NODE'],
    ['port', 'port', null],
  ]);
  expect(view.valuesOf({ name: '', node: 'north', port: 0, output: 'json', file: ['x'] })).toEqual({ node: 'north' });
});

test('hints: the fields of columns and of the filters given, the longest text, and what stands in a name', () => {
  expect(view.hints({ values: {} }, true)).toEqual({
    fields: { name: true, node: true },
    keepAs: 'fields',
    sought: undefined,
    nameText: undefined,
  });
  expect(view.hints({ values: { name: 'b', node: 'north', port: 80 } }, false)).toEqual({
    fields: { name: true, node: true, ports: true },
    keepAs: 'whole',
    sought: { text: '"north"', as: 'part' },
    nameText: 'b',
  });
  expect([view.hasSome(DOCUMENT, { port: 81 }), view.hasSome(DOCUMENT, { port: 90 })]).toEqual([true, false]);
});
