// Every relative link of the documents leads to a file that is there, and to a heading of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = new URL('..', import.meta.url).pathname;

/** A heading's anchor, as GitHub makes it. */
export function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function withoutCode(text) {
  return text.replace(/^(`{3,})[^\n]*\n[^]*?^\1`*$/gm, '');
}

function anchorsOf(path) {
  const text = withoutCode(readFileSync(path, 'utf8'));
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading.replaceAll('`', '')));
}

/** What is wrong with the links of a document. */
export function linkFaults(path, text) {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return links.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file, anchor] = target.split('#');
    const to = file === '' ? path : resolve(dirname(path), file);
    if (!existsSync(to)) return [`${target} leads to nothing`];
    return anchor === undefined || anchorsOf(to).includes(anchor) ? [] : [`${target} leads to no heading`];
  });
}

if (process.argv[1]?.endsWith('links.mjs')) {
  const documents = [
    ...readdirSync(root).map((name) => join(root, name)),
    ...readdirSync(join(root, 'docs'), { recursive: true }).map((name) => join(root, 'docs', name)),
  ].filter((path) => path.endsWith('.md'));
  const faults = documents.flatMap((path) =>
    linkFaults(path, readFileSync(path, 'utf8')).map((fault) => `${relative(root, path)}: ${fault}`),
  );
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
