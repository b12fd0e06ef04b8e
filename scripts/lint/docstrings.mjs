/** Every exported function says what it gives: its name and types do not say what is surprising. */
export const docstrings = {
  meta: {
    type: 'suggestion',
    docs: { description: 'Exported functions have docstrings.' },
    messages: { missing: 'The exported {{kind}} `{{name}}` has no docstring.' },
    schema: [],
  },
  create(context) {
    const source = context.sourceCode;
    return {
      ExportNamedDeclaration(node) {
        const { declaration } = node;
        const kinds = { FunctionDeclaration: 'function', ClassDeclaration: 'class' };
        const kind = kinds[declaration?.type];
        if (kind === undefined) return;
        const before = source.getCommentsBefore(node).at(-1);
        if (before?.type === 'Block' && before.value.startsWith('*')) return;
        context.report({ node, messageId: 'missing', data: { kind, name: declaration.id?.name ?? '' } });
      },
    };
  },
};
