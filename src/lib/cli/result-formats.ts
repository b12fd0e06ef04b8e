/** The formats of a command's result: texts of its own by name, and the value that `json`, `yaml` and `jsonpath=` show. */
import { withoutSecrets } from '../secrets/secret-text';
import { type FormatText, isValueFormat, printValue, type ValueFormatName } from './formats';
import type { Streams } from './streams';

/** A format's text; no secret of it is printed. */
type ResultText<Result> = (result: Result, streams: Streams) => string | Promise<string>;

/** The formats of one kind of result. A format is added to the table that it is made of, and only there. */
export interface ResultFormats<Result, Name extends string> {
  /** As the help lists them. */
  readonly names: readonly Name[];
  readonly print: (result: Result, format: FormatText<Name>, streams: Streams) => Promise<void>;
}

/** A format that is printed in a way of its own, and not made of one text or value. */
type Printed<Job, Name extends string> = (job: Job, format: FormatText<Name>, streams: Streams) => Promise<void>;

/** The formats of a command that prints each in a way of its own: one without its way does not compile. */
export function printedFormats<Job, const Name extends string>(prints: {
  readonly [N in Name]: Printed<Job, N>;
}): ResultFormats<Job, Name> {
  const names = Object.keys(prints) as Name[];
  return {
    names,
    print: async (job, format, streams) => {
      const name = names.find((one) => (one.endsWith('=') ? format.startsWith(one) : one === format));
      if (name === undefined) throw new Error(`no format ${format}`);
      await prints[name](job, format, streams);
    },
  };
}

/**
 * @param value what the formats of values show
 * @param texts all other formats
 * @param values which formats of values there are
 */
export function resultFormats<Result, const Text extends string, const Value extends ValueFormatName>(
  value: (result: Result) => object,
  texts: Readonly<Record<Text, ResultText<Result>>>,
  values: readonly Value[],
): ResultFormats<Result, Text | Value> {
  return {
    names: [...(Object.keys(texts) as Text[]), ...values],
    print: async (result, format, streams) => {
      if (isValueFormat(format)) await printValue(value(result), format, streams);
      else await streams.write(withoutSecrets(await texts[format as Text](result, streams)));
    },
  };
}
