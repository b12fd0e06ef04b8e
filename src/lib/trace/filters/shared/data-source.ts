/** `envoy.config.core.v3.DataSource`: a text that stands in the configuration, or elsewhere. */

export interface DataSource {
  readonly inline_string?: string;
  readonly inline_bytes?: string;
  readonly filename?: string;
  readonly environment_variable?: string;
}

/** What Envoy writes in place of a secret. */
export const REDACTED = '[redacted]';

/** The text where the dump holds it; null where it is a secret that the dump leaves out, or stands in a file. */
export function inlineText(source: DataSource | undefined): string | null {
  const text = source?.inline_string ?? decoded(source?.inline_bytes);
  return text === REDACTED ? null : text;
}

function decoded(bytes: string | undefined): string | null {
  if (bytes === undefined) return null;
  const text = Buffer.from(bytes, 'base64').toString('utf8');
  // Envoy writes the word as bytes where the field is of that kind.
  return bytes === REDACTED ? null : text;
}
