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

const PREFIX = '\0plain-text-';

/**
 * Puts plain layout in the place of what yargs' help is laid out with.
 *
 * @returns {import('vite').Plugin}
 */
export function leanYargs() {
  return {
    name: 'lean-yargs',
    enforce: 'pre',
    resolveId: (id) => (Object.hasOwn(PLAIN_TEXT, id) ? `${PREFIX}${id}` : undefined),
    load: (id) => (id.startsWith(PREFIX) ? PLAIN_TEXT[id.slice(PREFIX.length)] : undefined),
  };
}
