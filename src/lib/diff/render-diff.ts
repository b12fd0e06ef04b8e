/** A comparison as text: resources by name, then field by field; then the requests that end otherwise. */
import { jsonText } from '../exact-number';
import type { ViewDiff } from './compare-dumps';
import type { FieldChange } from './compare-values';
import type { OutcomeWay } from './outcome';
import { visibleLine } from '../render/visible';
import { fromText, outcomeText, whereText, witnessText } from '../reach/table';
import type { BehaviorDiff, RequestOutcome, ConfigurationDiff, DiffReport, ProxyDiff, RequestDiff } from './report';

/** How much of a value `short` shows. */
const SHOWN = 120;

/** @param whole whether values are shown to their end */
export function renderDiff({ configuration, requests, behavior }: DiffReport, whole: boolean): string {
  const show = (value: unknown): string => valueText(value, whole);
  const blocks = [
    ...(configuration === null ? [] : configurationBlocks(configuration, show)),
    ...(requests ?? []).filter(({ changed }) => changed.length > 0).map((request) => requestBlock(request, show)),
    ...(behavior === null ? [] : behaviorBlocks(behavior, show)),
  ];
  return blocks.map((lines) => lines.map((line) => `${visibleLine(line)}\n`).join('')).join('\n');
}

type Show = (value: unknown) => string;

function valueText(value: unknown, whole: boolean): string {
  const text = jsonText(value);
  return whole || text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

/** Proxies that differ in the same way stand together. */
function configurationBlocks(diff: ConfigurationDiff, show: Show): readonly (readonly string[])[] {
  const groups = new Map<string, ProxyDiff[]>();
  for (const proxy of diff.proxies.filter(({ views }) => views.length > 0)) {
    const key = JSON.stringify(proxy.views);
    groups.set(key, [...(groups.get(key) ?? []), proxy]);
  }
  const onlyBlock = (names: readonly string[], sign: string): readonly (readonly string[])[] =>
    names.length === 0 ? [] : [names.map((name) => `${sign} proxy/${name}`)];
  return [
    ...onlyBlock(diff.onlyA, '-'),
    ...onlyBlock(diff.onlyB, '+'),
    ...[...groups.values()].map((alike) => proxyBlock(alike, show)),
  ];
}

function proxyBlock(alike: readonly ProxyDiff[], show: Show): readonly string[] {
  const names = alike.map(({ a, b }) => (a === b ? a : `${a} and ${b}`));
  const views = alike[0]?.views ?? [];
  return [
    ...names.map((name, index) => `${name}${index === names.length - 1 ? ':' : ','}`),
    ...views.flatMap((view) => viewLines(view, show)),
  ];
}

function viewLines({ view, added, removed, changed }: ViewDiff, show: Show): readonly string[] {
  return [
    ...removed.map((name) => `  - ${view}/${name}`),
    ...added.map((name) => `  + ${view}/${name}`),
    ...changed.flatMap(({ name, fields }) => [
      `  ~ ${view}/${name}`,
      ...fields.map((field) => `      ${fieldLine(field, show)}`),
    ]),
  ];
}

function fieldLine(change: FieldChange, show: Show): string {
  if (!('b' in change)) return `- ${change.path}: ${show(change.a)}`;
  if (!('a' in change)) return `+ ${change.path}: ${show(change.b)}`;
  return `  ${change.path}: ${show(change.a)} -> ${show(change.b)}`;
}

function requestBlock({ name, a, b, changed }: RequestDiff, show: Show): readonly string[] {
  const [before, after] = [answerText(a), answerText(b)];
  const head = before === after ? [before] : [`${before} -> ${after}`];
  return [`request ${name}: ${head.join('')}`, ...changed.map((field) => `    ${fieldLine(field, show)}`)];
}

function behaviorBlocks({ classes, onlyA, onlyB }: BehaviorDiff, show: Show): readonly (readonly string[])[] {
  const onlyBlock = (names: readonly string[], sign: string): readonly (readonly string[])[] =>
    names.length === 0 ? [] : [names.map((name) => `${sign} requests of proxy/${name}`)];
  return [
    ...onlyBlock(onlyA, '-'),
    ...onlyBlock(onlyB, '+'),
    ...classes.map(({ from, where, a, b, changed, witness }) => {
      const [before, after] = [outcomeText(a), outcomeText(b)];
      return [
        `${from === null ? '' : `from ${fromText({ from, witness })}: `}${whereText(where)}`,
        ...(before === after ? [`    ${before}`] : [`  - ${before}`, `  + ${after}`]),
        ...changed.map((field) => `      ${fieldLine(field, show)}`),
        `    for example ${witnessText(witness)}`,
      ];
    }),
  ];
}

/** One line of how a request ends. */
export function answerText(answer: RequestOutcome): string {
  if ('error' in answer) return `not known (${answer.error})`;
  return answer.ways
    .map((way) => (answer.ways.length === 1 ? wayText(way) : `${percent(way.share)} ${wayText(way)}`))
    .join(', ');
}

function wayText({ verdict, reason, status, hops }: OutcomeWay): string {
  const told = [verdict, reason, status].filter((part) => part !== null).join(' ');
  const to = Object.keys(hops[0]?.clusters ?? {}).join(', ');
  return to === '' ? told : `${told} by ${to}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

/** What was compared and how it ended, for standard error. */
export function diffNotes({ a, b, configuration, requests, behavior }: DiffReport): readonly string[] {
  const lines: string[] = [];
  if (configuration !== null) {
    for (const note of configuration.proxies.flatMap(skippedNotes)) lines.push(note);
    const differ = configuration.proxies.filter(({ views }) => views.length > 0).length;
    const only = configuration.onlyA.length + configuration.onlyB.length;
    const others = only === 0 ? '' : `, ${only} on one side only`;
    lines.push(
      `${a} and ${b}: ${configuration.compared} ${plural('proxy', 'proxies', configuration.compared)} compared, ${differ} differ${others}.`,
    );
  }
  if (requests !== null) {
    const changed = requests.filter((request) => request.changed.length > 0).length;
    for (const note of requests.flatMap(errorNotes)) lines.push(note);
    lines.push(
      `${requests.length} ${plural('request', 'requests', requests.length)} compared, ${changed} ${plural('ends', 'end', changed)} otherwise.`,
    );
  }
  if (behavior !== null) lines.push(behaviorNote(behavior));
  return lines;
}

function behaviorNote({ compared, classes, complete, unsplit, made }: BehaviorDiff): string {
  const pairs = `${compared} ${plural('proxy', 'proxies', compared)}, ${made} ${plural('class', 'classes', made)} of requests`;
  const count = classes.length === 0 ? 'none' : String(classes.length);
  const rest = complete
    ? classes.length === 0
      ? 'Every request that was asked about ends alike on both sides.'
      : 'All other requests end alike on both sides.'
    : `Not proven of all: these are not decided: ${unsplit.map(visibleLine).join('; ')}.`;
  return `${pairs}: ${count} ${plural('ends', 'end', classes.length)} otherwise. ${rest}`;
}

function skippedNotes({ a, b, skipped }: ProxyDiff): readonly string[] {
  return skipped.map(
    ({ view, missingIn }) => `${missingIn === 'a' ? a : b} has no ${view} section: it was not compared.`,
  );
}

function errorNotes({ name, a, b }: RequestDiff): readonly string[] {
  return [a, b].flatMap((answer) => ('error' in answer ? [`request ${name} cannot be judged: ${answer.error}`] : []));
}

function plural(one: string, many: string, count: number): string {
  return count === 1 ? one : many;
}
