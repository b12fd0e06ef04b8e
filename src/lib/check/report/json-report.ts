/** A report as JSON: what `mctl check -o json` prints, and what `--merge` reads. */
import Ajv, { type ValidateFunction } from 'ajv';
import { InputError } from '../../errors';
import { renderJson } from '../../render/structured';
import type { Coverage } from '../coverage';
import { type CheckReport, type CheckResult, reportOf } from '../result';
import type { Shard } from '../shard';

/** The report's value. Coverage stands in it where it was asked for, the shard where it is one. */
export function jsonReport(report: CheckReport): object {
  const { coverage, checks, shard, ...counts } = report;
  return { ...counts, ...(shard === null ? {} : { shard }), checks, ...(coverage === null ? {} : { coverage }) };
}

/** The report's text, a check at a time: thousands of traces in one text would be more than a text can hold. */
export function* jsonReportText(report: CheckReport): Generator<string> {
  const { coverage, checks, shard, ...counts } = report;
  const entries = Object.entries(counts).map(([key, value]) => `    ${JSON.stringify(key)}: ${value},\n`);
  if (shard !== null) entries.push(`    "shard": ${indented(shard, 4)},\n`);
  yield `{\n${entries.join('')}    "checks": [`;
  for (const [index, check] of checks.entries()) yield `${index === 0 ? '' : ','}\n        ${indented(check, 8)}`;
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
  readonly shard?: Shard;
}

const nullable = (type: string): object => ({ type: [type, 'null'] });

const COVERED = {
  type: 'object',
  required: ['total', 'missed'],
  properties: { total: { type: 'integer' }, missed: { type: 'array', items: { type: 'string' } } },
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
      properties: { index: { type: 'integer', minimum: 1 }, count: { type: 'integer', minimum: 1 } },
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
    throw new InputError(`${label} is no report of mctl check: ${first?.instancePath ?? ''} ${first?.message ?? ''}`, {
      hint: 'Write one with: mctl check FILE --report json=report.json',
    });
  }
  const checks = value.checks.map((check) => ({
    ...check,
    file: check.file ?? label,
    line: check.line ?? 1,
    proxy: check.proxy ?? null,
    exitStatus: check.exitStatus ?? (check.error === null ? null : 65),
  }));
  return reportOf(checks, value.coverage ?? null, value.shard ?? null);
}

/**
 * Several reports as one, in their order; what one of them covers is covered. Throws InputError where reports of shards are
 * not the whole: one is missing, there twice, or of a run that was cut into another number of parts.
 */
export function mergeReports(reports: readonly CheckReport[]): CheckReport {
  requireWhole(reports.flatMap(({ shard }) => shard ?? []));
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
    total: Math.max(...parts.map((part) => part[kind].total)),
    missed: (parts[0]?.[kind].missed ?? []).filter((name) => parts.every((part) => part[kind].missed.includes(name))),
  });
  return {
    proxy: parts[0]?.proxy ?? '',
    virtualHosts: merged('virtualHosts'),
    routes: merged('routes'),
    clusters: merged('clusters'),
  };
}
