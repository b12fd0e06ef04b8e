/** Texts as an attacker would put them into a dump, and traces full of them. */
import fc from 'fast-check';
import type { Trace } from '../../src/lib/trace/model';
import { ALL } from './traces';

/** Pieces that mean something to a terminal, to HTML, to SVG, to Mermaid, to DOT, or to a shell. */
const SHARP = [
  '\u001b[31m',
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\u202e',
  '\r',
  '\n',
  '\t',
  '\u2028',
  '\u0000',
  '</script><script>alert(1)</script>',
  '</style>',
  '</svg>',
  ']]>',
  '<!--',
  '-->',
  '"',
  "'",
  '`',
  '&quot;',
  '&#34;',
  '#quot;',
  '\\',
  '\\"',
  '\\N',
  '|',
  '"]',
  '"}}',
  'end',
  '%%{init: {}}%%',
  '; rm -rf /',
  '$(id)',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '1. a list',
  '- a list',
  '\ud800',
];

export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...SHARP), fc.string({ unit: 'binary', maxLength: 6 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

/** Words of the model: a trace keeps them, since code decides by them. */
const KEPT: ReadonlySet<string> = new Set([
  ...['stage', 'outcome', 'verdict', 'reason', 'direction', 'responseFlags'],
  ...['kind', 'by', 'what', 'as'],
]);

/** One of the hand-made traces, every text in it replaced by a hostile one. */
export const hostileTrace: fc.Arbitrary<Trace> = fc
  .tuple(fc.constantFrom(...Object.values(ALL)), fc.array(hostileText, { minLength: 1, maxLength: 4 }))
  .map(([trace, texts]) => {
    let next = 0;
    const spoil = (value: unknown, key: string): unknown => {
      if (typeof value === 'string') return KEPT.has(key) ? value : texts[next++ % texts.length];
      if (Array.isArray(value)) return value.map((one) => spoil(one, ''));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spoil(one, name)]));
    };
    return spoil(trace, '') as Trace;
  });
