import { bundled } from './worker-source.mjs';

// undici loads what speaks HTTP/2, and node:http2 with it, before a server has offered that, and it holds what fetch makes of bodies. Our
// connections offer HTTP/1.1 only, and our bodies are text. docs/startup.md says how much sooner a run is over without the two.
const REPLACED = {
  // undici calls it when a connection has agreed on h2, which needs the option allowH2.
  'dispatcher/client-h2.js': `module.exports = () => { throw new TypeError('HTTP/2 was not offered'); };`,
  // undici calls it when a body is FormData or an iterable.
  'web/fetch/body.js': `exports.extractBody = () => { throw new TypeError('a body must be text'); };`,
};

const UNDICI_FILE = /[\\/]undici[\\/]lib[\\/](.*)$/;
const OUR_FILE = /[\\/]src[\\/]registry[\\/]transport[\\/]undici\.ts$/;

/**
 * Replaces two files of undici that pullpin never uses. The build fails when undici has one of them no longer.
 *
 * @returns {import('vite').Plugin}
 */
export function smallUndici() {
  const missing = new Set(Object.keys(REPLACED));
  return {
    name: 'small-undici',
    enforce: 'pre',
    load(id) {
      const file = (UNDICI_FILE.exec(id)?.[1] ?? '').replaceAll('\\', '/');
      missing.delete(file);
      return REPLACED[file];
    },
    buildEnd(error) {
      if (!error && missing.size > 0) this.error(`undici has no ${[...missing]} any more; see small-undici.mjs`);
    },
  };
}

/**
 * Gives tests the same undici that the executable has: vitest would import the package as it is.
 *
 * @returns {import('vite').Plugin}
 */
export function smallUndiciInTests() {
  return {
    name: 'small-undici-in-tests',
    enforce: 'pre',
    load: (id) => (OUR_FILE.test(id) ? bundled(id, 'es', [smallUndici()]) : undefined),
  };
}
