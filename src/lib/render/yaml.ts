/** YAML that parsers of YAML 1.1 and of YAML 1.2 read alike. */
import type { ScalarTag, ToStringOptions } from 'yaml';
import { ExactNumber } from '../exact-number';
import { COMMAND_INSIDE, escapedInside } from './visible';

export interface YamlOptions {
  /** Whether keys stand in the order of their characters, or in their own. */
  readonly sorted: boolean;
}

/** A value that JSON can hold as YAML, each text on one line. Loads the yaml package. */
export async function yamlText(value: unknown, { sorted }: YamlOptions): Promise<string> {
  const { stringify } = await import('yaml');
  const text = stringify(value, {
    ...LAYOUT,
    sortMapEntries: sorted,
    customTags: (tags) => [STRING, FLOAT, ...tags],
  });
  return `${text.trimEnd()}\n`;
}

const LAYOUT: ToStringOptions & { aliasDuplicateObjects: boolean } = { lineWidth: 0, aliasDuplicateObjects: false };

/** Every text, keys included: as it stands where no parser can take it for anything else, else in double quotes. */
const STRING: ScalarTag = {
  identify: (value) => typeof value === 'string',
  default: true,
  tag: 'tag:yaml.org,2002:str',
  resolve: (text) => text,
  stringify: ({ value }) => (isPlain(value as string) ? (value as string) : quoted(value as string)),
};

/**
 * YAML 1.1 takes a number with an exponent for a text where it has no point (https://yaml.org/type/float.html). One that
 * JavaScript cannot hold stands as it was written.
 */
const FLOAT: ScalarTag = {
  identify: (value) => value instanceof ExactNumber || (typeof value === 'number' && String(value).includes('e')),
  default: true,
  tag: 'tag:yaml.org,2002:float',
  // Of tags for one value, yaml takes those that can also be recognised in a text; this one only writes.
  test: /(?!)/,
  resolve: Number,
  stringify: ({ value }) => (value instanceof ExactNumber ? value.text : String(value).replace(/^(-?\d+)e/, '$1.0e')),
};

/** Single blanks between characters that mean nothing to YAML; a colon where no blank and no end follows. */
const SAFE = /^[A-Za-z0-9_/.](?:[A-Za-z0-9_/.|@()+*=;<>~^$%&!?-]|:(?=[^ ])| (?=[^ :]))*$/;

/** Numbers in every notation (017, 0o17, 1_000, 1:30, .5, 1e3), dates and times, addresses. */
const NUMBERISH = /^[.\d][-+.:_\da-fotxz ]*$/i;

/** https://yaml.org/type/bool.html, https://yaml.org/type/null.html and .inf, .nan of https://yaml.org/type/float.html */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|\.inf|\.nan)$/i;

function isPlain(text: string): boolean {
  return SAFE.test(text) && !NUMBERISH.test(text) && !WORD.test(text);
}

/** JSON's quotes and escapes are YAML's, too. A lone surrogate, which is no character, becomes U+FFFD, as Go makes it. */
function quoted(text: string): string {
  const json = JSON.stringify(text.replace(/\p{Cs}/gu, '\ufffd'));
  return escapedInside(json, escapeOf).replace(COMMAND_INSIDE, '\\x23');
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
