/**
 * Envoy's substitution format: texts with commands such as `%REQ(X-A?X-B):10%`, which mean the same in headers that are
 * added, in filter state and in access logs.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#format-strings
 */
import { isUnknown, type Unknown, unknown } from '../match/ternary';
import { formatCommand } from './format-commands';
import type { StreamFacts } from './stream-facts';

/** `%%`, or a command with its argument and the length that its value is cut to. */
const TOKEN = /%(?:%|([A-Z0-9_]{1,80})(?:\(([^)]{0,2000})\))?(?::(\d{1,9}))?%)/g;

/** What stands for a command that has no value. */
export type NoValue = '-' | '';

/**
 * The text with every command filled in: `%%` is a percent sign, a command without a value `-`, or nothing in headers that
 * are added. Unknown where one of the commands is: what mctl does not know of is neither literal nor empty.
 */
export function formatted(format: string, facts: StreamFacts, noValue: NoValue): string | Unknown {
  const parts: string[] = [];
  let end = 0;
  for (const token of format.matchAll(TOKEN)) {
    parts.push(format.slice(end, token.index));
    end = token.index + token[0].length;
    const value = tokenValue(token, facts);
    if (isUnknown(value)) return value;
    parts.push(value ?? noValue);
  }
  const text = [...parts, format.slice(end)].join('');
  // A percent sign outside of every token is no format that Envoy takes.
  return hasLooseSign(format) ? unknown(`the value of ${format}`) : text;
}

function tokenValue([whole, command, argument, length]: RegExpExecArray, facts: StreamFacts): string | Unknown | null {
  if (command === undefined) return '%';
  const value = formatCommand(command, argument ?? '', facts);
  if (value === undefined) return unknown(`the value of ${whole}`);
  return typeof value === 'string' && length !== undefined ? value.slice(0, Number(length)) : value;
}

function hasLooseSign(format: string): boolean {
  return format.replace(TOKEN, '').includes('%');
}
