import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../../schemas/trace.schema.json';
import { traceJson } from '../../../src/lib/explain/trace-json';
import { ALL, traceOf } from '../../helpers/traces';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true }).compile(schema);

describe('the schema of a trace', () => {
  it.each(Object.entries(ALL))('takes %s', (_name, trace) => {
    validate(JSON.parse(JSON.stringify(traceJson(trace))));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ['a field that is missing', { summary: undefined }],
    ['a verdict that is none', { verdict: 'fine' }],
    ['a reason that is none', { reason: 'because' }],
    ['a field that is unknown', { extra: 1 }],
    ['a share above 1', { branches: [{ ...traceOf(), share: 2, because: '' }] }],
  ])('refuses %s', (_name, more) => {
    expect(validate(JSON.parse(JSON.stringify({ ...traceOf(), ...more })))).toBe(false);
  });

  it('has the words of the model', () => {
    const model = readFileSync(join(__dirname, '../../../src/lib/trace/model.ts'), 'utf8');
    const words = (pattern: RegExp): readonly string[] =>
      [...(pattern.exec(model)?.[1] ?? '').matchAll(/'([^']+)'/g)].map(([, word]) => word ?? '');
    const { properties, definitions } = schema;
    expect(properties.verdict.enum).toEqual(words(/type Verdict =([^;]+);/));
    expect(properties.reason.enum).toEqual([...words(/type Reason =([^;]+);/), null]);
    expect(definitions.hop.properties.direction.enum).toEqual(words(/type Direction =([^;]+);/));
    expect(definitions.step.properties.stage.enum).toEqual(words(/type Stage =([^;]+);/));
    expect(definitions.step.properties.outcome.enum).toEqual(words(/readonly outcome:([^;]+);/));
  });

  it('ships in the package', () => {
    const { files } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('schemas');
  });
});
