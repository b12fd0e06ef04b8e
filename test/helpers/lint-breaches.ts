/** What a lint rule of this project finds: in a process of its own, since ESLint is loaded as a module. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/**
 * How many breaches a rule finds in each text.
 * @param file of the rule, in scripts/lint, without its ending
 * @param rule the name that it is exported by
 * @param filename where the texts are said to stand
 */
export function lintBreaches(
  file: string,
  rule: string,
  texts: readonly string[],
  filename: string,
): readonly number[] {
  const script = `
    import { Linter } from 'eslint';
    import { ${rule} } from './scripts/lint/${file}.mjs';
    const config = [{ files: ['**/*.js'], plugins: { own: { rules: { rule: ${rule} } } }, rules: { 'own/rule': 'error' } }];
    const { texts, filename } = JSON.parse(process.argv[1]);
    const linter = new Linter({ cwd: '/' });
    console.log(JSON.stringify(texts.map((text) => linter.verify(text, config, { filename }).map(({ fatal, line }) => fatal ? text : line))));
  `;
  const args = ['--input-type=module', '-e', script, JSON.stringify({ texts, filename })];
  const out = JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })) as unknown[][];
  const unread = out.flat().filter((one) => typeof one === 'string');
  if (unread.length > 0) throw new Error(`texts that ESLint cannot read: ${unread.join('; ')}`);
  return out.map((found) => found.length);
}
