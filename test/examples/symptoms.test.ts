/** The page by symptom: each command runs, its first six lines name cause, object and next step, and the page is what they print. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Symptom {
  readonly title: string;
  readonly output: string;
  readonly status: number;
  /** Regular expressions as text. */
  readonly names: readonly string[];
}

const root = join(__dirname, '../..');
const { symptoms, page, readme } = JSON.parse(
  execFileSync(process.execPath, [join(root, 'scripts/symptoms.mjs'), '--json'], { encoding: 'utf8' }),
) as { readonly symptoms: readonly Symptom[]; readonly page: string; readonly readme: string };

/** What a person writes an issue about. */
const WANTED = [
  '404',
  'UH',
  'UF',
  'UC',
  'NC',
  '403',
  '426',
  'reset',
  'HTTPS on an HTTP port',
  'no proxy knows',
  'Egress',
];

test.each(WANTED)('the page has %s', (symptom) => {
  expect(symptoms.some(({ title }) => title.includes(symptom))).toBe(true);
});

describe.each(symptoms.map((symptom) => [symptom.title, symptom] as const))(
  '%s',
  (_title, { output, status, names }) => {
    it('names cause, object and next step within six lines', () => {
      expect(names).toHaveLength(3);
      const first = output.split('\n').slice(0, 6).join('\n');
      for (const name of names) expect(first).toMatch(new RegExp(name.slice(1, -1)));
    });

    it('has lines of 80 columns at most', () => {
      if (status !== 64) for (const line of output.split('\n')) expect(Array.from(line).length).toBeLessThanOrEqual(80);
    });
  },
);

test('the page, and the trace in README.md, are what the commands print', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toBe(readme);
  expect(readFileSync(join(root, 'docs/symptoms.md'), 'utf8')).toBe(page);
});
