/** Reads a check file from YAML or JSON and holds it against its schema; every mistake has its line and column. */
import Ajv, { type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import schema from '../../../schemas/check.schema.json';
import { InputError } from '../errors';
import type { Check, CheckEntry, CheckFile, CheckSource, CheckSubject, Scalar, ViewFilter } from './check-file';
import { expandChecks, type Instance } from './matrix';
import { type Parsed, readCheckText } from './check-text';
import { mistakesOf, positionOf } from './mistakes';
import { fillIn, type Mistake, type DocumentPath } from './placeholders';

/** How many mistakes a message lists. */
const LISTED = 10;

/** How many are worked out and compared with each other: a file may have as many as it has lines. */
const LOOKED_AT = 1000;

interface Whole {
  readonly source?: CheckSource;
  readonly proxy?: string;
  readonly checks: readonly CheckEntry[];
}

let validate: ValidateFunction<Whole> | undefined;

/**
 * Reads a check file's text, with variables and matrices filled in. Throws InputError with line and column of every
 * mistake, and the nearest known key for an unknown one.
 */
export function parseCheckFile(
  label: string,
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): CheckFile {
  const read = readCheckText(label, text);
  const { value, instances, mistakes, variables } = filled(read.value, environment);
  const wrong = mistakes.length > 0 ? firstOf(mistakes) : schemaMistakes(value, variables);
  if (wrong.first.length > 0)
    throw refusal(label, wrong, { ...read.parsed(), instances, isExpanded: mistakes.length === 0 });
  const whole = value as Whole;
  return {
    label,
    source: whole.source ?? null,
    checks: whole.checks.map((entry, number) => {
      const index = instances[number]?.index ?? number;
      return checkOf(entry, { file: label, line: read.lineOfCheck(index), proxy: whole.proxy ?? null });
    }),
  };
}

interface FilledFile {
  readonly value: unknown;
  readonly instances: readonly Instance[];
  readonly mistakes: readonly Mistake[];
  readonly variables: readonly DocumentPath[];
}

function filled(raw: unknown, environment: Readonly<Record<string, string | undefined>>): FilledFile {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { value: raw, instances: [], mistakes: [], variables: [] };
  }
  const { checks, ...rest } = raw as Readonly<Record<string, unknown>>;
  const own = fillIn(rest, { environment, matrix: null });
  const expanded = expandChecks(checks, environment);
  const list = Array.isArray(checks) ? expanded.instances.map((instance) => instance.value) : checks;
  return {
    value: { ...(own.value as object), ...(checks === undefined ? {} : { checks: list }) },
    instances: expanded.instances,
    mistakes: [...own.mistakes, ...expanded.mistakes],
    variables: [...own.variables, ...expanded.variables],
  };
}

/** The first of a list that may be long. */
interface Some<T> {
  readonly first: readonly T[];
  readonly isCut: boolean;
}

const NO_MISTAKES: Some<Mistake> = { first: [], isCut: false };

function firstOf<T>(list: readonly T[]): Some<T> {
  return { first: list.slice(0, LOOKED_AT), isCut: list.length > LOOKED_AT };
}

/** What the schema says against it; where only a variable's text stands for a number, the text is read as YAML first. */
function schemaMistakes(value: unknown, variables: readonly DocumentPath[]): Some<Mistake> {
  validate ??= new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile<Whole>(schema);
  if (validate(value)) return NO_MISTAKES;
  const isVariable = new Set(variables.map((path) => path.join('/')));
  const typed = (validate.errors ?? []).filter(
    ({ keyword, instancePath }) => keyword === 'type' && isVariable.has(instancePath.slice(1)),
  );
  for (const { instancePath } of typed) readAsYaml(value, instancePath.slice(1).split('/'));
  if (typed.length > 0 && validate(value)) return NO_MISTAKES;
  const { first, isCut } = firstOf(validate.errors ?? []);
  return { first: mistakesOf(first), isCut };
}

function readAsYaml(root: unknown, path: readonly string[]): void {
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root);
  const holder = parent as Record<string, unknown>;
  const text = holder[last];
  if (typeof text === 'string' && /^(?:-?\d{1,15}(?:\.\d{1,15})?|true|false)$/.test(text)) holder[last] = parse(text);
}

interface Places extends Parsed {
  readonly instances: readonly Instance[];
  /** Whether `checks.N` counts the checks made from matrices, and not those written. */
  readonly isExpanded: boolean;
}

function refusal(label: string, { first: mistakes, isCut }: Some<Mistake>, places: Places): InputError {
  const { document, lines, instances, isExpanded } = places;
  const told = mistakes.map(({ path, message }) => {
    const index = isExpanded && path[0] === 'checks' ? instances[Number(path[1])]?.index : undefined;
    const written = index === undefined ? path : ['checks', index, ...path.slice(2)];
    const words = index === undefined ? message : message.replace(`checks.${path[1] ?? ''}`, `checks.${index}`);
    return `${label}:${positionOf(document, lines, written)} ${words}`;
  });
  const [first = '', ...others] = new Set(told);
  const unlisted = others.length - LISTED + 1;
  return new InputError(first, {
    more: [
      ...others.slice(0, LISTED - 1),
      ...(unlisted > 0 ? [`and ${isCut ? 'at least ' : ''}${unlisted} more`] : []),
    ],
    hint: 'The keys are described by schemas/check.schema.json in the package.',
  });
}

function checkOf(entry: CheckEntry, at: { file: string; line: number; proxy: string | null }): Check {
  const subject = subjectOf(entry);
  return {
    name: entry.name ?? standardName(entry),
    file: at.file,
    line: at.line,
    proxy: entry.proxy ?? at.proxy,
    subject,
  };
}

function subjectOf(entry: CheckEntry): CheckSubject {
  const { request, forAll, view } = entry;
  const expect = entry.expect ?? null;
  if (view !== undefined) return { kind: 'view', view, filter: flagsOf(entry.filter ?? {}), expect };
  if (forAll !== undefined) return { kind: 'forAll', forAll, expect };
  if (request === undefined) throw new Error('the schema lets no check through without a request or a view');
  const allBranches = request.allBranches ?? entry.allBranches ?? false;
  return { kind: 'trace', request, allBranches, expect };
}

/** Values as the view's flags have them: YAML reads `name: 9080` as a number, and JSON may hold a port as text. */
function flagsOf(filter: Readonly<Record<string, Scalar>>): ViewFilter {
  return Object.fromEntries(
    Object.entries(filter).map(([flag, value]) => [flag, flag === 'port' ? Number(value) : String(value)]),
  );
}

/** What a check without a name is called. */
function standardName({ request, forAll, view, filter }: CheckEntry): string {
  if (forAll !== undefined)
    return ['every request', ...(forAll.where ?? []), forAll.request?.url ?? ''].join(' ').trim();
  if (request?.curl !== undefined) return request.curl.replace(/\s+/g, ' ').trim();
  if (request !== undefined) return `${request.method ?? 'GET'} ${request.url ?? ''}`;
  return [view ?? '', ...Object.entries(filter ?? {}).map(([flag, value]) => `--${flag} ${value}`)].join(' ');
}
