/** Says to the user what is wrong with a document, where, and what to do about it. */
import { InputError } from '../errors';
import { limitOf, sizeText, tooLarge } from '../limits';
import { Malformed, NotAnObject, TooDeep, TooLong, TooMany, Truncated } from './malformed';
import { MAX_DEPTH } from './skipper';

/** What a document should be. */
export interface DocumentKind {
  /** With its article. */
  readonly noun: string;
  /** Whose admin interface answers with it. */
  readonly server: string;
  /** How to have one, as a sentence. */
  readonly howToSave: string;
}

export const ENVOY_DUMP: DocumentKind = {
  noun: 'an Envoy config_dump or clusters document',
  server: 'Envoy',
  howToSave: 'Save one with: kubectl exec POD -c istio-proxy -- pilot-agent request GET "config_dump?include_eds"',
};

/** How much of a text is looked at to say what it is, in bytes. */
export const HEAD = 256;

/**
 * The InputError for what went wrong with a document, given its first bytes; what is no fault of the document comes back
 * as it is.
 */
export function rejection(label: string, error: unknown, head = new Uint8Array(0), kind = ENVOY_DUMP): unknown {
  if (error instanceof NotAnObject) return foreign(label, head, kind);
  if (error instanceof TooLong) {
    return tooLarge(
      `${label} has a value, at byte ${error.offset}, that is longer than it may be`,
      sizeText(limitOf('value')),
    );
  }
  if (error instanceof TooMany) {
    const place = error.pointer === '' ? '' : ` in ${error.pointer}`;
    return tooLarge(`${label} has more entries${place} than a dump has`, String(error.most));
  }
  if (error instanceof Truncated) {
    return new InputError(`${label} is truncated: it ends at byte ${error.offset}, before its JSON does`, {
      hint: 'Save it again, to its end.',
      cause: error,
    });
  }
  if (error instanceof TooDeep) {
    return new InputError(
      `${label} is nested more than ${MAX_DEPTH} levels deep, at byte ${error.offset}, which mctl does not read`,
      { hint: 'Envoy writes no such document: look at what has made or changed it.', cause: error },
    );
  }
  if (!(error instanceof Malformed)) return error;
  return new InputError(`${label} is not valid JSON: ${shown(error.byte)} at byte ${error.offset} cannot stand there`, {
    hint: `Save it again, as ${kind.server} sends it.`,
    cause: error,
  });
}

/** The InputError for a JSON object that is another kind of document. */
export function otherKind(label: string, names: readonly string[]): InputError {
  if (names.includes('configs')) {
    return new InputError(`${label} is not a config_dump that mctl reads: its "configs" is not a list`, {
      hint: 'Envoy wrote a map of sections there before 1.8 (2018). Save the /config_dump of a newer proxy.',
    });
  }
  return new InputError(`${label} is neither an Envoy config_dump nor a clusters document: it is ${objectOf(names)}`, {
    hint: ENVOY_DUMP.howToSave,
  });
}

/** What a text is that does not begin with `{`, by its first bytes. */
function foreign(label: string, head: Uint8Array, kind: DocumentKind): InputError {
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return new InputError(`${label} is compressed twice, or under a name that does not say so`, {
      hint: 'Unpack it with gunzip.',
    });
  }
  const marked = byteOrderMark(head);
  if (marked !== null) {
    return new InputError(`${label} is not valid JSON: it begins with a byte order mark (${marked}) at byte 0`, {
      hint: 'Save it as UTF-8 without a byte order mark.',
    });
  }
  const text = Buffer.from(head).toString('utf8').trim();
  const { what, hint = kind.howToSave } = KINDS.find(({ pattern }) => pattern.test(text)) ?? ANYTHING;
  return new InputError(`${label} is not ${kind.noun}: ${what(text, head)}`, { hint });
}

function byteOrderMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'UTF-8';
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  return null;
}

interface Kind {
  readonly what: (text: string, head: Uint8Array) => string;
  /** Left out where it is how to save the document that is wanted. */
  readonly hint?: string;
}

const ANYTHING: Kind = {
  what: (text, head) => `it is not JSON: ${shown(firstByte(head))} at byte ${firstOffset(head)}, in ${quote(text)}`,
};

const KINDS: readonly (Kind & { readonly pattern: RegExp })[] = [
  { pattern: /^$/, what: () => 'it is empty' },
  { pattern: /^\[/, what: () => 'it is a JSON array' },
  { pattern: /^null\b/, what: () => 'it is null' },
  {
    pattern: /^(?:"|-?[0-9]|true\b|false\b)/,
    what: (text) => `it is a JSON scalar, ${quote(text)}`,
  },
  {
    pattern: /^<(?:!doctype|html|\?xml)/i,
    what: () => 'it is a web page (HTML)',
    hint: 'Something else than a proxy answered there: is it the admin port (15000)?',
  },
  {
    pattern: /^[^\n:]+::[^\n]*::/,
    what: () => 'it is the text form of /clusters',
    hint: 'Ask for JSON: /clusters?format=json.',
  },
];

function firstOffset(head: Uint8Array): number {
  return Math.max(
    0,
    head.findIndex((byte) => !' \t\n\r'.includes(String.fromCharCode(byte))),
  );
}

function firstByte(head: Uint8Array): number {
  return head[firstOffset(head)] ?? 0;
}

/** A byte as a reader knows it: the character where it is one that prints. */
function shown(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}

/** The beginning of a text's first line. */
function quote(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}

/** What an object is, by the names of its members. */
export function objectOf(names: readonly string[]): string {
  return names.length === 0 ? 'an empty object' : `an object of ${list(names)}`;
}

function list(names: readonly string[]): string {
  const first = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  return names.length > first.length ? `${first.join(', ')}, …` : first.join(', ');
}

/**
 * An answer of /config_dump?resource=… holds resources and no section.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin (config_dump?resource={})
 */
export function bareResources(label: string, type: string): InputError {
  const name = JSON.stringify(type.slice(type.lastIndexOf('/') + 1));
  return new InputError(`${label} holds resources without their section (${name}), as /config_dump?resource= answers`, {
    hint: 'Save the whole: curl -s "localhost:15000/config_dump?include_eds" in the pod prints it.',
  });
}
