/** A page that stands alone: nothing is loaded, nothing runs. */
import { el, type MarkupContent, raw } from './markup';

/** No script, no image, no font, no frame, no form: what a dump holds can do nothing even if it became markup. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** @param style the program's own style sheet */
export function standalonePage(title: string, style: string, ...body: readonly MarkupContent[]): string {
  const page = el(
    'html',
    { lang: 'en' },
    el(
      'head',
      {},
      el('meta', { charset: 'utf-8' }),
      el('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
      el('meta', { name: 'referrer', content: 'no-referrer' }),
      el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      el('title', {}, title),
      el('style', {}, raw(style)),
    ),
    el('body', {}, ...body),
  );
  return `<!DOCTYPE html>\n${page.toString()}\n`;
}
