/** A picture as inline SVG; its colours are the page's. */
import { type MarkupContent, el, type Markup } from '../../render/markup';
import { type Card, INSET, type Lane, LINE, type Picture, type Point, type Wire } from './picture';

/**
 * @param label what the picture shows, for those who do not see it
 * @param kind the class by which the style sheet shows it, on a wide or on a narrow screen
 */
export function pictureSvg({ width, height, lanes, cards, wires }: Picture, label: string, kind: string): Markup {
  return el(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: kind,
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'group',
      'aria-label': label,
    },
    lanes.map(laneSvg),
    wires.map(wireSvg),
    cards.map(cardSvg),
  );
}

function laneSvg({ x, y, width, height, title, proxy }: Lane): MarkupContent {
  const left = x + INSET + 38;
  return el(
    'g',
    {},
    el('rect', { class: 'lane', x, y, width, height, rx: 8 }),
    text({ x: left, y: y + 20 }, title.toUpperCase(), { class: 'soft', 'font-size': 11, 'letter-spacing': 0.5 }),
    proxy.map((line, index) => text({ x: left, y: y + 36 + index * LINE }, line, { class: 'mono', 'font-size': 12 })),
  );
}

function cardSvg({ x, y, width, height, title, lines, mood, isOther, target }: Card): MarkupContent {
  const drawn = el(
    'g',
    {},
    el('rect', { class: `card ${mood}${isOther ? ' other' : ''}`, x, y, width, height, rx: 5 }),
    text({ x: x + INSET, y: y + 18 }, title, { class: 'soft', 'font-size': 11 }),
    lines.map((line, index) =>
      text(
        { x: x + INSET, y: y + 18 + (index + 1) * LINE },
        line.text,
        line.isName ? { class: 'mono', 'font-size': 12 } : { 'font-size': 11.5 },
      ),
    ),
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

function text({ x, y }: Point, shown: string, attributes: Readonly<Record<string, string | number>>): Markup {
  return el('text', { x, y, ...attributes }, shown);
}
