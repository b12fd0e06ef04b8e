/**
 * Fails where two files of src export a type of the same name: a reader who meets the name must know which one it is.
 * Usage: node scripts/type-names.mjs [FOLDER]
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

const folder = process.argv[2] ?? 'src';
const files = new Map();
for (const file of sources(folder)) {
  for (const name of exportedTypes(file)) files.set(name, [...(files.get(name) ?? []), file]);
}
const twice = [...files].filter(([, places]) => places.length > 1);
for (const [name, places] of twice) {
  console.error(`type ${name} is exported by ${places.join(' and ')}: name each by what it is, or keep one`);
}
if (files.size === 0) console.error(`no exported type in ${folder}`);
process.exitCode = twice.length === 0 && files.size > 0 ? 0 : 1;

/** Sources of the folder, as paths from here. */
function sources(root) {
  return ts.sys
    .readDirectory(root, ['.ts', '.mts'], ['**/*.d.ts'])
    .map((file) => file.replace(`${process.cwd()}/`, ''));
}

/** Names of the interfaces, type aliases and classes that a file declares and exports; re-exports are not meant. */
function exportedTypes(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements
    .filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one) || ts.isClassDeclaration(one))
    .filter((one) => one.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) && one.name !== undefined)
    .map(({ name }) => name.text);
}
