/** Keeps secrets out of what is written: what the list in `lib/secrets` names, wherever it stands in a document. */
import { COMPARISONS, INDEX, joinsComparisons, namesOperand } from '../secrets/expressions';
import {
  DEFAULTS,
  JWK_MEMBERS,
  NAMED_VALUES,
  PATHS,
  PRIVATE_JWK_MEMBERS,
  PUBLIC_FIELDS,
  SCOPE_KEY,
  SCOPES,
  TEXT_FIELDS,
} from '../secrets/field-list';
import { ListTexts } from '../secrets/list-texts';
import { holdsNoSecret, readsAsKey } from '../secrets/names';
import { CONSTANTS, fieldName, type Mode, modeOf, naming, type Naming } from '../secrets/place';
import { isSecretNumber, replacement, shownKey, textAt, textInList } from '../secrets/redact';
import { Later, type StringAt, type StringVisitor } from './json-rewriter';

/** The shortest text that can give a secret away by its form. */
const SHORTEST = 8;

/** How far below a matcher's `input` the header stands that it asks for, and below a path's beginning its last key. */
const INPUT_DEPTH = 5;

/** An object that is being read: what is known of it so far, and the key that is being read. */
interface Frame {
  readonly depth: number;
  readonly mode: Mode;
  /** The type of what stands in it, and of what stands further in. */
  type: string;
  innerType: string;
  /** Whether it names something secret; null as long as nothing in it named anything. */
  names: Naming | null;
  isJwk: boolean | null;
  key: string;
  /** The key as the proto files have it. */
  field: string;
  /** How the value of the key is to be read. */
  below: Mode;
  keys: number;
  /** Texts that wait for what the object says further on; those of objects inside it among them. */
  readonly waiting: (() => void)[];
  /** The object whose name decides on what stands here: this one or one around it; null where none does. */
  waitsFor: Frame | null;
  readonly outerWait: Frame | null;
  /** Whether it is a call of an expression, and the function that it names; empty as long as none was read. */
  readonly isCall: boolean;
  call: string;
  /** The comparison of an expression that it is a part of; null where it is none. Its `names` says whether it reads a secret. */
  readonly comparison: Frame | null;
  /** Whether it is a part of the look-up of a key. */
  readonly isIndex: boolean;
}

/** A visitor that leaves secrets out and hands every other string to the next visitor. */
export class SecretsVisitor implements StringVisitor {
  /** The document's own keys. */
  readonly topKeys = new Set<string>();
  readonly #next: StringVisitor | null;
  /** The objects around, the innermost last. */
  readonly #frames: Frame[] = [];

  /** The lists around, by their depth. */
  readonly #lists: (ListTexts | undefined)[] = [];

  constructor(next: StringVisitor | null = null) {
    this.#next = next;
  }

  /** Inside a secret's value, and of what names something, every string counts. */
  get minBytes(): number {
    const frame = this.#frames.at(-1);
    return frame === undefined || isTelling(frame) ? 0 : (this.#next?.minBytes ?? SHORTEST);
  }

  get hidesNumbers(): boolean {
    const frame = this.#frames.at(-1);
    return frame !== undefined && isSecretNumber(frame.below, frame.key);
  }

  visit(text: string, at: StringAt): string | Later {
    if (at.isKey) return this.#key(text, at);
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#written(textAt('message', '', text), text, at);
    learn(frame, text);
    const { field } = frame;
    if (naming(field, text) === true) this.#nameInput();
    const comparison = comparisonIn(frame);
    if (comparison !== null && namesOperand(field, text, isIndexIn(frame))) comparison.names = true;
    const inList = at.depth > frame.depth ? this.#listAt(at.depth).next(text) : 'plain';
    const plain = this.#written(textInList(inList, field, text, textAt(frame.below, field, text)), text, at);
    const waited =
      comparison !== null && CONSTANTS.has(field) && !isIndexIn(frame) ? [comparison] : this.#waited(frame);
    const last = waited.at(-1);
    if (last === undefined || PUBLIC_FIELDS.has(field)) return plain;
    const isMember = waited[0] === frame && PRIVATE_JWK_MEMBERS.has(frame.key);
    return laterOf(last, () => {
      const isSecret = (isMember && frame.isJwk === true) || waited.some(({ names }) => isSecretFor(names, text));
      return isSecret ? replacement(field) : plain;
    });
  }

  leave(depth: number): void {
    this.#lists.length = Math.min(this.#lists.length, depth + 1);
    for (let last = this.#frames.at(-1); last !== undefined && last.depth > depth; last = this.#frames.at(-1)) {
      for (const settle of last.waiting) settle();
      this.#frames.pop();
    }
    this.#next?.leave(depth);
  }

  #listAt(depth: number): ListTexts {
    return (this.#lists[depth] ??= new ListTexts());
  }

  /** What the next visitor makes of a text that holds no secret. */
  #written(clean: string, text: string, at: StringAt): string {
    const next = clean === text ? (this.#next?.visit(text, at) ?? text) : clean;
    return next instanceof Later ? next.text() : next;
  }

  #key(text: string, at: StringAt): string {
    if (at.depth === 1) this.topKeys.add(text);
    const frame = this.#frameAt(at.depth);
    frame.key = text;
    frame.field = fieldName(text);
    frame.keys += 1;
    frame.below = frame.isJwk === true && PRIVATE_JWK_MEMBERS.has(text) ? 'secret' : modeOf(frame, text);
    frame.waitsFor = waits(frame) ? frame : frame.outerWait;
    return this.#written(shownKey(frame.mode, text, frame.keys), text, at);
  }

  #frameAt(depth: number): Frame {
    const around = this.#frames.at(-1);
    if (around?.depth === depth) return around;
    const frame: Frame = {
      depth,
      mode: around?.below ?? 'message',
      type: around?.innerType ?? '',
      innerType: around?.innerType ?? '',
      names: null,
      isJwk: null,
      key: '',
      field: '',
      below: 'message',
      keys: 0,
      waiting: [],
      waitsFor: around?.waitsFor ?? null,
      outerWait: around?.waitsFor ?? null,
      call: '',
      ...partOfExpression(around),
    };
    this.#frames.push(frame);
    return frame;
  }

  /** The objects that a text in the place that is being read waits for, the innermost first; of a default only its value does, of scopes only their keys. */
  #waited(frame: Frame): readonly Frame[] {
    const waited: Frame[] = [];
    for (let one = frame.waitsFor; one !== null; one = one.outerWait) if (this.#isWaited(one)) waited.push(one);
    return waited;
  }

  #isWaited(frame: Frame): boolean {
    if (frame.field !== SCOPES && !DEFAULTS.has(frame.field)) return true;
    const inside = this.#frames.slice(this.#frames.indexOf(frame) + 1);
    return inside.some(({ field }) => (frame.field === SCOPES ? field === SCOPE_KEY : TEXT_FIELDS.has(field)));
  }

  /** A matcher's input asks for something secret, or a path leads there: so is what the object around it says of that. */
  #nameInput(): void {
    for (const frame of this.#frames.slice(-INPUT_DEPTH - 1, -1)) {
      if (frame.key === 'input' || PATHS.has(frame.field)) frame.names = true;
    }
  }
}

/** Whether a value is secret that something names. */
function isSecretFor(names: Naming | null, text: string): boolean {
  return names === true ? !holdsNoSecret(text) : names === 'perhaps' && readsAsKey(text);
}

/** What a text says of the object that it stands in. */
function learn(frame: Frame, text: string): void {
  const { key, field } = frame;
  if (key === '@type') frame.type = frame.innerType = text;
  else if ((key === 'type_url' || key === 'typeUrl') && frame.type.endsWith('.TypedStruct')) frame.innerType = text;
  else if (JWK_MEMBERS.has(key)) frame.isJwk = true;
  else if (field === 'function') frame.call = text;
  else {
    const isSecret = naming(field, text);
    if (isSecret !== null) frame.names = frame.names === true || isSecret || (frame.names ?? false);
  }
}

function partOfExpression(around: Frame | undefined): Pick<Frame, 'isCall' | 'comparison' | 'isIndex'> {
  if (around === undefined) return { isCall: false, comparison: null, isIndex: false };
  return { isCall: COMPARISONS.has(around.field), comparison: comparisonIn(around), isIndex: isIndexIn(around) };
}

/** The comparison that what stands in an object is a part of; null where it is none. */
function comparisonIn(frame: Frame): Frame | null {
  if (frame.comparison !== null) return frame.comparison;
  return frame.isCall && !joinsComparisons(frame.call) ? frame : null;
}

/** Whether what stands in an object is a part of the look-up of a key. */
function isIndexIn(frame: Frame): boolean {
  return frame.isCall ? frame.call === INDEX : frame.isIndex;
}

/** Whether every text of a place is to be looked at. */
function isTelling(frame: Frame): boolean {
  const { key, field, below, waitsFor } = frame;
  if (waitsFor !== null || comparisonIn(frame) !== null || (below !== 'message' && below !== 'data')) return true;
  return key === '@type' || JWK_MEMBERS.has(key) || key.startsWith('type') || naming(field, '') !== null;
}

/** Objects of which the fields are judged by what stands beside them. */
const HOLDERS: ReadonlySet<Mode> = new Set(['message', 'announced', 'perhaps', 'data', 'perhapsData']);

/** Whether what stands under a key is decided by what comes after it. */
function waits({ mode, names, isJwk, below, key, field }: Frame): boolean {
  if (!HOLDERS.has(mode) || (below !== 'message' && below !== 'data' && below !== 'likely')) return false;
  return (
    (names !== true && (NAMED_VALUES.has(field) || DEFAULTS.has(field) || field === SCOPES)) ||
    (isJwk === null && PRIVATE_JWK_MEMBERS.has(key))
  );
}

/** A text that is known when an object ends. */
function laterOf(frame: Frame, text: () => string): Later {
  const later = new Later(text);
  frame.waiting.push(() => {
    later.settle();
  });
  return later;
}
