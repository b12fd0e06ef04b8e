/** One step: a line that opens to its reasons, the candidates not taken, and its piece of configuration. */
import { manifestText } from '../manifest-text';
import type { Outcome, Step } from '../../trace/model';
import { endMood, stageText, stepMark } from '../words';
import { type MarkupContent, el, type Markup } from '../../render/markup';

export interface StepPage {
  readonly id: string;
  readonly outcome: Outcome;
  /** The piece of configuration that a pointer means, as it is shown; null where it cannot be had. */
  readonly config: (pointer: string) => string | null;
}

/** Outcomes that say nothing good or bad of the request. */
const QUIET: ReadonlySet<Step['outcome']> = new Set(['noted', 'not-evaluated']);

export function stepHtml(step: Step, { id, outcome, config }: StepPage): Markup {
  const end = endMood(step, outcome);
  const mood = end ?? (QUIET.has(step.outcome) ? 'plain' : 'good');
  const opens = end === 'bad' || end === 'warn';
  return el(
    'details',
    { class: `step${opens ? ` ${mood}` : ''}`, open: opens },
    el(
      'summary',
      {},
      el(
        'span',
        { class: mood, title: step.outcome, 'aria-label': step.outcome, role: 'img' },
        stepMark(step, outcome),
      ),
      el('span', { class: 'stage' }, stageText(step.stage)),
      el(
        'span',
        { class: 'says' },
        step.name === null ? null : [el('span', { class: 'name' }, step.name), ' '],
        step.because,
      ),
    ),
    // A link to what is inside a closed `details` opens it, without a script (HTML, ancestor details revealing algorithm).
    el('div', { class: 'inside', id }, settings(step), origin(step), rejected(step), configuration(step, config)),
  );
}

function settings({ details, rejectedCount, origin: from, config }: Step): MarkupContent {
  if (details.length === 0) {
    return rejectedCount === 0 && from === null && config === null
      ? el('p', {}, 'There is no more to say here.')
      : null;
  }
  return el(
    'dl',
    {},
    details.map(([label, text]) => [el('dt', {}, label), el('dd', {}, text)]),
  );
}

function origin({ origin: from, manifest }: Step): MarkupContent {
  if (from === null) return null;
  const object = el('p', {}, `From ${from.kind} ${from.name} in ${from.namespace}: `, el('code', {}, from.command));
  return manifest === undefined ? object : [object, el('p', {}, manifestText(manifest))];
}

function rejected({ rejected: candidates, rejectedCount }: Step): MarkupContent {
  if (rejectedCount === 0) return null;
  const more = rejectedCount - candidates.length;
  return [
    el('h4', {}, `Not taken: ${rejectedCount}`),
    candidates.length === 0
      ? null
      : el(
          'ul',
          {},
          candidates.map(({ name, because }) => el('li', {}, el('span', { class: 'name' }, name), `: ${because}`)),
          more > 0 ? el('li', {}, `and ${more} more`) : null,
        ),
  ];
}

function configuration({ config: pointer }: Step, config: StepPage['config']): MarkupContent {
  if (pointer === null) return null;
  const text = config(pointer);
  if (text === null) {
    return el('p', { class: 'config' }, 'Configuration at ', el('code', {}, pointer));
  }
  return el(
    'details',
    { class: 'config' },
    el('summary', {}, 'Configuration ', el('code', {}, pointer)),
    el('pre', { tabindex: 0 }, el('code', {}, text)),
  );
}
