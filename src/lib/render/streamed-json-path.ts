/** JSONPath of lists that are too large to be held: what begins with each element, or with some, is found an element at a time. */
import { type JsonPath, PathFinder } from './json-path';
import { onlyPath, parseTemplate, renderPiece, type TemplatePiece, valueText } from './json-path-template';
import { inPieces, type StreamedList } from './streamed';

/** A path that begins with elements of the list: which of them, and what is found in each. */
interface ElementPath {
  /** Whether an element is one of those. */
  readonly takes: (item: unknown, index: number) => boolean;
  /** Behind this one none is taken. */
  readonly last: number;
  readonly rest: JsonPath;
}

/**
 * As renderJsonPath of the list that is held; null where a path needs more of it than an element. Throws UsageError for what is no
 * JSONPath.
 */
export async function streamedJsonPath(expression: string, list: StreamedList): Promise<Iterable<string> | null> {
  const pieces = parseTemplate(expression);
  // No piece asks for the root.
  const finder = await PathFinder.of(null);
  const only = onlyPath(pieces);
  if (only !== null) {
    const path = elementPath(only, finder);
    return path === null ? null : inPieces(linesOf(list, path, finder));
  }
  const parts = pieces.map((piece) => partOf(piece, list, finder));
  return parts.some((part) => part === null) ? null : inPieces(withEnd(parts.flatMap((part) => part ?? [])));
}

type Part = () => Iterable<string>;

function partOf(piece: TemplatePiece, list: StreamedList, finder: PathFinder): Part | null {
  if ('text' in piece) return () => [piece.text];
  const path = elementPath('path' in piece ? piece.path : piece.range, finder);
  if (path === null || ('range' in piece && piece.pieces.some(asksForRoot))) return null;
  if ('path' in piece) return () => separated(list, path, finder);
  return function* () {
    for (const item of found(list, path, finder)) {
      for (const inner of piece.pieces) yield renderPiece(finder, inner, item);
    }
  };
}

function* linesOf(list: StreamedList, path: ElementPath, finder: PathFinder): Iterable<string> {
  for (const one of found(list, path, finder)) yield `${valueText(one)}\n`;
}

function* separated(list: StreamedList, path: ElementPath, finder: PathFinder): Iterable<string> {
  let isFirst = true;
  for (const one of found(list, path, finder)) {
    yield isFirst ? valueText(one) : ` ${valueText(one)}`;
    isFirst = false;
  }
}

/** The text of all parts, which ends its line unless it is empty. */
function* withEnd(parts: readonly Part[]): Iterable<string> {
  let last = '\n';
  for (const part of parts) {
    for (const text of part()) {
      yield text;
      if (text !== '') last = text;
    }
  }
  if (!last.endsWith('\n')) yield '\n';
}

function* found(list: StreamedList, { takes, last, rest }: ElementPath, finder: PathFinder): Iterable<unknown> {
  let index = 0;
  for (const item of list.items()) {
    if (takes(item, index)) yield* finder.find(rest, item);
    index += 1;
    if (index > last) return;
  }
}

function elementPath({ steps: [first, ...steps] }: JsonPath, finder: PathFinder): ElementPath | null {
  const rest = { isFromRoot: false, steps };
  if (first === undefined || usesRoot(rest)) return null;
  const last = Number.POSITIVE_INFINITY;
  if ('part' in first) {
    if (first.part === '*') return { takes: () => true, last, rest };
    if (!/^\d{1,9}$/.test(first.part)) return null;
    const wanted = Number(first.part);
    return { takes: (_item, index) => index === wanted, last: wanted, rest };
  }
  if ('union' in first || usesRoot({ isFromRoot: false, steps: [first] })) return null;
  return { takes: (item) => finder.passes(first.filter, item), last, rest };
}

function asksForRoot(piece: TemplatePiece): boolean {
  if ('text' in piece) return false;
  if ('path' in piece) return usesRoot(piece.path);
  return usesRoot(piece.range) || piece.pieces.some(asksForRoot);
}

function usesRoot({ isFromRoot, steps }: JsonPath): boolean {
  return (
    isFromRoot ||
    steps.some((step) => {
      if (!('filter' in step)) return false;
      const { left, comparison } = step.filter;
      return [left, ...(comparison === null ? [] : [comparison.right])].some(
        (operand) => 'path' in operand && usesRoot(operand.path),
      );
    })
  );
}
