import type * as Undici from 'undici';
import connect from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import connector from 'undici/lib/core/connect.js';
import undiciErrors from 'undici/lib/core/errors.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import UndiciPool from 'undici/lib/dispatcher/pool.js';

// The parts of undici that speak HTTP/1.1: a pool of connections, and tunnels through proxies. To load all of undici (fetch, WebSocket,
// caches, mocks) would take twice as long; docs/startup.md has the figures. undici's own index.js adds these methods in the same way.
Object.assign(Dispatcher.prototype, { connect, request });

export const Pool: typeof Undici.Pool = UndiciPool;
export type Pool = Undici.Pool;
export type ProxyAgent = Undici.ProxyAgent;
export const buildConnector: typeof Undici.buildConnector = connector;
export const errors: typeof Undici.errors = undiciErrors;

/** undici's tunnels through proxies, which most runs do without. */
export async function loadProxyAgent(): Promise<typeof Undici.ProxyAgent> {
  return (await import('undici/lib/dispatcher/proxy-agent.js')).default;
}

export type PoolOptions = Undici.Pool.Options;
export type ProxyAgentOptions = Undici.ProxyAgent.Options;
export type RequestOptions = Omit<Undici.Dispatcher.RequestOptions, 'origin'>;
export type ResponseData = Undici.Dispatcher.ResponseData;
export type Connector = Undici.buildConnector.connector;
export type ConnectorOptions = Undici.buildConnector.Options;
