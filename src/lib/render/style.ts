/** How text is set off: by colours on a terminal, not at all elsewhere. */

export type Tone = 'plain' | 'title' | 'name' | 'good' | 'bad' | 'warn' | 'dim';

/** Sets text off by its tone. */
export type Style = (text: string, tone: Tone) => string;

/** Text as it is. */
export const PLAIN: Style = (text) => text;

const SGR: Readonly<Record<Tone, string>> = {
  plain: '',
  title: '1',
  name: '1',
  good: '32',
  bad: '31',
  warn: '33',
  dim: '2',
};

/** Colours as every terminal has them. */
export const COLOURED: Style = (text, tone) =>
  SGR[tone] === '' || text === '' ? text : `\u001b[${SGR[tone]}m${text}\u001b[0m`;
