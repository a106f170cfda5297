import { bundled } from './worker-source.mjs';

// undici loads its HTTP/2 code, and node:http2 with it, before a server has offered HTTP/2, and it includes the body code of fetch. Our
// connections offer HTTP/1.1 only, and our bodies are text. It also loads node:http, the whole HTTP client and server of Node, for one class
// and one number. docs/startup.md says how much sooner a run ends without the three.
const REPLACED = {
  // undici calls it when a connection has agreed on h2, which needs the option allowH2.
  'dispatcher/client-h2.js': `module.exports = () => { throw new TypeError('HTTP/2 was not offered'); };`,
  // undici calls it when a body is FormData or an iterable.
  'web/fetch/body.js': `exports.extractBody = () => { throw new TypeError('a body must be text'); };`,
};

const NODE_HTTP = "require('node:http')";
// undici destroys a body of that class in another way, and ours are text; the number is Node's own default.
const NODE_HTTP_PARTS = '{ IncomingMessage: class {}, maxHeaderSize: 16384 }';

const UNDICI_FILE = /[\\/]undici[\\/]lib[\\/](.*)$/;
const OUR_FILE = /[\\/]src[\\/]registry[\\/]transport[\\/]undici\.ts$/;

/**
 * Replaces two files of undici that pullpin never uses, and what undici takes from node:http. The build fails when undici no longer has
 * one of these.
 *
 * @returns {import('vite').Plugin}
 */
export function smallUndici() {
  const missing = new Set([...Object.keys(REPLACED), NODE_HTTP]);
  return {
    name: 'small-undici',
    enforce: 'pre',
    load(id) {
      const file = (UNDICI_FILE.exec(id)?.[1] ?? '').replaceAll('\\', '/');
      missing.delete(file);
      return REPLACED[file];
    },
    transform(code, id) {
      if (!UNDICI_FILE.test(id) || !code.includes(NODE_HTTP)) return undefined;
      missing.delete(NODE_HTTP);
      return { code: code.replace(NODE_HTTP, NODE_HTTP_PARTS), map: null };
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
