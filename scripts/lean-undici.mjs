// The executable needs of undici what speaks HTTP/1.1: a pool of connections, and tunnels through proxies. The rest (fetch, WebSocket, mocks, HTTP/2)
// would double the time that loading it takes, 60 ms.
const PARTS = `
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import connect from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import buildConnector from 'undici/lib/core/connect.js';
import errors from 'undici/lib/core/errors.js';
// As undici's own index.js does.
Object.assign(Dispatcher.prototype, { connect, request });
export { buildConnector, errors, Pool, ProxyAgent };
`;

// What stands in the place of files of undici/lib.
const REPLACED = {
  // Asked for only by connections that agreed on h2, which ours do not offer.
  'dispatcher/client-h2.js': `module.exports = () => { throw new TypeError('HTTP/2 was not offered'); };`,
  // Asked for only by bodies that are no text, and by proxies that do not speak HTTP; we have neither.
  'web/fetch/body.js': `exports.extractBody = () => { throw new TypeError('a body must be text'); };`,
  'dispatcher/socks5-proxy-agent.js': `module.exports = class { constructor() { throw new TypeError('no SOCKS'); } };`,
  // The parser is there twice, in WebAssembly with SIMD and without, and the second runs everywhere. Headers are short: to load 72 KB less is
  // worth more.
  'llhttp/llhttp_simd-wasm.js': `module.exports = require('./llhttp-wasm.js');`,
};

// undici asks Node's HTTP client, which it replaces, whether a stream is one of that, and for the longest header, which we set; 5 ms to load.
const LITTLE_HTTP = `exports.IncomingMessage = class {}; exports.maxHeaderSize = 16 * 1024;`;

const UNDICI_FILE = /[\\/]undici[\\/]lib[\\/](.*)$/;

const HTTP = 'undici-http';
const IDS = { undici: '\0undici-parts', [HTTP]: '\0undici-http' };

/**
 * Puts the parts of undici that `src` imports in the place of the whole. Its names are checked by the build: one more import of undici
 * fails until it is named here.
 *
 * @returns {import('vite').Plugin}
 */
export function leanUndici() {
  const missing = new Set(Object.keys(REPLACED));
  return {
    name: 'lean-undici',
    enforce: 'pre',
    resolveId: (id) => IDS[id],
    transform: (code, id) =>
      UNDICI_FILE.test(id) ? code.replaceAll(`require('node:http')`, `require('${HTTP}')`) : undefined,
    load(id) {
      if (id === IDS.undici) return PARTS;
      if (id === IDS[HTTP]) return LITTLE_HTTP;
      const file = (UNDICI_FILE.exec(id)?.[1] ?? '').replaceAll('\\', '/');
      missing.delete(file);
      return REPLACED[file];
    },
    buildEnd(error) {
      if (!error && missing.size > 0) this.error(`undici has no ${[...missing]} any more; see lean-undici.mjs`);
    },
  };
}
