/**
 * Keeps code from reading what was written for people: nobody decides by a sentence, a label or a summary of a trace, by searching
 * or matching it, by comparing it, or by looking something up with it. What code needs is a typed fact (src/lib/trace/facts).
 */

/** Fields that hold prose, wherever they stand. */
const PROSE = new Set(['because', 'says', 'summary', 'sentence', 'evidence']);
/** Names of a setting's parts where a list is taken apart: `[label, text]`. */
const PARTS = new Set(['label']);
/** Fields that hold prose of the trace where its facts have no type. */
const OF_TRACE = new Set(['cause']);
/** What looks into a text. */
const LOOKS = new Set([
  'includes',
  'startsWith',
  'endsWith',
  'indexOf',
  'lastIndexOf',
  'match',
  'matchAll',
  'search',
  'split',
  'slice',
  'substring',
  'replace',
  'replaceAll',
  'charAt',
  'at',
]);
const ASKS = new Set(['test', 'exec', 'has', 'get', 'includes', 'indexOf']);
const EQUALS = new Set(['===', '!==', '==', '!=']);

export const noProseRead = {
  meta: {
    type: 'problem',
    docs: { description: 'Prose is for people: code goes by facts.' },
    messages: { read: 'Code reads the prose of `{{name}}`: go by a typed fact (src/lib/trace/facts) instead.' },
    schema: [],
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services?.program?.getTypeChecker();
    const inTrace = /[\\/]src[\\/]lib[\\/]trace[\\/]/.test(context.filename) || checker === undefined;
    const named = (name) => PROSE.has(name) || (inTrace && OF_TRACE.has(name));

    /** Where the types are known, only a text is prose: `because` may hold a fact. */
    function isText(node) {
      if (checker === undefined) return true;
      const type = checker.getTypeAtLocation(services.esTreeNodeToTSNodeMap.get(node));
      const parts = type.isUnion() ? type.types : [type];
      return parts.some((part) => (part.flags & STRING_LIKE) !== 0);
    }

    /** The name of the prose that a node reads; null where it reads none. */
    function proseIn(node) {
      const bare = node?.type === 'ChainExpression' ? node.expression : node;
      if (bare?.type === 'TSNonNullExpression') return proseIn(bare.expression);
      if (bare?.type === 'LogicalExpression') return proseIn(bare.left) ?? proseIn(bare.right);
      if (bare?.type === 'MemberExpression' && !bare.computed && named(bare.property.name)) {
        return isText(bare) ? bare.property.name : null;
      }
      if (bare?.type === 'Identifier' && isTakenFromProse(bare)) return isText(bare) ? bare.name : null;
      return null;
    }

    /** `const { because } = step`, `([label, text]) => …`, and parameters of those forms. */
    function isTakenFromProse(identifier) {
      let scope = context.sourceCode.getScope(identifier);
      while (scope !== null && !scope.set.has(identifier.name)) scope = scope.upper;
      const [definition] = scope?.set.get(identifier.name)?.defs ?? [];
      const written = definition?.name;
      const holder = written?.parent;
      if (holder?.type === 'ArrayPattern') return PARTS.has(identifier.name);
      if (holder?.type !== 'Property' || holder.parent.type !== 'ObjectPattern') return false;
      return holder.key.type === 'Identifier' && named(holder.key.name);
    }

    function check(node, read = node) {
      const name = proseIn(read);
      if (name !== null) context.report({ node, messageId: 'read', data: { name } });
    }

    return {
      CallExpression(node) {
        const { callee } = node;
        if (callee.type !== 'MemberExpression' || callee.computed) return;
        if (LOOKS.has(callee.property.name)) check(node, callee.object);
        if (ASKS.has(callee.property.name)) for (const argument of node.arguments) check(node, argument);
      },
      BinaryExpression(node) {
        if (!EQUALS.has(node.operator)) return;
        // Whether there is a text at all is no question about what it says.
        const other = (side) => side.type === 'Literal' && (side.value === null || side.value === '');
        const isUndefined = (side) => side.type === 'Identifier' && side.name === 'undefined';
        const { left, right } = node;
        if (other(left) || other(right) || isUndefined(left) || isUndefined(right)) return;
        check(node, left);
        check(node, right);
      },
      MemberExpression(node) {
        if (node.computed) check(node, node.property);
      },
      SwitchStatement(node) {
        check(node.discriminant);
      },
    };
  },
};

/** TypeFlags.StringLike of TypeScript, which this file does not load. */
const STRING_LIKE = 402653316;
