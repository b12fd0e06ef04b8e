/** `--expect KEY=VALUE`: what a trace must say. */
import { EXPECTATION_KEYS, type HopExpectation, type TraceExpectation } from '../../check/expectation';
import { VOCABULARIES } from '../../check/vocabulary';
import { UsageError } from '../../errors';
import { nearest } from '../../nearest';
import { parsePair } from './trace-flags';
import { largest } from '../../lists';

const LATER = /^(hops|branches)\[(\d{1,2})\]\.(.+)$/;
const KEYS = EXPECTATION_KEYS.filter((key) => key !== 'hops' && key !== 'branches' && key !== 'not');

interface Expected {
  readonly not: boolean;
  /** Null for the trace and its first hop; else a later hop or a branch. */
  readonly of: { readonly list: 'hops' | 'branches'; readonly index: number } | null;
  readonly key: string;
  readonly value: unknown;
}

/**
 * Reads expectations: KEY=VALUE of the trace or its first hop, hops[1].KEY=VALUE of a later one, branches[0].KEY=VALUE of another
 * way that chance can take, KEY!=VALUE for what must not be. An empty value, and `null`, expect that there is none. Throws UsageError for an unknown key, naming the nearest.
 */
export function parseExpectations(texts: readonly string[]): TraceExpectation {
  const parsed = texts.map(parseExpectation);
  const own = parsed.filter(({ of, not }) => of === null && !not);
  const not = parsed.filter((one) => one.of === null && one.not).map(asObject);
  return {
    ...together(own.map(asObject)),
    ...listed(parsed, 'hops'),
    ...listed(parsed, 'branches'),
    ...(not.length > 0 ? { not } : {}),
  };
}

function listed(parsed: readonly Expected[], list: 'hops' | 'branches'): object {
  const those = parsed.filter(({ of }) => of?.list === list);
  const count = largest(
    those.map(({ of }) => (of?.index ?? -1) + 1),
    0,
  );
  const items = Array.from({ length: count }, (_, index) =>
    hopExpectation(those.filter(({ of }) => of?.index === index)),
  );
  return count === 0 ? {} : { [list]: items };
}

function hopExpectation(parsed: readonly Expected[]): HopExpectation {
  const not = parsed.filter((one) => one.not).map(asObject);
  const own = parsed.filter((one) => !one.not).map(asObject);
  return { ...together(own), ...(not.length > 0 ? { not } : {}) };
}

/** Of keys that come again the last counts. */
function together(objects: readonly Readonly<Record<string, unknown>>[]): object {
  return Object.fromEntries(objects.flatMap((one) => Object.entries(one)));
}

function asObject({ key, value }: Expected): Readonly<Record<string, unknown>> {
  return { [key]: value };
}

function parseExpectation(text: string): Expected {
  const [left, value] = parsePair(text, 'expect');
  const not = left.endsWith('!');
  const path = not ? left.slice(0, -1) : left;
  const [, list, index, laterKey] = LATER.exec(path) ?? [];
  const key = laterKey ?? path;
  if (!KEYS.includes(key)) {
    const near = nearest(key, KEYS);
    throw new UsageError(`invalid argument "${text}" for "--expect" flag: ${key} is nothing that a trace says`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Keys: ${KEYS.join(', ')}.`,
    });
  }
  if (not && list === 'branches') {
    throw new UsageError(
      `invalid argument "${text}" for "--expect" flag: what a branch must not be cannot be said here`,
      {
        hint: 'Say it in a check file, under not: {branches: …}.',
      },
    );
  }
  const of: Expected['of'] = list === 'hops' || list === 'branches' ? { list, index: Number(index) } : null;
  return { not, of, key, value: valueOf(key, value, text) };
}

function valueOf(key: string, value: string, text: string): unknown {
  if (key === 'pods') return value === '' ? [] : value.split(',').map((pod) => pod.trim());
  if (key === 'clusters') return sharesOf(value, text);
  if (key === 'share') return shareOf(value, text);
  if (value === '' || value === 'null') return null;
  if (key === 'status' && !/^[1-5]\d\d$/.test(value)) {
    throw new UsageError(`invalid argument "${text}" for "--expect" flag: ${value} is not an HTTP status`);
  }
  const known = Object.hasOwn(VOCABULARIES, key) ? VOCABULARIES[key] : undefined;
  const wrong = key === 'responseFlags' ? value.split(',').find((flag) => known?.includes(flag) === false) : value;
  if (known === undefined || wrong === undefined || known.includes(wrong)) return value;
  const near = nearest(wrong, known);
  throw new UsageError(`invalid argument "${text}" for "--expect" flag: ${value} is no ${key} of a trace`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It is one of ${known.join(', ')}.`,
  });
}

/** A share alone, `60%` or `0.6`, or of each verdict as `delivered:60%,failed:40%`. */
function shareOf(value: string, text: string): unknown {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(value);
  if (match === null) {
    const shares = sharesOf(value, text);
    for (const verdict of Object.keys(shares)) valueOf('verdict', verdict, text);
    return shares;
  }
  return Number(match[1]) / (match[2] === '%' ? 100 : 1);
}

/** `NAME:SHARE,NAME:SHARE`: a share is a fraction or a percentage. */
function sharesOf(value: string, text: string): Readonly<Record<string, number>> {
  const pairs = value.split(',').map((part): readonly [string, number] => {
    const match = /^(.+):(\d+(?:\.\d+)?)(%?)$/.exec(part.trim());
    if (match === null) {
      throw new UsageError(
        `invalid argument "${text}" for "--expect" flag: it is ${text.slice(0, text.indexOf('='))}=NAME:SHARE,NAME:SHARE`,
      );
    }
    return [match[1] ?? '', Number(match[2]) / (match[3] === '%' ? 100 : 1)];
  });
  return Object.fromEntries(pairs);
}
