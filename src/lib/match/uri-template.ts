/**
 * URI templates of path matches and rewrites.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/path/match/uri_template/v3/uri_template_match.proto
 */
import { literalExpression } from '../literal-expression';
import { groupsOf } from './regex';

/** Characters that a glob takes; Envoy has grown the set since older releases. */
const GLOB = "[a-zA-Z0-9\\-._~%!$&'()*+,;=:@]";

/**
 * Matches a path without query against a template. `*` and `{x}` take one or more characters of a segment, `**` zero or
 * more with slashes, `{x=PATTERN}` what its pattern takes; text is literal. Gives the variables, or null where it does not match.
 */
export function matchUriTemplate(template: string, path: string): ReadonlyMap<string, string> | null {
  const { regex, names } = templateRegex(template);
  const groups = groupsOf(regex, path);
  return groups === null ? null : new Map(names.map((name, index) => [name, groups[index] ?? '']));
}

/** The regular expression that a template stands for. */
export function templateExpression(template: string): string {
  return templateRegex(template).regex;
}

interface TemplateRegex {
  readonly regex: string;
  readonly names: readonly string[];
}

function templateRegex(template: string): TemplateRegex {
  const names: string[] = [];
  let regex = '';
  let at = 0;
  while (at < template.length) {
    const close = template[at] === '{' ? template.indexOf('}', at) : -1;
    if (close > 0) {
      const inside = template.slice(at + 1, close);
      const equals = inside.indexOf('=');
      names.push(equals < 0 ? inside : inside.slice(0, equals));
      regex += `(${equals < 0 ? `${GLOB}+` : globRegex(inside.slice(equals + 1))})`;
      at = close + 1;
    } else {
      const next = template.indexOf('{', at + 1);
      const end = next < 0 ? template.length : next;
      regex += globRegex(template.slice(at, end));
      at = end;
    }
  }
  return { regex, names };
}

/** Globs and literal text. */
function globRegex(text: string): string {
  return text
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? `(?:${GLOB}|/)*` : part === '*' ? `${GLOB}+` : literalExpression(part)))
    .join('');
}
