const ERROR_CLASS = /^((?:export )?(?:abstract )?class (\w+Error) extends [\w.]+ \{)/gm;

/**
 * Lets each class of errors keep its name when the program is minified: `--verbose` makes the place in docs/troubleshooting.md of it.
 *
 * @returns {import('vite').Plugin}
 */
export function errorNames() {
  return {
    name: 'error-names',
    enforce: 'pre',
    // No line is added, so that a source map needs no change.
    transform: (code, id) =>
      /[\\/]src[\\/].*\.ts$/.test(id)
        ? { code: code.replace(ERROR_CLASS, "$1 static name = '$2';"), map: null }
        : undefined,
  };
}
