import { expect, test } from 'vitest';
import { connectionError } from '../../../src/registry/transport/explain-connection.js';

const LIMITS = { connect: 10_000, headers: 10_000, idle: 10_000 };

/** What is said of an error with this code. */
function messageOf(code: string, proxy?: string): string {
  const facts = { host: 'ghcr.io', proxy, limits: LIMITS };
  return connectionError(Object.assign(new Error(code), { code }), facts)?.message ?? expect.unreachable();
}

test.each(['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'])(
  '%s: only where no proxy is set may one be missing',
  (code) => {
    expect(messageOf(code)).toMatch(
      /^ghcr\.io: .*; check the network, or whether a proxy must be set \(HTTPS_PROXY\)$/,
    );
    expect(messageOf(code, 'proxy.example:3128')).toMatch(
      /^ghcr\.io: \(through the proxy proxy\.example:3128\) .*; check the network, or whether this proxy is the right one, and gets there$/,
    );
  },
);
