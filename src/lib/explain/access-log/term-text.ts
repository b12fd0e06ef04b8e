/** A term in a few lines. */
import type { Term } from '../../glossary/term';
import type { Span } from '../../render/wrap';
import { styled, wrapSpans } from '../../render/wrap';
import { PLAIN, type Style } from '../../render/style';
import { addAll } from '../../lists';

/** Name and kind, what it is, the usual cause, the next command, and the page. */
export function termText(terms: readonly Term[], width: number, style: Style = PLAIN): string {
  return terms.map((term) => oneTerm(term, width, style)).join('\n');
}

function oneTerm({ name, kind, says, cause, next, page }: Term, width: number, style: Style): string {
  const lines: string[] = [`${style(name, 'title')} ${style(`(${kind})`, 'dim')}`];
  addAll(lines, wrapped(says, width));
  if (cause !== null) addAll(lines, wrapped(`Usual cause: ${cause}`, width));
  lines.push(`  Next: ${style(next, 'name')}`);
  lines.push(`  ${style(page, 'dim')}`);
  return `${lines.join('\n')}\n`;
}

/** Indented paragraphs that keep to the width. */
export function wrapped(text: string, width: number): readonly string[] {
  const spans: readonly Span[] = [{ text, tone: 'plain' }];
  return wrapSpans(spans, Math.max(width - 2, 20)).map((line) => `  ${styled(line, PLAIN)}`);
}
