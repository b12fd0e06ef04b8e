/** What is worked out of texts and objects that come again and again. */

/** As many answers are remembered as this, and then those of another time begin. */
const MOST = 10_000;

/** A text that is longer, in characters, is worked out each time: it would be kept. */
const LONGEST = 2_000;

/** Where an answer costs more than it takes to keep its text. */
export const ANY_LENGTH = Number.POSITIVE_INFINITY;

/**
 * A pure function of a text that remembers its answers, which are never undefined.
 * @param most how many, where answers are large
 * @param longest the longest text of which the answer is kept
 */
export function remembered<Answer>(
  work: (text: string) => Answer,
  most = MOST,
  longest = LONGEST,
): (text: string) => Answer {
  const known = new Map<string, Answer>();
  return (text) => {
    if (text.length > longest) return work(text);
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= most) known.clear();
    const answer = work(text);
    known.set(text, answer);
    return answer;
  };
}

/** A pure function of an object that remembers its answers, which are never undefined, as long as there is the object. */
export function rememberedFor<Subject extends object, Answer>(
  work: (subject: Subject) => Answer,
): (subject: Subject) => Answer {
  const known = new WeakMap<Subject, Answer>();
  return (subject) => {
    const found = known.get(subject);
    if (found !== undefined) return found;
    const answer = work(subject);
    known.set(subject, answer);
    return answer;
  };
}
