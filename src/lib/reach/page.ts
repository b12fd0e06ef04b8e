/** Classes of requests as one page that stands alone. */
import { el, type Markup, type MarkupContent } from '../render/markup';
import { standalonePage } from '../render/page';
import type { ClassOfRequests, Reach } from './reach';
import { conditionTexts, fromText, hopsText, outcomeText, reachSentence, witnessText } from './table';

/** Light and dark, on a screen and on paper. */
const STYLE = `
:root { --page: #ffffff; --panel: #f6f8fa; --line: #d0d7de; --text: #1f2328; --soft: #57606a; --good: #116329; --bad: #a40e26; --warn: #7d4e00;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --panel: #161b22; --line: #3d444d; --text: #e6edf3; --soft: #9da7b1; --good: #56d364; --bad: #ff8e87; --warn: #e3b341; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { border: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: var(--panel); font-weight: 600; }
dl { margin: 0; } dt { color: var(--soft); font-size: .85em; } dd { margin: 0 0 .3rem; }
code { font-family: var(--mono); font-size: .87em; overflow-wrap: anywhere; }
.delivered, .redirected, .direct-response { color: var(--good); } .denied, .failed { color: var(--bad); } .unknown { color: var(--warn); }
footer { margin-top: 2rem; color: var(--soft); font-size: .9em; }
td.requests { min-width: 14rem; }
@media screen and (max-width: 52rem) {
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { border: 1px solid var(--line); margin-bottom: 1rem; padding: .25rem 0; }
  td { border: 0; padding: .25rem .6rem; } td:empty { display: none; }
  td::before { content: attr(data-label); display: block; font-size: .85em; font-weight: 600; }
}
@media print { body { max-width: none; padding: 0; } }
`;

export function reachPage(reach: Reach): string {
  const froms = [...new Set(reach.classes.map(fromText))];
  const title = `Every request${reach.from === null ? '' : ` of ${reach.from}`}`;
  return standalonePage(
    title,
    STYLE,
    el('header', {}, el('h1', {}, title), el('p', {}, reachSentence(reach))),
    el(
      'main',
      {},
      froms.map((from) => [
        froms.length > 1 ? el('h2', {}, from) : null,
        classTable(reach.classes.filter((one) => fromText(one) === from)),
      ]),
    ),
    el(
      'footer',
      {},
      el(
        'p',
        {},
        'Worked out by mctl from the configuration of these proxies; no request was sent. What is taken for granted:',
      ),
      el(
        'ul',
        {},
        reach.assumed.map((text) => el('li', {}, text)),
      ),
    ),
  );
}

/** On a narrow screen a row's cells stand below each other, each with its column's name. */
const COLUMNS = ['Requests', 'Outcome', 'Destinations', 'Through', 'Witness'] as const;

function classTable(classes: readonly ClassOfRequests[]): Markup {
  const head = COLUMNS.map((text) => el('th', { scope: 'col' }, text));
  return el('table', {}, el('thead', {}, el('tr', {}, head)), el('tbody', {}, classes.map(classRow)));
}

function classRow({ where, outcome, witness }: ClassOfRequests): Markup {
  const cells: readonly MarkupContent[] = [
    el(
      'dl',
      {},
      conditionTexts(where).map(([dimension, text]) => [el('dt', {}, dimension), el('dd', {}, el('code', {}, text))]),
    ),
    el('span', { class: outcome.verdict }, outcomeText(outcome)),
    outcome.destinations.join(', '),
    hopsText(outcome),
    el('code', {}, witnessText(witness)),
  ];
  return el(
    'tr',
    {},
    cells.map((cell, index) =>
      el('td', { 'data-label': COLUMNS[index] ?? '', class: COLUMNS[index]?.toLowerCase() ?? '' }, cell),
    ),
  );
}
