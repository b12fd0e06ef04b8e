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
