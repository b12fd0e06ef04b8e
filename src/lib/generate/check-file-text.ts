/** A generated check file as YAML, with what could not be reached as comments. */
import type { CheckSource } from '../check/check-file';
import { visibleLine } from '../render/visible';
import type { Generated } from './generate';

/** What the checks were made from; null where a check file has no word for it. */
export interface MadeFrom {
  readonly proxy: string | null;
  readonly source: CheckSource | null;
  /** Path or URL of the schema of check files, for editors. */
  readonly schema: string;
}

/** The file's value: what `mctl check` reads. */
export function checkFileValue(generated: Generated, { proxy, source, schema }: MadeFrom): object {
  return { $schema: schema, ...valueOf(generated, proxy, source) };
}

function valueOf(generated: Generated, proxy: MadeFrom['proxy'], source: MadeFrom['source']): object {
  const from = { ...(source === null ? {} : { source }), ...(proxy === null ? {} : { proxy }) };
  return escaped({ ...from, checks: generated.checks }) as object;
}

/** The file's text. Loads the yaml package. */
export async function checkFileText(generated: Generated, of: MadeFrom): Promise<string> {
  const { yamlText } = await import('../render/yaml.js');
  const { unreached } = generated;
  const text = await yamlText(valueOf(generated, of.proxy, of.source), { sorted: false });
  const schema = `# yaml-language-server: $schema=${visibleLine(of.schema)}\n`;
  const head = `${schema}# What ${visibleLine(of.proxy ?? 'this proxy')} does today with a request to each of its routes.\n`;
  if (unreached.length === 0) return `${head}${text}`;
  const lines = unreached.map(({ route, because }) => `#   ${visibleLine(route)}: ${visibleLine(because)}\n`);
  return `${head}${text}# Routes that no request was found for:\n${lines.join('')}`;
}

/** `${` stands for a variable in a check file. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [escaped(key) as string, escaped(inner)]));
}
