/** A generated check file as YAML, with what could not be reached as comments. */
import type { CheckSource } from '../check/check-file';
import { visibleLine } from '../render/visible';
import { type Generated, MOST_REQUESTS } from './generate';

/** What the checks were made from; null where a check file has no word for it. */
export interface MadeFrom {
  readonly proxy: string | null;
  readonly source: CheckSource | null;
  /** Path or URL of the schema of check files, for editors. */
  readonly schema: string;
}

/** The file's value: what `mctl check` reads. */
export function checkFileValue(generated: Generated, of: MadeFrom): object {
  return { $schema: of.schema, ...fromValue(of), checks: generated.checks.map(escaped) };
}

/** The file's text, in pieces, since there may be a hundred thousand checks. */
export async function* checkFileText({ checks, unreached, left }: Generated, of: MadeFrom): AsyncIterable<string> {
  const { yamlItems, yamlText } = await import('../render/yaml.js');
  yield `# yaml-language-server: $schema=${visibleLine(of.schema)}\n`;
  yield `# What ${visibleLine(of.proxy ?? 'this proxy')} does today with a request to each of its routes.\n`;
  const from = fromValue(of);
  if (Object.keys(from).length > 0) yield yamlText(from, { sorted: false });
  if (checks.length === 0) yield 'checks: []\n';
  else {
    yield 'checks:\n';
    yield* batches(yamlItems(each(checks), '  ', { sorted: false }));
  }
  if (left > 0) yield `# ${leftOut(left)}\n`;
  if (unreached.length === 0) return;
  yield '# Routes that no request was found for:\n';
  for (const { route, because } of unreached) yield `#   ${visibleLine(route)}: ${visibleLine(because)}\n`;
}

/** That not all routes were looked at, and how to have the others. */
export function leftOut(left: number): string {
  const routes = left === 1 ? '1 route was' : `${left} routes were`;
  return `${routes} left out after ${MOST_REQUESTS} requests: --generate with --shard I/N writes the I-th of N parts of all routes.`;
}

function fromValue({ proxy, source }: MadeFrom): object {
  return escaped({ ...(source === null ? {} : { source }), ...(proxy === null ? {} : { proxy }) }) as object;
}

function* each(checks: Generated['checks']): Iterable<unknown> {
  // Nearly no check has the two characters, and to look is cheaper than to copy.
  for (const check of checks) yield JSON.stringify(check).includes('${') ? escaped(check) : check;
}

/** How many characters are written at once. */
const BATCH = 1 << 16;

function* batches(pieces: Iterable<string>): Iterable<string> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = '';
  }
  yield batch;
}

/** `${` stands for a variable in a check file. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [escaped(key) as string, escaped(inner)]));
}
