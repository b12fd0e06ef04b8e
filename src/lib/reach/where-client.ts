/** Conditions of `--where` on who calls: TLS, server name, principal, address, token. */
import type { ReachCondition } from '../algebra/cell';
import { claimCondition, claimPresent, TOKEN } from '../algebra/claims';
import { addressCondition, principalCondition, serverNameCondition, TLS, TLS_MODES } from '../algebra/client';
import { UsageError } from '../errors';
import { parseIp } from '../match/cidr';

export const CLIENT_KEYS: readonly string[] = [
  'tls=',
  'principal=',
  'namespace=',
  'source-ip=',
  'sni=',
  'token',
  'claim:',
];

interface ClientCondition {
  readonly condition: ReachCondition;
  readonly also?: readonly ReachCondition[];
}

/** Null for a condition on something else. Throws UsageError for a value that is none. */
export function clientWhere(text: string): ClientCondition | null {
  if (text === 'token') return { condition: TOKEN };
  const [, key = '', value = ''] = /^(tls|principal|namespace|source-ip|sni)=(.+)$/s.exec(text) ?? [];
  switch (key) {
    case 'tls':
      return { condition: tlsWhere(value) };
    case 'principal':
      return withMutualTls(principalWhere(value));
    case 'namespace':
      return withMutualTls(principalCondition({ safe_regex: { regex: `.*/ns/${namespaceOf(value)}/.*` } }));
    case 'source-ip':
      return { condition: addressWhere(value) };
    case 'sni':
      return { condition: nameWhere(value.toLowerCase()), also: [NOT_PLAIN_TEXT] };
    default:
      return claimWhere(text);
  }
}

const NOT_PLAIN_TEXT: ReachCondition = {
  ...TLS.plaintext,
  key: 'tls not plaintext',
  texts: { ...TLS.plaintext.texts, isNot: true },
  yes: 'not plaintext',
  no: 'plaintext',
  preferred: ['tls'],
};

/** Only who presents a certificate has a principal. */
function withMutualTls(condition: ReachCondition | null): ClientCondition | null {
  return condition === null ? null : { condition, also: [TLS.mtls] };
}

function principalWhere(value: string): ReachCondition | null {
  if (value.endsWith('*')) return principalCondition({ prefix: value.slice(0, -1) });
  return principalCondition(value.startsWith('*') ? { suffix: value.slice(1) } : { exact: value });
}

/** It becomes a part of a regular expression. Throws UsageError for what is no name. */
function namespaceOf(value: string): string {
  if (/^[a-z0-9-]+$/.test(value)) return value;
  throw new UsageError(`--where namespace=${value}: that is not the name of a namespace`);
}

function tlsWhere(value: string): ReachCondition {
  const mode = TLS_MODES.find((one) => one === value);
  if (mode === undefined) throw new UsageError(`--where tls=${value}: it is ${TLS_MODES.join(', ')}`);
  return TLS[mode];
}

function addressWhere(value: string): ReachCondition {
  const [, ip = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  const most = ip.includes(':') ? 128 : 32;
  const condition =
    parseIp(ip) === null || Number(length ?? 0) > most
      ? null
      : addressCondition({ address_prefix: ip, prefix_len: Number(length ?? most) });
  if (condition !== null) return condition;
  throw new UsageError(`--where source-ip=${value} is neither an address nor a range`, {
    hint: 'Write source-ip=10.0.0.7 or source-ip=10.0.0.0/8.',
  });
}

const ASKER = {};

function nameWhere(value: string): ReachCondition {
  return serverNameCondition(value.startsWith('*') ? `x${value.slice(1)}` : value, [value], ASKER);
}

function claimWhere(text: string): ClientCondition | null {
  const [, name, value] = /^claim:([^=]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) return null;
  const shape = value?.startsWith('[') === true ? 'list' : 'text';
  const own = shape === 'list' ? (/^\["(.*)"\]$/s.exec(value ?? '')?.[1] ?? '') : value;
  const condition = own === undefined ? claimPresent(name) : claimCondition(name, { exact: own }, shape);
  return condition === null ? null : { condition, also: [TOKEN] };
}
