/** Reads an HTML page by a grammar that is stricter than a browser's: every tag is one that mctl writes, and all are closed. */

const TAG = /^<(?:!DOCTYPE html|\/[a-z][a-z0-9]*|[a-z][a-z0-9]*(?: [a-zA-Z:-]+="[^"<>`']*")*\/?)>/;
const TAGS = new Set(
  (
    'html head meta title style body a header main footer section div p h1 h2 h3 h4 dl dt dd ul li span strong code pre ' +
    'details summary figure svg g rect path text table caption thead tbody tr th td'
  ).split(' '),
);
const ATTRIBUTES = new Set(
  (
    'lang charset http-equiv content name class href id open title role aria-label aria-labelledby tabindex scope xmlns ' +
    'width height viewBox x y rx d font-size letter-spacing'
  ).split(' '),
);

export interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly isClosed: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Every tag of a page, with what it holds; throws for a `<` that begins none. */
export function tagsOf(page: string): readonly Tag[] {
  const body = page.replace(/<style>[^<]*<\/style>/, '<style></style>');
  return [...body.matchAll(/</g)].map(({ index }) => {
    const [tag] = TAG.exec(body.slice(index)) ?? [];
    if (tag === undefined) throw new Error(`no tag of the page: ${body.slice(index, index + 60)}`);
    return {
      name: /^<[/!]?([A-Za-z0-9]+)/.exec(tag)?.[1] ?? '',
      isEnd: tag.startsWith('</'),
      isClosed: tag.endsWith('/>'),
      attributes: new Map([...tag.matchAll(/ ([a-zA-Z:-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])),
    };
  });
}

/** Elements that are left open, or that an end tag names out of its turn. */
export function unbalanced(page: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const { name, isEnd, isClosed } of tagsOf(page)) {
    if (isEnd) {
      const last = open.pop();
      if (last !== name) wrong.push(`${last ?? 'nothing'} is ended as ${name}`);
    } else if (!isClosed && name !== 'DOCTYPE') open.push(name);
  }
  return [...wrong, ...open];
}

/** Nothing in the page runs or loads anything, and all of it is closed. */
export function expectHarmless(page: string): void {
  const bad = tagsOf(page).filter(
    ({ name, attributes }) =>
      (name !== 'DOCTYPE' && !TAGS.has(name)) ||
      [...attributes.keys()].some((key) => !ATTRIBUTES.has(key)) ||
      !/^(?:#[a-z0-9-]+)?$/.test(attributes.get('href') ?? ''),
  );
  expect(bad).toEqual([]);
  expect(unbalanced(page)).toEqual([]);
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
}
