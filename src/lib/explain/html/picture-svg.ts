/** A picture as inline SVG; its colours are the page's. */
import { type MarkupContent, el, type Markup } from '../../render/markup';
import { type Card, INSET, type Lane, type Note, type Picture, type Point, type Wire } from './picture';

/** Widths of a character, a little more than fonts have, so that nothing runs over. */
const MONO = 7.4;
const SANS = 6.1;

/** @param label what the picture shows, for those who do not see it */
export function pictureSvg({ width, height, lanes, cards, wires, notes }: Picture, label: string): Markup {
  return el(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'group',
      'aria-label': label,
    },
    lanes.map(laneSvg),
    wires.map(wireSvg),
    notes.map(noteSvg),
    cards.map(cardSvg),
  );
}

function laneSvg({ x, y, width, height, title, proxy }: Lane): MarkupContent {
  return el(
    'g',
    {},
    el('rect', { class: 'lane', x, y, width, height, rx: 8 }),
    text({ x: x + 54, y: y + 22 }, title.toUpperCase(), { class: 'soft', 'font-size': 11, 'letter-spacing': 0.5 }),
    text({ x: x + 54, y: y + 39 }, shortened(proxy, (width - 70) / MONO), { class: 'mono', 'font-size': 12 }, proxy),
  );
}

function cardSvg(card: Card): MarkupContent {
  const { x, y, width, height, title, name, mood, isOther, target } = card;
  const room = (width - 2 * INSET) / MONO;
  const drawn = el(
    'g',
    {},
    el('rect', { class: `card ${mood}${isOther ? ' other' : ''}`, x, y, width, height, rx: 5 }),
    text({ x: x + 12, y: y + height / 2 - 5 }, shortened(title, room), { class: 'soft', 'font-size': 11 }),
    text({ x: x + 12, y: y + height / 2 + 13 }, shortened(name, room), { class: 'mono', 'font-size': 12 }, name),
  );
  return target === null ? drawn : el('a', { href: `#${target}` }, drawn);
}

function wireSvg({ points, isOther }: Wire): MarkupContent {
  const last = points.at(-1);
  const line = el('path', { class: isOther ? 'wire other' : 'wire', d: rounded(points) });
  return last === undefined || isOther
    ? line
    : [line, el('path', { class: 'tip', d: tip(last, points.at(-2) ?? last) })];
}

/** An arrow's head, in the direction of the last stretch. */
function tip({ x, y }: Point, before: Point): string {
  return before.x === x
    ? `M${x - 4} ${y - 7}L${x + 4} ${y - 7}L${x} ${y}Z`
    : `M${x - 7} ${y - 4}L${x - 7} ${y + 4}L${x} ${y}Z`;
}

const BEND = 8;

/** A path with rounded corners; its stretches are horizontal or vertical. */
function rounded(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (before === undefined) return `M${point.x} ${point.y}`;
      if (after === undefined) return `L${point.x} ${point.y}`;
      const enter = towards(point, before);
      const leave = towards(point, after);
      return `L${enter.x} ${enter.y}Q${point.x} ${point.y} ${leave.x} ${leave.y}`;
    })
    .join('');
}

/** A point on the way from one to the other, a bend away. */
function towards(from: Point, to: Point): Point {
  const step = (a: number, b: number): number => a + Math.sign(b - a) * Math.min(BEND, Math.abs(b - a) / 2);
  return { x: step(from.x, to.x), y: step(from.y, to.y) };
}

function noteSvg({ x, y, text: note }: Note): MarkupContent {
  return text({ x, y }, shortenedEnd(note, 330 / SANS), { class: 'soft', 'font-size': 11 }, note);
}

/** A line of text; where it is cut, the whole is in its title. */
function text(
  { x, y }: Point,
  shown: string,
  attributes: Readonly<Record<string, string | number>>,
  whole: string = shown,
): Markup {
  return el('text', { x, y, ...attributes }, shown === whole ? null : el('title', {}, whole), shown);
}

/** A name is cut in its middle: its ends tell most. */
function shortened(name: string, room: number): string {
  const characters = Array.from(name);
  const most = Math.floor(room);
  if (characters.length <= most) return name;
  const head = Math.ceil((most - 1) / 2);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (most - 1 - head)).join('')}`;
}

function shortenedEnd(sentence: string, room: number): string {
  const characters = Array.from(sentence);
  const most = Math.floor(room);
  return characters.length <= most ? sentence : `${characters.slice(0, most - 1).join('')}…`;
}
