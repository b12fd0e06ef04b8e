/** Places cards one below the other, a lane beside the other, and draws the wires between them. */
import { type Card, type Face, INSET, type Lane, LANE, type Note, type Picture, type Wire } from './picture';

const GAP = 52;
const CARD = 46;
const OTHER = 40;
const DROP = 34;
const HEAD = 76;
/** Blank around the whole. */
const EDGE = 2;
/** The wire runs down near the cards' left edge, so that notes stand right of it. */
const WIRE = 22;

export class PictureLayout {
  readonly #lanes: Lane[] = [];
  readonly #cards: Card[] = [];
  readonly #wires: Wire[] = [];
  readonly #notes: Note[] = [];
  #lane = 0;
  #y = EDGE;
  #last: Card | null = null;
  #open: Omit<Lane, 'height'> | null = null;

  /** Opens the next lane, right of the one before. */
  openLane(title: string, proxy: string): void {
    const isFirst = this.#lanes.length === 0;
    this.#lane = this.#lanes.length;
    const top = isFirst ? this.#y + DROP / 2 : (this.#lanes[0]?.y ?? EDGE);
    this.#open = { x: this.#left(), y: top, width: LANE, title, proxy };
    this.#y = top + HEAD;
  }

  closeLane(): void {
    if (this.#open === null) return;
    this.#lanes.push({ ...this.#open, height: this.#y - this.#open.y + INSET });
    this.#open = null;
    this.#y += INSET;
  }

  /** The next card of the walk, with a wire from the one before and the reason above it. */
  add(face: Face, note: string): void {
    const isFirst = this.#last === null;
    const entersLane = this.#open !== null && this.#y === this.#open.y + HEAD;
    const y = isFirst || entersLane ? this.#y : this.#y + DROP;
    const card: Card = { ...face, x: this.#left() + INSET, y, width: LANE - 2 * INSET, height: CARD };
    if (this.#last !== null) this.#wires.push({ points: way(this.#last, card), isOther: false });
    if (note !== '') this.#notes.push({ x: card.x + WIRE + 12, y: card.y - 10, text: note });
    this.#put(card);
    this.#last = card;
  }

  /** A way that could have been taken instead of the last card's: a smaller card below it, off the wire. */
  addOther(face: Face): void {
    const indent = 2 * WIRE;
    const y = this.#y + 8;
    const card: Card = {
      ...face,
      x: this.#left() + INSET + indent,
      y,
      width: LANE - 2 * INSET - indent,
      height: OTHER,
    };
    const middle = y + OTHER / 2;
    this.#wires.push({
      points: [
        { x: this.#left() + INSET + WIRE, y: middle },
        { x: card.x, y: middle },
      ],
      isOther: true,
    });
    this.#put(card);
  }

  toPicture(): Picture {
    const bottoms = [...this.#cards, ...this.#lanes].map(({ y, height }) => y + height);
    const rights = [...this.#cards, ...this.#lanes].map(({ x, width }) => x + width);
    return {
      width: Math.max(0, ...rights) + EDGE,
      height: Math.max(0, ...bottoms) + EDGE,
      lanes: this.#lanes,
      cards: this.#cards,
      wires: this.#wires,
      notes: this.#notes,
    };
  }

  #left(): number {
    return EDGE + this.#lane * (LANE + GAP);
  }

  #put(card: Card): void {
    this.#cards.push(card);
    this.#y = card.y + card.height;
  }
}

/** Straight down within a lane; from one lane to the next out at the right, up the gap, and in at the left. */
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
