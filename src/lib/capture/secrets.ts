/** Keeps secrets out of what is written: what the list in `lib/secrets` names, wherever it stands in a document. */
import { JWK_MEMBERS, NAMED_VALUES, NAMING_FIELDS, PRIVATE_JWK_MEMBERS, PUBLIC_FIELDS } from '../secrets/field-list';
import { holdsNoSecret, isSecretHeader } from '../secrets/names';
import { fieldName, type Mode, modeOf } from '../secrets/place';
import { isSecretNumber, replacement, shownKey, textAt } from '../secrets/redact';
import { REDACTED } from '../secrets/disclosure';
import { Later, type StringAt, type StringVisitor } from './json-rewriter';

/** The shortest text that can give a secret away by its form. */
const SHORTEST = 8;

/** How far below a matcher's `input` the header stands that it asks for. */
const INPUT_DEPTH = 3;

/** An object that is being read: what is known of it so far, and the key that is being read. */
interface Frame {
  readonly depth: number;
  readonly mode: Mode;
  /** The type of what stands in it, and of what stands further in. */
  type: string;
  innerType: string;
  /** Whether it names something secret; null as long as nothing in it named anything. */
  names: boolean | null;
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
}

/** A visitor that leaves secrets out and hands every other string to the next visitor. */
export class SecretsVisitor implements StringVisitor {
  /** The document's own keys. */
  readonly topKeys = new Set<string>();
  readonly #next: StringVisitor | null;
  /** The objects around, the innermost last. */
  readonly #frames: Frame[] = [];

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
    if (NAMING_FIELDS.has(field) && isSecretHeader(text)) this.#nameInput();
    const plain = this.#written(textAt(frame.below, field, text), text, at);
    const { waitsFor } = frame;
    if (waitsFor === null || plain !== text || PUBLIC_FIELDS.has(field)) return plain;
    const isMember = waitsFor === frame && PRIVATE_JWK_MEMBERS.has(frame.key);
    return laterOf(waitsFor, () => {
      const isSecret = isMember ? waitsFor.isJwk === true : waitsFor.names === true && !holdsNoSecret(text);
      return isSecret ? replacement(field) : plain;
    });
  }

  leave(depth: number): void {
    for (let last = this.#frames.at(-1); last !== undefined && last.depth > depth; last = this.#frames.at(-1)) {
      for (const settle of last.waiting) settle();
      this.#frames.pop();
    }
    this.#next?.leave(depth);
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
    if (frame.mode === 'keys' && text !== 'map' && !holdsNoSecret(text)) return `${REDACTED} ${frame.keys}`;
    return this.#written(shownKey(frame.mode, text), text, at);
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
    };
    this.#frames.push(frame);
    return frame;
  }

  /** A matcher's input asks for something secret: so is what the matcher compares it with. */
  #nameInput(): void {
    const matcher = this.#frames.slice(-INPUT_DEPTH - 1).findLast(({ key }) => key === 'input');
    if (matcher !== undefined) matcher.names = true;
    // So is what a path into metadata leads to.
    const around = this.#frames.at(-2);
    if (around?.key === 'path') around.names = true;
  }
}

/** What a text says of the object that it stands in. */
function learn(frame: Frame, text: string): void {
  const { key, field } = frame;
  if (key === '@type') frame.type = frame.innerType = text;
  else if ((key === 'type_url' || key === 'typeUrl') && frame.type.endsWith('.TypedStruct')) frame.innerType = text;
  else if (JWK_MEMBERS.has(key)) frame.isJwk = true;
  else if (NAMING_FIELDS.has(field)) frame.names = frame.names === true || isSecretHeader(text);
}

/** Whether every text of a place is to be looked at. */
function isTelling({ key, field, below, waitsFor }: Frame): boolean {
  if (waitsFor !== null || (below !== 'message' && below !== 'data')) return true;
  return key === '@type' || JWK_MEMBERS.has(key) || key.startsWith('type') || NAMING_FIELDS.has(field);
}

/** Whether what stands under a key is decided by what comes after it. */
function waits({ mode, names, isJwk, below, key, field }: Frame): boolean {
  if ((mode !== 'message' && mode !== 'announced' && mode !== 'data') || (below !== 'message' && below !== 'data'))
    return false;
  return (names === null && NAMED_VALUES.has(field)) || (isJwk === null && PRIVATE_JWK_MEMBERS.has(key));
}

/** A text that is known when an object ends. */
function laterOf(frame: Frame, text: () => string): Later {
  const later = new Later(text);
  frame.waiting.push(() => {
    later.settle();
  });
  return later;
}
