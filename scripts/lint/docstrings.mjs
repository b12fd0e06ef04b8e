/**
 * Every exported function and class says what it gives or is: its name and types do not say what is surprising. Of a file that exports one
 * of them alone, the docstring of the file says it.
 */
const KINDS = { FunctionDeclaration: 'function', ClassDeclaration: 'class' };

export const docstrings = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Exported functions and classes have docstrings.' },
    messages: { missing: 'The exported {{kind}} `{{name}}` has no docstring.' },
    schema: [],
  },
  create(context) {
    const source = context.sourceCode;
    const isDocstring = (comment) => comment?.type === 'Block' && comment.value.startsWith('*');

    return {
      Program(program) {
        const exported = program.body.filter(
          ({ type, declaration }) => type === 'ExportNamedDeclaration' && KINDS[declaration?.type] !== undefined,
        );
        const [first] = source.getAllComments();
        const hasOfFile = isDocstring(first) && first.range[0] <= (program.body[0]?.range[0] ?? 0);
        if (exported.length === 1 && hasOfFile) return;
        for (const node of exported) {
          if (source.getCommentsBefore(node).some(isDocstring)) continue;
          const { type, id } = node.declaration;
          context.report({ node, messageId: 'missing', data: { kind: KINDS[type], name: id?.name ?? '' } });
        }
      },
    };
  },
};
