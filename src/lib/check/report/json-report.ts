/** A report as JSON: what `mctl check -o json` prints, and what `--merge` reads. */
import Ajv, { type ValidateFunction } from 'ajv';
import { InputError } from '../../errors';
import { renderJson } from '../../render/structured';
import type { Coverage } from '../coverage';
import { type CheckReport, type CheckResult, reportOf } from '../result';
import type { Shard } from '../shard';
import { largest } from '../../lists';

/**
 * The report's value. Coverage stands in it where it was asked for, the shard where it is one. The report of a whole run holds no times,
 * so that two runs that end alike print the same; that of a shard has them for the JUnit report that is made of all.
 */
export function jsonReport(report: CheckReport): object {
  const { coverage, checks } = report;
  const part = partOf(report);
  return {
    ...countsOf(report),
    ...(part === null ? {} : { shard: part }),
    checks: checks.map(withoutTime),
    ...(coverage === null ? {} : { coverage }),
  };
}

function partOf({ shard, checks }: CheckReport): object | null {
  return shard === null ? null : { ...shard, seconds: checks.map(({ seconds }) => seconds) };
}

function withoutTime(check: CheckResult): object {
  return Object.fromEntries(Object.entries(check).filter(([key]) => key !== 'seconds'));
}

function countsOf({ passed, failed, unjudged }: CheckReport): Readonly<Record<string, number>> {
  return { passed, failed, unjudged };
}

/** The report's text, a check at a time: thousands of traces in one text would be more than a text can hold. */
export function* jsonReportText(report: CheckReport): Generator<string> {
  const { coverage, checks } = report;
  const part = partOf(report);
  const entries = Object.entries(countsOf(report)).map(([key, value]) => `    ${JSON.stringify(key)}: ${value},\n`);
  if (part !== null) entries.push(`    "shard": ${indented(part, 4)},\n`);
  yield `{\n${entries.join('')}    "checks": [`;
  for (const [index, check] of checks.entries())
    yield `${index === 0 ? '' : ','}\n        ${indented(withoutTime(check), 8)}`;
  yield checks.length === 0 ? ']' : '\n    ]';
  if (coverage !== null) yield `,\n    "coverage": ${indented(coverage, 4)}`;
  yield '\n}\n';
}

/** Four blanks a level, and what HTML reads escaped, as every JSON that mctl prints. */
function indented(value: unknown, blanks: number): string {
  return renderJson(value)
    .trimEnd()
    .replaceAll('\n', `\n${' '.repeat(blanks)}`);
}

interface ReadReport {
  readonly checks: readonly (Pick<CheckResult, 'name' | 'passed' | 'error' | 'failures' | 'trace'> &
    Partial<CheckResult>)[];
  readonly coverage?: readonly Coverage[];
  readonly shard?: Shard & { readonly seconds?: readonly number[] };
}

const nullable = (type: string): object => ({ type: [type, 'null'] });

const COVERED = {
  type: 'object',
  required: ['total', 'missed'],
  properties: { total: { type: 'integer' }, missed: { type: 'array', items: { type: 'string' } } },
};

const TEXTS = { type: 'object', additionalProperties: { type: 'string' } };

const COUNTEREXAMPLE = {
  type: 'object',
  required: ['url'],
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  properties: { headers: TEXTS, claims: TEXTS, alpn: { type: 'array', items: { type: 'string' } } },
};

const SCHEMA = {
  type: 'object',
  required: ['checks'],
  properties: {
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'passed', 'error', 'failures', 'trace'],
        properties: {
          name: { type: 'string' },
          passed: { type: 'boolean' },
          error: nullable('string'),
          failures: { type: 'array', items: { type: 'object', required: ['key'] } },
          trace: nullable('object'),
          counterexample: COUNTEREXAMPLE,
          unsent: { type: 'string' },
          file: { type: 'string' },
          line: { type: 'integer' },
          proxy: nullable('string'),
          exitStatus: nullable('integer'),
        },
      },
    },
    shard: {
      type: 'object',
      required: ['index', 'count'],
      properties: {
        index: { type: 'integer', minimum: 1 },
        count: { type: 'integer', minimum: 1 },
        seconds: { type: 'array', items: { type: 'number', minimum: 0 } },
      },
    },
    coverage: {
      type: 'array',
      items: {
        type: 'object',
        required: ['proxy', 'virtualHosts', 'routes', 'clusters'],
        properties: { proxy: { type: 'string' }, virtualHosts: COVERED, routes: COVERED, clusters: COVERED },
      },
    },
  },
};

let validate: ValidateFunction<ReadReport> | undefined;

/** Reads a report that jsonReport made. Throws InputError for anything else. */
export function parseJsonReport(label: string, text: string): CheckReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${label} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  validate ??= new Ajv({ allowUnionTypes: true }).compile<ReadReport>(SCHEMA);
  if (!validate(value)) {
    const [first] = validate.errors ?? [];
    throw new InputError(
      `${label} is not a report of mctl check: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
      {
        hint: 'Write one with: mctl check FILE --report json=report.json',
      },
    );
  }
  const { shard } = value;
  const checks = value.checks.map((check, number) => ({
    ...check,
    passed: check.passed && check.error === null && check.failures.length === 0,
    file: check.file ?? label,
    line: check.line ?? 1,
    proxy: check.proxy ?? null,
    exitStatus: check.exitStatus ?? (check.error === null ? null : 65),
    seconds: shard?.seconds?.[number] ?? 0,
  }));
  const part = shard === undefined ? null : { index: shard.index, count: shard.count };
  return reportOf(checks, value.coverage ?? null, part);
}

/**
 * Several reports as one, in their order; what one of them covers is covered. Throws InputError where reports of shards are
 * not the whole: one is missing, there twice, or of a run that was cut into another number of parts.
 */
export function mergeReports(reports: readonly CheckReport[]): CheckReport {
  requireWhole(reports.flatMap(({ shard }) => shard ?? []));
  if (reports.every((report) => report.checks.length === 0)) {
    throw new InputError('the reports hold no check', { hint: 'A run that judged nothing does not pass.' });
  }
  const all = reports.flatMap((report) => report.coverage ?? []);
  const proxies = [...new Set(all.map((one) => one.proxy))];
  const coverage = proxies.map((proxy) => mergeCoverage(all.filter((one) => one.proxy === proxy)));
  return reportOf(
    reports.flatMap((report) => report.checks),
    reports.some((report) => report.coverage !== null) ? coverage : null,
  );
}

function requireWhole(shards: readonly Shard[]): void {
  const counts = [...new Set(shards.map(({ count }) => count))];
  const [count = 0] = counts;
  const hint = 'Give the report of every shard once: the whole passes only where each of them does.';
  if (counts.length > 1) {
    throw new InputError(`the reports are of runs that were cut into ${counts.join(' and into ')} shards`, { hint });
  }
  const have = shards.map(({ index }) => index);
  const twice = have.filter((index, at) => have.indexOf(index) !== at);
  if (twice.length > 0) throw new InputError(`shard ${twice.join(', ')} of ${count} is there twice`, { hint });
  const missing: number[] = [];
  for (let index = 1; index <= count && missing.length < 10; index++) if (!have.includes(index)) missing.push(index);
  if (missing.length > 0) throw new InputError(`shard ${missing.join(', ')} of ${count} is missing`, { hint });
}

function mergeCoverage(parts: readonly Coverage[]): Coverage {
  const merged = (kind: 'virtualHosts' | 'routes' | 'clusters'): Coverage['routes'] => ({
    total: largest(parts.map((part) => part[kind].total)),
    missed: (parts[0]?.[kind].missed ?? []).filter((name) => parts.every((part) => part[kind].missed.includes(name))),
  });
  return {
    proxy: parts[0]?.proxy ?? '',
    virtualHosts: merged('virtualHosts'),
    routes: merged('routes'),
    clusters: merged('clusters'),
  };
}
