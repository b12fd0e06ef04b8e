/** The picture of a walk: a column for each proxy, a card for each decision, wires between them. */
import type { Mood } from '../words';

/** A line of a card: a name in the dump, or words. */
export interface CardLine {
  readonly text: string;
  readonly isName: boolean;
}

/** What a card shows; where it stands is the layout's. */
export interface Face {
  /** A small line above the others. */
  readonly title: string;
  readonly lines: readonly CardLine[];
  readonly mood: Mood | 'plain';
  /** A way that the walk did not take. */
  readonly isOther: boolean;
  /** The id of the page's element that tells more; null for none. */
  readonly target: string | null;
}

/** Its lines are broken so that they fit. */
export interface Card extends Face {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Wire {
  readonly points: readonly Point[];
  readonly isOther: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Lane {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly proxy: readonly string[];
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly Lane[];
  readonly cards: readonly Card[];
  readonly wires: readonly Wire[];
}

/** For a wide screen a proxy stands beside the other, for a narrow one below it. */
export interface PictureShape {
  /** The width of a proxy's column, in CSS pixels. */
  readonly lane: number;
  readonly isBeside: boolean;
}

/** The measures that layout and drawing share, in CSS pixels. */
export const INSET = 12;
export const LINE = 16;
/** Widths of a character, a little more than fonts have, so that nothing runs over. */
export const MONO = 7.4;
export const SANS = 6.2;
