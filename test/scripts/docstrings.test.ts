/** The lint rule that wants docstrings: what it finds, and what it leaves alone. */
import { lintBreaches } from '../helpers/lint-breaches';

const breaches = (texts: readonly string[]): readonly number[] =>
  lintBreaches('docstrings', 'docstrings', texts, '/mctl/src/lib/any.js');

const HEADER = '/** What the file is. */\n';

it('finds exported functions and classes that say nothing', () => {
  const silent = [
    'export function f() {}',
    'export class C {}',
    '// A remark.\nexport function f() {}',
    `${HEADER}import a from 'a';\nexport function f() {}\nexport class C {}`,
  ];
  expect(breaches(silent)).toEqual([1, 1, 1, 2]);
});

it('leaves alone what has a docstring, is alone in a file that has one, or is not exported', () => {
  const fine = [
    '/** Gives it. */\nexport function f() {}',
    '/** Gives it. */\n// A remark.\nexport function f() {}',
    `${HEADER}\nexport function f() {}`,
    'function f() {}\nconst a = 1;\nexport { a };',
  ];
  expect(breaches(fine)).toEqual([0, 0, 0, 0]);
});
