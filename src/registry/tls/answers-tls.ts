import { connect } from 'node:net';

/**
 * The first message of TLS 1.2 (RFC 5246, section 7.4.1.2): cipher suites and nothing else. A server that speaks TLS answers with a
 * handshake or, more likely, with an alert. Its random bytes end a line, and a head: a server of HTTP would wait for that in silence.
 */
const CLIENT_HELLO = Buffer.concat([
  Buffer.from('1603010037010000330303', 'hex'),
  Buffer.from('\r\n'.repeat(16)),
  Buffer.from('00000cc02fc030c02bc02c002f009c0100', 'hex'),
]);
const [ALERT, HANDSHAKE] = [0x15, 0x16];

/** A server of this machine answers at once, or has other troubles. In milliseconds. */
const TIME_LIMIT = 300;

/**
 * Whether the server at a URL's host and port speaks TLS, by the first byte of its answer; undefined when there is none. To find out by a
 * connection of TLS would take the authorities to trust, and to load those takes longer than all else that is to be done on loopback.
 * Connects anew; sends nothing of ours.
 */
export async function answersTls({ hostname, port }: URL): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443) });
    const end = (answer?: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('data', ([first]: Uint8Array) => end(first === ALERT || first === HANDSHAKE))
      .once('error', () => end())
      .once('close', () => end())
      .setTimeout(TIME_LIMIT, () => end())
      .write(CLIENT_HELLO);
  });
}
