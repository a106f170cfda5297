import { errors } from 'undici';

/**
 * Repeats a request at once, once, when it met a kept connection that the server was just closing: it was never looked at (RFC 9112,
 * section 9.5). This is no failure of the server, and must not count as one.
 */
export async function overLiveConnection<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    // Something was read from the connection before, so it was not a new one.
    if (!(error instanceof errors.SocketError && (error.socket?.bytesRead ?? 0) > 0)) throw error;
    return request();
  }
}
