import Ajv from 'ajv';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../../schemas/trace.schema.json';
import { DIRECTIONS, REASONS, STAGES, STEP_OUTCOMES, VERDICTS } from '../../../src/lib/trace/terms';
import { traceJson } from '../../../src/lib/explain/trace-json';
import { ALL, traceOf } from '../../helpers/traces';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true, strict: true }).compile(schema);

/** What stands beside the words in some places: none at all, and the answer that a proof compares. */
const BESIDE: readonly unknown[] = ['response', null];

/** A schema with these words wherever one of the keys is enumerated; what is beside them stays. */
function withWords(value: unknown, words: Readonly<Record<string, readonly string[]>>): unknown {
  if (Array.isArray(value)) return value.map((item) => withWords(item, words));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const own = inner as { readonly enum?: readonly unknown[] } | null;
      const list = Object.hasOwn(words, key) && Array.isArray(own?.enum) ? words[key] : undefined;
      if (list === undefined) return [key, withWords(inner, words)];
      const beside = BESIDE.filter((one) => own?.enum?.includes(one) === true);
      return [key, { ...own, enum: [...list, ...beside] }];
    }),
  );
}

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

  it('has the words of a trace, which UPDATE_DOCS=1 writes into both schemas', () => {
    const ends = { verdict: Object.keys(VERDICTS), reason: Object.keys(REASONS) };
    const steps = { stage: Object.keys(STAGES), outcome: STEP_OUTCOMES };
    for (const name of ['trace', 'check']) {
      const path = join(__dirname, `../../../schemas/${name}.schema.json`);
      const own = JSON.parse(readFileSync(path, 'utf8')) as { readonly definitions: { readonly step?: object } };
      const { step, ...others } = own.definitions;
      // Elsewhere a stage may be one of few, or of more than a trace has.
      const told = step === undefined ? {} : { step: withWords(step, steps) };
      const definitions = { ...(withWords(others, ends) as object), ...told };
      const whole = { ...(withWords(own, ends) as object), definitions };
      if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, `${JSON.stringify(whole, null, 2)}\n`);
      else expect(own).toEqual(whole);
    }
    expect(schema.definitions.hop.properties.direction.enum).toEqual(DIRECTIONS);
  });

  it('ships in the package', () => {
    const { files } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as { files: string[] };
    expect(files).toContain('schemas');
  });
});
