/** Label selectors as Kubernetes writes them: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. */
import { UsageError } from '../errors';

export type Labels = ReadonlyMap<string, string>;

/** Whether labels meet a selector. */
export type Selector = (labels: Labels) => boolean;

const REQUIREMENT =
  /^\s*(?:(!)\s*([^\s!=,()]+)|([^\s!=,()]+)(?:\s*(==|!=|=)\s*([^\s!=,()]*)|\s+(in|notin)\s*\(([^()]*)\))?)\s*(?:,|$)/;

/**
 * Reads a label selector. Throws UsageError where the text is none.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function parseSelector(text: string): Selector {
  const requirements: Selector[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const match = REQUIREMENT.exec(rest);
    if (match === null) {
      throw new UsageError(`unable to parse the selector "${text}" at "${rest.trim()}"`, {
        hint: 'Write label=value pairs, such as app=reviews,version!=v1 or version in (v2,v3).',
      });
    }
    rest = rest.slice(match[0].length);
    requirements.push(requirementOf(match));
  }
  return (labels) => requirements.every((meets) => meets(labels));
}

/** The selector of a Service or workload: each label with its value. */
export function selectorOf(wanted: Labels): Selector {
  return (labels) => [...wanted].every(([key, value]) => labels.get(key) === value);
}

function requirementOf(match: RegExpExecArray): Selector {
  const [, not, absent = '', key = '', operator, value = '', set, members = ''] = match;
  if (not !== undefined) return (labels) => !labels.has(absent);
  if (operator !== undefined) {
    return operator === '!=' ? (labels) => labels.get(key) !== value : (labels) => labels.get(key) === value;
  }
  if (set === undefined) return (labels) => labels.has(key);
  const values = new Set(members.split(',').map((member) => member.trim()));
  if (set === 'in') return (labels) => values.has(labels.get(key) ?? '') && labels.has(key);
  return (labels) => !labels.has(key) || !values.has(labels.get(key) ?? '');
}
