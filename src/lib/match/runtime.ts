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

type Value = string | number | boolean | FractionalPercent;

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

  /** The fraction that is in force: the key's, which may be a number of percent, else the default; undefined where neither is. */
  fraction({ default_value: own, runtime_key: key = '' }: RuntimeFraction): FractionalPercent | Unknown | undefined {
    const value = this.#value(key);
    if (isUnknown(value)) return value;
    if (typeof value === 'object' && value !== null) return value;
    const percent = wholeNumber(value);
    return percent === null ? own : { numerator: percent, denominator: 'HUNDRED' };
  }

  /** The whole number that is in force: the key's, else the default. */
  number(key: string, own: number): number | Unknown {
    const value = this.#value(key);
    return isUnknown(value) ? value : (wholeNumber(value) ?? own);
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
    if (fields.length === 0 || 'numerator' in value || 'denominator' in value) this.#values.set(key, value);
    else for (const [name, inner] of fields) this.#set(`${key}.${name}`, inner, depth + 1);
  }
}

const DEEPEST = 32;

function wholeNumber(value: Value | null): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : null;
}

/** A proxy's runtime, as its bootstrap's layers make it. */
export const runtimeOf = rememberedFor((config: ProxyConfig): Runtime => new Runtime(config.runtimeLayers));
