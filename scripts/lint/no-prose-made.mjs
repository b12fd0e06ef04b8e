/**
 * Keeps the trace from writing sentences: what a step knows is a kind with values (src/lib/trace/facts), and src/lib/explain/telling
 * makes the words of it. Names of inputs that are not known, descriptions of matchers and messages of errors are no sentences of a trace.
 */

/** Fields and variables that would hold one. */
const HOLDS = new Set(['because', 'cause', 'why', 'says', 'note', 'notes', 'sentence', 'summary']);
/** What makes steps and endings, and where their cause stands among the arguments. */
const MAKES = new Map(
  Object.entries({ step: 3, ending: 2, localReply: 3, filterStep: 2, goesOn: 1, noted: 1, ends: 1, notEvaluated: 1 }),
);

export const noProseMade = {
  meta: {
    type: 'problem',
    docs: { description: 'The trace makes facts; explain makes the words of them.' },
    messages: {
      made: 'A sentence of the trace: make a kind of it in src/lib/trace/facts, and its words in src/lib/explain/telling.',
    },
    schema: [],
  },
  create(context) {
    /** The texts that a value may be. */
    function textsIn(node) {
      switch (node?.type) {
        case 'Literal':
          return typeof node.value === 'string' ? [[node, node.value]] : [];
        case 'TemplateLiteral':
          return [[node, node.quasis.map(({ value }) => value.cooked).join('…')]];
        case 'ConditionalExpression':
          return [...textsIn(node.consequent), ...textsIn(node.alternate)];
        case 'LogicalExpression':
        case 'BinaryExpression':
          return node.operator === '===' || node.operator === '!=='
            ? []
            : [...textsIn(node.left), ...textsIn(node.right)];
        case 'ArrayExpression':
          return node.elements.flatMap(textsIn);
        case 'TSAsExpression':
          return textsIn(node.expression);
        default:
          return [];
      }
    }

    function check(value) {
      for (const [node, text] of textsIn(value)) {
        if (text.trim().split(/\s+/).length > 1) context.report({ node, messageId: 'made' });
      }
    }

    return {
      Property(node) {
        if (!node.computed && HOLDS.has(node.key.name ?? node.key.value)) check(node.value);
      },
      VariableDeclarator(node) {
        if (node.id.type === 'Identifier' && HOLDS.has(node.id.name)) check(node.init);
      },
      CallExpression(node) {
        const at = node.callee.type === 'Identifier' ? MAKES.get(node.callee.name) : undefined;
        if (at !== undefined) check(node.arguments[at]);
      },
    };
  },
};
