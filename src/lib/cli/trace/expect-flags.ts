/** `--expect KEY=VALUE`: what a trace must say. */
import { EXPECTATION_KEYS, type HopExpectation, type TraceExpectation } from '../../check/expectation';
import { VOCABULARIES } from '../../check/vocabulary';
import { UsageError } from '../../errors';
import { nearest } from '../../nearest';
import { parsePair } from './trace-flags';

const LATER_HOP = /^hops\[(\d{1,2})\]\.(.+)$/;
const KEYS = EXPECTATION_KEYS.filter((key) => key !== 'hops' && key !== 'not');

interface Expected {
  readonly not: boolean;
  /** Null for the trace and its first hop. */
  readonly hop: number | null;
  readonly key: string;
  readonly value: unknown;
}

/**
 * Reads expectations: KEY=VALUE of the trace or its first hop, hops[1].KEY=VALUE of a later one, KEY!=VALUE for what must
 * not be. An empty value, and `null`, expect that there is none. Throws UsageError for an unknown key, naming the nearest.
 */
export function parseExpectations(texts: readonly string[]): TraceExpectation {
  const parsed = texts.map(parseExpectation);
  const own = parsed.filter(({ hop, not }) => hop === null && !not);
  const count = Math.max(0, ...parsed.map(({ hop }) => (hop ?? -1) + 1));
  const hops = Array.from({ length: count }, (_, index) => hopExpectation(parsed.filter(({ hop }) => hop === index)));
  const not = parsed.filter((one) => one.hop === null && one.not).map(asObject);
  return {
    ...Object.assign({}, ...own.map(asObject)),
    ...(count > 0 ? { hops } : {}),
    ...(not.length > 0 ? { not } : {}),
  } as TraceExpectation;
}

function hopExpectation(parsed: readonly Expected[]): HopExpectation {
  const not = parsed.filter((one) => one.not).map(asObject);
  const own = parsed.filter((one) => !one.not).map(asObject);
  return { ...Object.assign({}, ...own), ...(not.length > 0 ? { not } : {}) } as HopExpectation;
}

function asObject({ key, value }: Expected): Readonly<Record<string, unknown>> {
  return { [key]: value };
}

function parseExpectation(text: string): Expected {
  const [left, value] = parsePair(text, 'expect');
  const not = left.endsWith('!');
  const path = not ? left.slice(0, -1) : left;
  const later = LATER_HOP.exec(path);
  const key = later?.[2] ?? path;
  if (!KEYS.includes(key)) {
    const near = nearest(key, KEYS);
    throw new UsageError(`invalid argument "${text}" for "--expect" flag: ${key} is nothing that a trace says`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Keys: ${KEYS.join(', ')}.`,
    });
  }
  return { not, hop: later === null ? null : Number(later[1]), key, value: valueOf(key, value, text) };
}

function valueOf(key: string, value: string, text: string): unknown {
  if (key === 'pods') return value === '' ? [] : value.split(',').map((pod) => pod.trim());
  if (key === 'clusters') return sharesOf(value, text);
  if (value === '' || value === 'null') return null;
  const known = Object.hasOwn(VOCABULARIES, key) ? VOCABULARIES[key] : undefined;
  if (known === undefined || known.includes(value)) return value;
  const near = nearest(value, known);
  throw new UsageError(`invalid argument "${text}" for "--expect" flag: ${value} is no ${key} of a trace`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It is one of ${known.join(', ')}.`,
  });
}

/** `NAME:SHARE,NAME:SHARE`: a share is a fraction or a percentage. */
function sharesOf(value: string, text: string): Readonly<Record<string, number>> {
  const pairs = value.split(',').map((part): readonly [string, number] => {
    const match = /^(.+):(\d+(?:\.\d+)?)(%?)$/.exec(part.trim());
    if (match === null) {
      throw new UsageError(`invalid argument "${text}" for "--expect" flag: it is clusters=NAME:SHARE,NAME:SHARE`);
    }
    return [match[1] ?? '', Number(match[2]) / (match[3] === '%' ? 100 : 1)];
  });
  return Object.fromEntries(pairs);
}
