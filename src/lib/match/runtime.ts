/**
 * Envoy's runtime: numbers and fractions that take the place of what a configuration says, where a layer of the bootstrap sets
 * their keys. https://www.envoyproxy.io/docs/envoy/latest/configuration/operations/runtime
 */
import type { RuntimeLayer } from '../envoy/config-dump';
import type { ProxyConfig } from '../envoy/proxy-config';
import type { FractionalPercent } from '../envoy/route';
import { isUnknown, type Unknown, unknown } from './ternary';
import { rememberedFor } from '../remembered';

/** `envoy.config.core.v3.RuntimeFractionalPercent`. */
export interface RuntimeFraction {
  readonly default_value?: FractionalPercent;
  readonly runtime_key?: string;
}

/** A fraction as it is written, which may be none. */
type Value = string | number | boolean | Readonly<Record<string, unknown>>;

/** The layers of an Envoy's runtime, the last that has a key first. */
export class Runtime {
  readonly #values = new Map<string, Value | Unknown>();
  /** A layer whose values the dump does not hold, and that no later one hides. */
  #open: string | null = null;

  /** @param layers in the bootstrap's order: the last one that sets a key counts */
  constructor(layers: readonly RuntimeLayer[]) {
    for (const { name = '', static_layer: values, disk_layer: disk, rtds_layer: rtds } of layers) {
      for (const [key, value] of Object.entries(values ?? {})) this.#set(key, value, 0);
      if ((disk ?? rtds) === undefined) continue;
      this.#open = name;
      for (const key of this.#values.keys()) this.#values.set(key, this.#lacking(key));
    }
  }

  /** Whether no key is set, and no layer may set one. */
  get isEmpty(): boolean {
    return this.#values.size === 0 && this.#open === null;
  }

  /** The fraction that is in force: the key's, which may be a number of percent, else the default; undefined where neither is. */
  fraction({ default_value: own, runtime_key: key = '' }: RuntimeFraction): FractionalPercent | Unknown | undefined {
    const value = this.#value(key);
    if (isUnknown(value)) return value;
    if (typeof value === 'object' && value !== null) return fractionIn(value) ?? own;
    const percent = wholeNumber(value);
    return percent === null ? own : { numerator: percent, denominator: 'HUNDRED' };
  }

  /** The whole number that is in force: the key's, else the default. */
  number(key: string, own: number): number | Unknown {
    const value = this.#value(key);
    if (isUnknown(value)) return value;
    return typeof value === 'object' ? own : (wholeNumber(value) ?? own);
  }

  #value(key: string): Value | Unknown | null {
    if (key === '') return null;
    return this.#values.get(key) ?? (this.#open === null ? null : this.#lacking(key));
  }

  #lacking(key: string): Unknown {
    return unknown(`the runtime key ${key}, which the layer ${this.#open ?? ''} may set`);
  }

  /** A message of numerator and denominator is a fraction; every other one holds keys below its own, joined by dots. */
  #set(key: string, value: unknown, depth: number): void {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      this.#values.set(key, value);
      return;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEEPEST) return;
    const fields = Object.entries(value);
    if (fields.length === 0 || 'numerator' in value || 'denominator' in value) this.#values.set(key, { ...value });
    else for (const [name, inner] of fields) this.#set(`${key}.${name}`, inner, depth + 1);
  }
}

const DEEPEST = 32;

/** Numbers as Envoy's own parser has them: decimal with an exponent, or hexadecimal. */
const NUMBER = /^\s*([+-]?)(0x[\da-f]{1,40}|(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:e[+-]?\d{1,4})?)\s*$/i;

/** A number or the text of one, without what stands behind the point; null for what is below 0 or has more than 64 bits. */
function wholeNumber(value: string | number | boolean | null): number | null {
  const number = typeof value === 'string' ? numberIn(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 2 ** 64 ? Math.floor(Math.abs(number)) : null;
}

function numberIn(text: string): number | null {
  const [, sign, digits] = NUMBER.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * (sign === '-' ? -1 : 1);
}

const DENOMINATORS: readonly unknown[] = ['HUNDRED', 'TEN_THOUSAND', 'MILLION'];

/** A message that has other fields, or another denominator, is no fraction; of a numerator 32 bits count, and 0 of what is no number. */
function fractionIn(value: Readonly<Record<string, unknown>>): FractionalPercent | null {
  const { numerator = 0, denominator = 'HUNDRED', ...others } = value;
  const over = typeof numerator === 'number' ? Math.trunc(numerator) : 0;
  if (Object.keys(others).length > 0 || !DENOMINATORS.includes(denominator)) return null;
  return { numerator: over >>> 0, denominator: denominator as NonNullable<FractionalPercent['denominator']> };
}

/** A proxy's runtime, as its bootstrap's layers make it. */
export const runtimeOf = rememberedFor((config: ProxyConfig): Runtime => new Runtime(config.runtimeLayers));
