/** Names of the fields that code reads: what stands behind a dot or in a pattern. Types and comments do not count. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../src/lib');

/** @param folders of src/lib */
export function fieldsReadIn(folders: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const folder of folders) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.startsWith('messages/')) continue;
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      collectNames(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), names);
    }
  }
  return names;
}

function collectNames(node: ts.Node, names: Set<string>): void {
  if (ts.isPropertyAccessExpression(node)) names.add(node.name.text);
  if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)) {
    names.add(node.argumentExpression.text);
  }
  if (ts.isBindingElement(node)) {
    const name = node.propertyName ?? node.name;
    if (ts.isIdentifier(name) || ts.isStringLiteral(name)) names.add(name.text);
  }
  ts.forEachChild(node, (child) => {
    collectNames(child, names);
  });
}
