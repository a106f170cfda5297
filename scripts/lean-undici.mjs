// The executable needs of undici what speaks HTTP/1.1: a pool of connections, and tunnels through proxies. The rest (fetch, WebSocket, mocks, HTTP/2)
// would double the time that loading it takes, 60 ms.
const PARTS = `
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import connect from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import errors from 'undici/lib/core/errors.js';
// As undici's own index.js does.
Object.assign(Dispatcher.prototype, { connect, request });
export { errors, Pool, ProxyAgent };
`;

// Asked for only by connections that agreed on h2, which ours do not offer.
const NO_HTTP2 = `module.exports = () => { throw new TypeError('HTTP/2 was not offered'); };`;

const ID = '\0undici-parts';

/**
 * Puts the parts of undici that `src` imports in the place of the whole. Its names are checked by the build: one more import of undici
 * fails until it is named here.
 *
 * @returns {import('vite').Plugin}
 */
export function leanUndici() {
  return {
    name: 'lean-undici',
    enforce: 'pre',
    resolveId: (id) => (id === 'undici' ? ID : undefined),
    load(id) {
      if (id === ID) return PARTS;
      return /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/.test(id) ? NO_HTTP2 : undefined;
    },
  };
}
