/** A file of expectations: read from YAML or JSON, held against its schema, every mistake with line and column. */
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import schema from '../../../schemas/check.schema.json';
import { InputError } from '../errors';
import { nearest } from '../nearest';
import type { TraceExpectation } from './expectation';

type Scalar = string | number | boolean;

export interface CheckRequest {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, Scalar>> | readonly (readonly [Scalar, Scalar])[];
  readonly httpVersion?: Scalar;
  readonly originalDst?: string;
  readonly resolve?: string | readonly string[];
  readonly sni?: string;
  readonly alpn?: string | readonly string[];
  readonly tls?: 'plaintext' | 'tls' | 'mtls';
  readonly sourceIp?: string;
  readonly sourcePrincipal?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: 'outbound' | 'inbound' | 'gateway' | 'waypoint';
  readonly claims?: Readonly<Record<string, Scalar>>;
  readonly serverFirst?: boolean;
  readonly oneHop?: boolean;
  readonly allBranches?: boolean;
}

export interface ViewExpectation {
  readonly count?: number;
  readonly jsonpath?: Readonly<Record<string, unknown>>;
}

export interface Check {
  readonly name?: string;
  readonly proxy?: string;
  readonly request?: CheckRequest;
  readonly view?: 'listener' | 'route' | 'cluster' | 'endpoint';
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly matrix?: Readonly<Record<string, readonly Scalar[]>>;
  readonly expect?: TraceExpectation & ViewExpectation;
}

export interface CheckSource {
  readonly snapshot?: string;
  readonly file?: string | readonly string[];
  readonly sample?: boolean;
  readonly admin?: string;
  readonly context?: string;
  readonly namespace?: string;
}

export interface CheckFile {
  readonly source?: CheckSource;
  readonly proxy?: string;
  readonly checks: readonly Check[];
}

/** How many mistakes a message lists. */
const LISTED = 10;

let validate: ValidateFunction<CheckFile> | undefined;

/**
 * Reads a check file's text. Throws InputError with line and column of every mistake, and the nearest known key for an
 * unknown one.
 */
export function parseCheckFile(label: string, text: string): CheckFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) throw new InputError(`${label}: ${broken.message}`);
  const value = document.toJS({ maxAliasCount: 100 }) as unknown;
  validate ??= new Ajv({ allErrors: true, allowUnionTypes: true, verbose: true }).compile<CheckFile>(schema);
  if (validate(value)) return value;
  const mistakes = relevant(validate.errors ?? []).map(
    (error) => `${label}:${position(document, lines, error)} ${describe(error)}`,
  );
  throw new InputError(mistakes.slice(0, LISTED).join('\n'), {
    hint: 'The keys are described by schemas/check.schema.json in the package.',
  });
}

/** A failed alternative repeats every failure inside it: the deepest ones tell what is wrong. */
function relevant(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const deep = errors.filter((error) => error.keyword !== 'oneOf' || !errors.some((other) => inside(other, error)));
  return deep.filter(
    (error, index) =>
      deep.findIndex((other) => describe(other) === describe(error) && other.instancePath === error.instancePath) ===
      index,
  );
}

function inside(other: ErrorObject, outer: ErrorObject): boolean {
  return other !== outer && other.instancePath.startsWith(outer.instancePath) && other.keyword !== 'oneOf';
}

function describe(error: ErrorObject): string {
  const where = error.instancePath === '' ? 'the file' : error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as { additionalProperty?: string; allowedValues?: readonly unknown[] };
  if (params.additionalProperty !== undefined) {
    const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
    const [close] = nearest(params.additionalProperty, known, 1);
    return `${where} has the unknown key ${params.additionalProperty}${close === undefined ? '' : `: did you mean ${close}?`}`;
  }
  if (params.allowedValues !== undefined)
    return `${where} must be one of ${params.allowedValues.map(String).join(', ')}`;
  return `${where} ${error.message ?? 'is not as it should be'}`;
}

function position(document: Document, lines: LineCounter, error: ErrorObject): string {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer);
  const params = error.params as { additionalProperty?: string };
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  const key =
    params.additionalProperty !== undefined && isMap(node)
      ? node.items.find((pair) => String(pair.key) === params.additionalProperty)?.key
      : node;
  const range = (key as { range?: readonly number[] } | null | undefined)?.range;
  const { line, col } = lines.linePos(range?.[0] ?? 0);
  return `${line}:${col}`;
}

function unescapePointer(text: string): string {
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
