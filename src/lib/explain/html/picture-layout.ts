/** Places cards one below the other, a proxy beside or below the other, and draws the wires between them. */
import { wrapSpans } from '../../render/wrap';
import {
  type Card,
  type CardLine,
  type Face,
  INSET,
  type Lane,
  LINE,
  MONO,
  type Picture,
  SANS,
  type PictureShape,
  type Wire,
} from './picture';
import { largest } from '../../lists';

const GAP = 44;
const DROP = 22;
/** Above the first line of a card, and below its last. */
const MARGIN = 9;
const TITLE = 16;
/** Blank around the whole. */
const EDGE = 2;
/** The wire runs down near the cards' left edge. */
const WIRE = 22;
/** A name, and what is said of it, take no more lines; the step has the whole. */
const MOST_LINES = { name: 4, words: 6 } as const;

export class PictureLayout {
  readonly #shape: PictureShape;
  readonly #lanes: Lane[] = [];
  readonly #cards: Card[] = [];
  readonly #wires: Wire[] = [];
  #lane = 0;
  #y = EDGE;
  /** Where the first card of the last lane stands; null before there is one. */
  #laneTop: number | null = null;
  #last: Card | null = null;
  #open: Omit<Lane, 'height'> | null = null;

  constructor(shape: PictureShape) {
    this.#shape = shape;
  }

  /** Opens the next proxy's lane. */
  openLane(title: string, proxy: string): void {
    this.#lane = this.#lanes.length;
    const isFirst = this.#lane === 0;
    const below = this.#y + (isFirst ? DROP / 2 : DROP);
    const y = isFirst || !this.#shape.isBeside ? below : (this.#lanes[0]?.y ?? EDGE);
    const lines = linesOf(proxy, true, this.#shape.lane - 2 * INSET - 2 * WIRE);
    this.#open = { x: this.#left(), y, width: this.#shape.lane, title, proxy: lines };
    this.#y = y + TITLE + MARGIN + lines.length * LINE + DROP / 2;
    this.#laneTop = this.#y;
  }

  closeLane(): void {
    if (this.#open === null) return;
    this.#lanes.push({ ...this.#open, height: this.#y - this.#open.y + INSET });
    this.#open = null;
    this.#y += INSET;
  }

  /** The next card of the walk, with a wire from the one before; a way that was not taken stands below its card, off the wire. */
  add(face: Face): void {
    if (face.isOther) this.#addOther(face);
    else this.#addNext(face);
  }

  #addNext(face: Face): void {
    const isFirst = this.#last === null || this.#y === this.#laneTop;
    const y = isFirst ? this.#y : this.#y + DROP;
    const card = this.#card(face, this.#left() + INSET, y);
    if (this.#last !== null) this.#wires.push({ points: way(this.#last, card), isOther: false });
    this.#put(card);
    this.#last = card;
  }

  #addOther(face: Face): void {
    const card = this.#card(face, this.#left() + INSET + 2 * WIRE, this.#y + 8);
    const middle = card.y + card.height / 2;
    const points = [
      { x: this.#left() + INSET + WIRE, y: middle },
      { x: card.x, y: middle },
    ];
    this.#wires.push({ points, isOther: true });
    this.#put(card);
  }

  toPicture(): Picture {
    const all = [...this.#cards, ...this.#lanes];
    return {
      width:
        largest(
          all.map(({ x, width }) => x + width),
          0,
        ) + EDGE,
      height:
        largest(
          all.map(({ y, height }) => y + height),
          0,
        ) + EDGE,
      lanes: this.#lanes,
      cards: this.#cards,
      wires: this.#wires,
    };
  }

  #card(face: Face, x: number, y: number): Card {
    const width = this.#left() + this.#shape.lane - INSET - x;
    const lines = face.lines.flatMap(({ text, isName }) =>
      linesOf(text, isName, width - 2 * INSET).map((line): CardLine => ({ text: line, isName })),
    );
    return { ...face, lines, x, y, width, height: 2 * MARGIN + TITLE + lines.length * LINE - 4 };
  }

  #left(): number {
    return EDGE + (this.#shape.isBeside ? this.#lane * (this.#shape.lane + GAP) : 0);
  }

  #put(card: Card): void {
    this.#cards.push(card);
    this.#y = card.y + card.height;
  }
}

/** A text in lines of this many pixels. */
function linesOf(text: string, isName: boolean, width: number): readonly string[] {
  const room = Math.floor(width / (isName ? MONO : SANS));
  const lines = wrapSpans([{ text, tone: 'plain' }], room).map((line) => line.map((span) => span.text).join(''));
  const most = isName ? MOST_LINES.name : MOST_LINES.words;
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${(lines[most - 1] ?? '').slice(0, room - 1)}…`];
}

/** Straight down to what stands below; from one lane to the one beside it out at the right, up the gap, and in at the left. */
function way(from: Card, to: Card): Wire['points'] {
  if (from.x === to.x) {
    return [
      { x: from.x + WIRE, y: from.y + from.height },
      { x: to.x + WIRE, y: to.y },
    ];
  }
  const middle = to.x - INSET - GAP / 2;
  return [
    { x: from.x + from.width, y: from.y + from.height / 2 },
    { x: middle, y: from.y + from.height / 2 },
    { x: middle, y: to.y + to.height / 2 },
    { x: to.x, y: to.y + to.height / 2 },
  ];
}
