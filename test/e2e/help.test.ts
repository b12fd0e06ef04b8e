/** The help of the built program stands in columns. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const BIN = join(__dirname, '../../bin/run.js');
const SECTION = /^(?=[A-Z][A-Z ]*$)/m;

/** Where the long name of each flag begins. */
function columnsIn(section: string): readonly number[] {
  const rows = section.split('\n').filter((line) => /^ {2,6}(?:-[a-zA-Z], )?--[a-z]/.test(line));
  return rows.map((row) => row.indexOf('--'));
}

test.each([['pc', 'trace'], ['pc', 'listener'], ['check'], ['zc', 'workload']])(
  'all flags of a section begin in one column: %s %s',
  (...words) => {
    const text = execFileSync(process.execPath, [BIN, ...words, '--help'], { encoding: 'utf8' });
    const sections = text.split(SECTION).filter((section) => columnsIn(section).length > 0);
    expect(sections.length).toBeGreaterThan(2);
    expect(sections.filter((section) => new Set(columnsIn(section)).size > 1)).toEqual([]);
  },
);
