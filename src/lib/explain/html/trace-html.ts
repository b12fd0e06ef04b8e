/** A trace as one page that stands alone: nothing is loaded, nothing runs. */
import { hostPort } from '../../envoy/address';
import type { Branch, Trace } from '../../trace/model';
import { cutList } from '../cut';
import { type Diagnosis, diagnosisOf } from '../summary/advice';
import { remarksOn } from '../summary/remarks';
import { type Headline, headline } from '../summary/shares';
import { causeSentence, fateOf, requestName, sentence } from '../summary/verdict-sentence';
import { moodOf, percent, verdictMark, verdictText } from '../words';
import { withSource } from '../summary/facts';
import { type ConfigAt, type ConfigText, configTexts } from './config-text';
import { hopHtml } from './hop-html';
import { type MarkupContent, el } from '../../render/markup';
import { standalonePage } from '../../render/page';
import { pictureSvg } from './picture-svg';
import { STYLE_SHEET } from './style-sheet';
import { type StepId, walkPictures } from './walk-picture';

/** Where the page comes from: label and text of each fact, such as the source and the command. */
export type PageOrigin = readonly (readonly [string, string])[];

export interface PageContext {
  readonly origin?: PageOrigin | undefined;
  /** Flags that name the source, for the commands that the page suggests. */
  readonly source?: readonly string[] | undefined;
}

export function renderTraceHtml(
  trace: Trace,
  configAt: ConfigAt,
  { origin = [], source = [] }: PageContext = {},
): string {
  const head = headline(trace);
  const config = configTexts(configAt);
  const diagnosis = diagnosisOf(trace.request, head.worst);
  return standalonePage(
    `${requestName(trace.request)}: ${verdictText(trace)}`,
    STYLE_SHEET,
    el('a', { class: 'skip', href: '#steps' }, 'Skip to the steps'),
    el('header', {}, verdict(trace, head, diagnosis), request(trace, origin)),
    el('main', {}, advice(diagnosis, source), picture(trace), steps(trace, config), branches(trace, config)),
    el('footer', {}, FOOT),
  );
}

const FOOT =
  'Worked out by mctl from the configuration of these proxies; no request was sent. ' +
  '✔ chosen or let through, ✘ ends the way, ? depends on what configuration does not hold, · acts without deciding, ~ not evaluated.';

/** As the tree begins: with the way that the exit status goes by. */
function verdict(trace: Trace, { worst, text }: Headline, { cause }: Diagnosis): MarkupContent {
  return el(
    'div',
    { class: `verdict ${moodOf(worst)}` },
    el('h1', {}, `${verdictMark(worst)} ${text}`),
    cause === null ? null : el('p', {}, cause),
    remarksOn(trace.request, trace).map((remark) => el('p', {}, remark)),
  );
}

function request({ request: { source, destination, headers, protocol } }: Trace, origin: PageOrigin): MarkupContent {
  const from = [source.proxy, source.ip].filter((part) => part !== null).join(', ');
  const pairs: readonly (readonly [string, string])[] = [
    ...headers.map(([name, value]): [string, string] => ['Header', `${name}: ${value}`]),
    ...(from === '' ? [] : [['From', from] as const]),
    ...(destination === null ? [] : [['To', hostPort(destination.ip, destination.port)] as const]),
    ['Protocol', protocol],
    ...origin,
  ];
  return el(
    'dl',
    { class: 'request' },
    pairs.map(([label, text]) => [el('dt', {}, label), el('dd', {}, text)]),
  );
}

function picture(trace: Trace): MarkupContent {
  const label = `${requestName(trace.request)} ${fateOf(trace.request, trace)}; the steps below say the same in words`;
  return el(
    'section',
    { 'aria-labelledby': 'way' },
    el('h2', { id: 'way' }, 'The way'),
    figure(trace, trace.request, stepId('s'), label),
  );
}

/** One of the two is shown, as wide as the screen allows. */
function figure(walk: Trace | Branch, asked: Trace['request'], idOf: StepId, label: string): MarkupContent {
  const { wide, narrow } = walkPictures(walk, asked, idOf);
  return el('figure', { tabindex: 0 }, pictureSvg(wide, label, 'wide'), pictureSvg(narrow, label, 'narrow'));
}

function stepId(prefix: string): (hop: number, step: number) => string {
  return (hop, step) => `${prefix}${hop}-${step}`;
}

function steps(trace: Trace, config: ConfigText): MarkupContent {
  return el(
    'section',
    { id: 'steps', 'aria-labelledby': 'steps-title' },
    el('h2', { id: 'steps-title' }, 'Step by step'),
    trace.hops.map((hop, index) => hopHtml(hop, { index, outcome: trace, idOf: stepId('s'), config })),
  );
}

/** How many other ways the page shows, each with a picture and all of its steps. */
const WAYS = 20;

function branches(trace: Trace, config: ConfigText): MarkupContent {
  if (trace.branches.length === 0) return null;
  const { shown, left } = cutList(trace.branches, WAYS, 'ways it can go');
  return el(
    'section',
    { 'aria-labelledby': 'branches' },
    el('h2', { id: 'branches' }, 'Other ways it can go'),
    shown.map((branch, index) => branchHtml(branch, trace, index, config)),
    left === null ? null : el('p', {}, `${left}; -o json has them all.`),
  );
}

function branchHtml(branch: Branch, { request: asked }: Trace, index: number, config: ConfigText): MarkupContent {
  const idOf = stepId(`b${index}-`);
  const cause = causeSentence(branch);
  return el(
    'details',
    { class: 'branch' },
    el(
      'summary',
      {},
      el('strong', { class: moodOf(branch) }, `${verdictMark(branch)} ${percent(branch.share)}`),
      ` ${branch.because}: ${fateOf(asked, branch)}`,
    ),
    cause === null ? null : el('p', {}, cause),
    figure(branch, asked, idOf, verdictText(branch)),
    branch.hops.map((hop, position) => hopHtml(hop, { index: position, outcome: branch, idOf, config })),
  );
}

function advice({ next, commands }: Diagnosis, source: readonly string[]): MarkupContent {
  if (next === null) return null;
  return el(
    'section',
    { 'aria-labelledby': 'next' },
    el('h2', { id: 'next' }, 'What to do next'),
    el(
      'div',
      { class: 'next' },
      el('p', {}, sentence(next)),
      commands.map((line) => el('p', {}, el('code', {}, withSource(line, source)))),
    ),
  );
}
