/** `envoy.config.core.v3.DataSource`: a text that stands in the configuration, or in a place that a dump does not show. */
import { REDACTED } from '../secrets/disclosure';

export interface DataSource {
  readonly filename?: string;
  readonly inline_bytes?: string;
  readonly inline_string?: string;
  readonly environment_variable?: string;
}

/**
 * The text where the dump holds it; null where it is a secret that the dump leaves out, stands elsewhere, or is not given.
 * Envoy writes the word of what it leaves out as bytes, too, where the field is of that kind.
 * @param encoding what the bytes of `inline_bytes` are
 */
export function inlineText(source: DataSource | undefined, encoding: 'utf8' | 'latin1' = 'utf8'): string | null {
  const bytes = source?.inline_bytes;
  if (bytes === REDACTED) return null;
  const text = bytes === undefined ? source?.inline_string : Buffer.from(bytes, 'base64').toString(encoding);
  return text === undefined || text === REDACTED ? null : text;
}
