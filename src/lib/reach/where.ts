/** `--where`: conditions on the requests that are asked about. */
import { UsageError } from '../errors';
import type { HeaderMatcher, StringMatcher } from '../envoy/route';
import { nearest } from '../nearest';
import { CLIENT_DIMENSIONS } from '../algebra/client';
import { CLIENT_KEYS, clientWhere } from './where-client';
import type { Cell, ReachCondition, Spaces } from '../algebra/cell';
import { headerCondition, pathCondition, textCondition } from '../algebra/conditions';

/** A condition as it is given. */
export interface Where {
  readonly isNot: boolean;
  readonly about:
    | {
        readonly kind: 'request';
        readonly condition: ReachCondition;
        /** What has to hold beside it, so that it can: a server name needs TLS. */
        readonly also?: readonly ReachCondition[];
      }
    | { readonly kind: 'port'; readonly port: number };
  /** Of a host: the port that stands behind it; null where none is given. */
  readonly port: number | null;
}

const KEYS = ['host=', 'path=', 'path~', 'method=', 'header:', 'port=', ...CLIENT_KEYS];

/** Reads a condition. Throws UsageError for one that is none, with what there is. */
export function parseWhere(text: string): Where {
  const isNot = text.startsWith('!');
  const own = isNot ? text.slice(1) : text;
  const client = clientWhere(own);
  if (client !== null) return { isNot, about: { kind: 'request', ...client }, port: null };
  const port = /^port=(.*)$/s.exec(own)?.[1];
  if (port !== undefined) return { isNot, about: { kind: 'port', port: portOf(port, text) }, port: null };
  const { condition, port: behind } = conditionOf(own);
  if (condition === null && /^(?:path|header:[^=~]+)~/.test(own)) {
    throw new UsageError(`--where ${text}: requests cannot be divided by this regular expression`, {
      hint: 'It is none that RE2 reads, or has \\b, \\B or what else hangs on the characters around it.',
    });
  }
  if (condition === null) {
    const [near] = nearest(own, KEYS);
    throw new UsageError(`--where ${text} is not a condition that is known here`, {
      hint: `${near === undefined ? '' : `Did you mean ${near}…? `}Write host=NAME, path=/exact, path=/prefix*, path~REGEX, method=GET, header:NAME=VALUE, header:NAME or port=PORT; of a client tls=MODE, principal=SPIFFE, namespace=NAME, source-ip=ADDRESS[/LENGTH] or sni=NAME; of a token token, claim:NAME=VALUE or claim:NAME; with ! in front for not.`,
    });
  }
  return { isNot, about: { kind: 'request', condition }, port: behind };
}

/** Throws UsageError for what is no port. */
function portOf(value: string, text: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port > 0 && port < 65_536) return port;
  throw new UsageError(`--where ${text}: a port is a number from 1 to 65535`);
}

function conditionOf(text: string): { readonly condition: ReachCondition | null; readonly port: number | null } {
  const none = { condition: null, port: null };
  const host = /^host=(.+?)(?::(\d{1,5}))?$/.exec(text);
  if (host !== null) {
    const condition = textCondition('host', withStar((host[1] ?? '').toLowerCase()));
    return { condition, port: host[2] === undefined ? null : portOf(host[2], text) };
  }
  if (text.startsWith('path=/'))
    return { ...none, condition: pathCondition({ kind: 'text', matcher: withStar(text.slice(5)) }) };
  if (text.startsWith('path~')) {
    const matcher = { safe_regex: { regex: text.slice(5) } };
    return { ...none, condition: pathCondition({ kind: 'text', matcher }) };
  }
  if (/^method=[A-Za-z]+$/.test(text)) {
    return { ...none, condition: textCondition('method', { exact: text.slice(7).toUpperCase() }) };
  }
  const header = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:([=~])(.*))?$/s.exec(text);
  if (header === null) return none;
  const [, name = '', sign, value = ''] = header;
  const matcher = sign === '~' ? { safe_regex: { regex: value } } : withStar(value);
  const asked: HeaderMatcher = sign === undefined ? { name, present_match: true } : { name, string_match: matcher };
  return { ...none, condition: headerCondition(asked, `header:${name.toLowerCase()}`) };
}

/** A star at its end makes a prefix of a text, one at its start a suffix. */
export function withStar(text: string): StringMatcher {
  if (text.endsWith('*')) return { prefix: text.slice(0, -1) };
  return text.startsWith('*') ? { suffix: text.slice(1) } : { exact: text };
}

/** The cell cut down to the requests for which all conditions hold. Throws UsageError for one that is too large to divide by. */
export function restricted(spaces: Spaces, cell: Cell, wheres: readonly Where[]): Cell {
  const own = wheres.flatMap(({ about, isNot }) => (about.kind === 'request' ? [{ ...about, isNot }] : []));
  const [lost] = spaces.add(own.map(({ condition }) => condition));
  if (lost !== undefined) throw new UsageError(`--where: ${lost.dimension} ${lost.yes} is too large an expression`);
  spaces.add(own.flatMap(({ also = [] }) => also));
  return own.reduce((now, { condition, also = [], isNot }) => {
    const set = spaces.setOf(condition);
    if (isNot) return now.cut(condition.dimension, set.opposite());
    const met = now.cut(condition.dimension, set);
    return also.reduce((all, one) => all.cut(one.dimension, spaces.setOf(one)), met);
  }, cell);
}

/** Whether requests to the port are asked about. */
export function takesPort(wheres: readonly Where[], port: number): boolean {
  return wheres.every(({ about, isNot, port: behind }) => {
    if (about.kind === 'port') return (about.port === port) !== isNot;
    return behind === null || isNot || behind === port;
  });
}

/** Whether conditions say who calls: a pod has its own identity and address, whatever is asked about. */
export function asksOfClient(where: readonly Where[]): boolean {
  const dimensions: readonly string[] = CLIENT_DIMENSIONS;
  return where.some(({ about }) => about.kind === 'request' && dimensions.includes(about.condition.dimension));
}
