/** The picture of a walk: a column for each proxy, a card for each decision, wires between them. */
import type { Mood } from '../words';

export interface Card {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** A small line above the name. */
  readonly title: string;
  readonly name: string;
  readonly mood: Mood | 'plain';
  /** A way that the walk did not take. */
  readonly isOther: boolean;
  /** The id of the page's element that tells more; null for none. */
  readonly target: string | null;
}

/** What a card shows; where it stands is the layout's. */
export type Face = Omit<Card, 'x' | 'y' | 'width' | 'height'>;

export interface Wire {
  readonly points: readonly Point[];
  readonly isOther: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Why a card was reached, just above it. */
export interface Note extends Point {
  readonly text: string;
}

export interface Lane {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly proxy: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly Lane[];
  readonly cards: readonly Card[];
  readonly wires: readonly Wire[];
  readonly notes: readonly Note[];
}

/** The measures that layout and drawing share. */
export const LANE = 404;
export const INSET = 16;
