/** Whether what a command printed is what its format says, read by a parser of that format where there is one. */
import { Parser } from 'tap-parser';
import { parse as parseYaml } from 'yaml';
import { DOT_LINE, MERMAID_LINE } from './graph-lines';
import { readJunit } from './junit';
import { expectHarmless } from './strict-page';

/** Throws, or fails an expectation, where a text of a format is not well-formed. */
export function expectWellFormed(format: string, text: string): void {
  switch (format) {
    case 'json':
      JSON.parse(text);
      break;
    case 'yaml':
      expect(parseYaml(text, { version: '1.1' })).toEqual(parseYaml(text, { version: '1.2' }));
      break;
    case 'junit':
      expect(readJunit(text)).toHaveProperty('testsuite');
      break;
    case 'tap':
      // What is no line of TAP is an `extra`: a newline in a name made one.
      expect(Parser.parse(text).filter(([event]) => event === 'extra')).toEqual([]);
      break;
    case 'html':
      expectHarmless(text);
      break;
    case 'dot':
      expect(linesOf(text).filter((line) => !DOT_LINE.test(line))).toEqual([]);
      break;
    case 'mermaid':
      expect(linesOf(text).filter((line) => !MERMAID_LINE.test(line))).toEqual([]);
      break;
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
