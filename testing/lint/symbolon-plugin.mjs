/** Rules of this repository that no linter ships. Each is proven by a planted violation in testing/src/architecture. */
const noInterpolatedError = {
  meta: { type: 'problem', docs: { description: 'The message of an error is a constant: a value in it reaches logs and callers.' } },
  create: (context) => ({
    NewExpression(node) {
      const isError = node.callee.type === 'Identifier' && /Error$|^Fault$|^Bug$/u.test(node.callee.name)
      const first = node.arguments[0]
      if (isError && first?.type === 'TemplateLiteral' && first.expressions.length > 0)
        context.report({ node, message: 'The message of an error is a constant.' })
    },
  }),
}

const todoHasNumber = {
  meta: { type: 'problem', docs: { description: 'Deferred work names its issue: TODO(#123).' } },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/\b(TODO|FIXME|HACK|XXX)\b(?!\(#\d+\))/u.test(comment.value))
          context.report({ node: comment, message: 'Deferred work names its issue: TODO(#123).' })
      }
    },
  }),
}

export default { meta: { name: 'symbolon' }, rules: { 'no-interpolated-error': noInterpolatedError, 'todo-has-number': todoHasNumber } }
