// yargs lays its help out with packages that know the width of every script and emoji, which takes 60 ms to find out. Our help is plain
// Latin text without colours, where a character is a column.
const PLAIN_TEXT = {
  'string-width': 'export default (text) => text.length;',
  'strip-ansi': 'export default (text) => text;',
  'wrap-ansi': `
export default (text, columns) => text.split('\\n').map((line) => wrap(line, columns)).join('\\n');
function wrap(line, columns) {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines[lines.length - 1];
    const joined = last === '' ? word : last + ' ' + word;
    if (joined.length <= columns || last === '') lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines.join('\\n');
}
`,
};

// yargs reads its own settings from the package.json above the user's folder, and from files that those extend.
const NO_FILES = {
  'escalade/sync': "export default () => '';",
  './utils/apply-extends.js': 'export const applyExtends = (settings) => settings;',
};

// yargs lays out the help of each command that has run, in case that somebody asks for it afterwards: 7 ms for nothing.
const COMMAND = /yargs[\\/]build[\\/]lib[\\/]command\.js$/;
const KEPT_HELP = 'yargs.getInternalMethods().getUsageInstance().cacheHelpMessage();';

// yargs checks how each of its functions is called, by a description that it parses each time. TypeScript has checked our calls.
const NO_CHECKS = { './argsert.js': 'export const argsert = () => {};' };

const REPLACED = { ...PLAIN_TEXT, ...NO_FILES, ...NO_CHECKS };

const PREFIX = '\0lean-yargs-';

/** Whose imports are replaced. */
const YARGS = /[\\/]node_modules[\\/](yargs|yargs-parser|cliui|y18n)[\\/]/;

/**
 * Puts plain layout in the place of what yargs' help is laid out with, and nothing in the place of settings of its own.
 *
 * @returns {import('vite').Plugin}
 */
export function leanYargs() {
  const missing = new Set(Object.keys(REPLACED));
  return {
    name: 'lean-yargs',
    enforce: 'pre',
    resolveId(id, importer = '') {
      if (!Object.hasOwn(REPLACED, id) || !YARGS.test(importer)) return undefined;
      missing.delete(id);
      return `${PREFIX}${id}`;
    },
    buildEnd(error) {
      if (!error && missing.size > 0) this.error(`yargs has no ${[...missing]} any more; see lean-yargs.mjs`);
    },
    transform(code, id) {
      if (!COMMAND.test(id)) return undefined;
      if (!code.includes(KEPT_HELP)) this.error('yargs keeps its help in another way; see lean-yargs.mjs');
      return code.replace(KEPT_HELP, '');
    },
    load: (id) => (id.startsWith(PREFIX) ? REPLACED[id.slice(PREFIX.length)] : undefined),
  };
}
