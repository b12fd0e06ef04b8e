/** The grammars of Mermaid and DOT as far as mctl writes them: what does not match was broken by a name. */

/** A line of Mermaid that holds nothing but one statement and quoted labels. */
const MERMAID_LABEL = /"(?:[^"#<>;`[\]{}|\\]|#\d+;|<br\/>)*"/;
export const MERMAID_LINE = new RegExp(
  `^(?:flowchart TD| {2}subgraph g\\d+\\[${MERMAID_LABEL.source}\\]| {2}end| {2}classDef \\w+ [\\w:#,]+` +
    `| {2,4}n\\d+(?:\\(\\[|\\[\\[|\\[|\\(|\\{\\{)${MERMAID_LABEL.source}(?:\\]\\)|\\]\\]|\\]|\\)|\\}\\})(?::::\\w+)?` +
    `| {2}n\\d+ (?:-->|-\\.->)(?:\\|${MERMAID_LABEL.source}\\|)? n\\d+)$`,
  'u',
);

/** A line of DOT: a statement whose quoted strings are closed. */
export const DOT_LINE = /^(?:[^"]|"(?:[^"\\]|\\.)*")*$/u;
