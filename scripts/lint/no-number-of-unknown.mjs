/**
 * `Number` of a value of which nothing is known throws where the value is an object that cannot become a text, and takes `[0]` for 0:
 * ask for its type first.
 */
import ts from 'typescript';

const KNOWN = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.BigIntLike;
const NOTHING = ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Never;

export const noNumberOfUnknown = {
  meta: {
    type: 'problem',
    docs: { description: 'A value becomes a number where its type is known.' },
    messages: { unknown: 'The type of this value is not known: ask for it before you make a number of it.' },
    schema: [],
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    return {
      "CallExpression[callee.name='Number']"({ arguments: [value] }) {
        if (value === undefined) return;
        const type = services.getTypeAtLocation(value);
        const parts = type.isUnion() ? type.types : [type];
        const isKnown = parts.every(({ flags }) => (flags & (KNOWN | NOTHING)) !== 0);
        if (!isKnown) context.report({ node: value, messageId: 'unknown' });
      },
    };
  },
};
