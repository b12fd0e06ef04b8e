/**
 * A list that is spread into the arguments of a call stands on the stack: `push(...list)` and `Math.max(...list)` throw a RangeError
 * where it has more than some 120,000 elements, which a dump, a check file or an archive decides. `src/lib/lists.ts` has `addAll`, `largest`
 * and `smallest`. Lists that are written in the call, tuples, parts of a path, and what came as a rest parameter are short.
 */
export const noSpreadOfList = {
  meta: {
    type: 'problem',
    docs: { description: 'No list of any length is spread into the arguments of a call.' },
    messages: {
      spread:
        'A list of more than 120,000 elements throws a RangeError here: use addAll, largest or smallest, or take a list.',
    },
    schema: [],
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();
    const isTuple = (node) => {
      const type = services.getTypeAtLocation(node);
      return (type.isUnion() ? type.types : [type]).every((one) => checker.isTupleType(one));
    };
    const isRest = (node) => {
      if (node.type !== 'Identifier') return false;
      const found = context.sourceCode
        .getScope(node)
        .references.find(({ identifier }) => identifier === node)?.resolved;
      return found?.defs.some(({ type, name }) => type === 'Parameter' && name.parent.type === 'RestElement') === true;
    };
    const isWritten = (node) =>
      node.type === 'ArrayExpression' ||
      (node.type === 'ConditionalExpression' && isWritten(node.consequent) && isWritten(node.alternate));
    const check = ({ callee, arguments: given }) => {
      if (callee.type === 'Identifier' && callee.name === 'join') return;
      for (const one of given) {
        if (one.type !== 'SpreadElement' || isWritten(one.argument)) continue;
        if (!isTuple(one.argument) && !isRest(one.argument)) context.report({ node: one, messageId: 'spread' });
      }
    };
    return { CallExpression: check, NewExpression: check };
  },
};
