import { expect, test } from 'vitest';
import { digestOf } from '../../../src/oci/verified.js';
import { startServer } from '../../support/faulty-server.js';
import { read } from '../../support/reading.js';

const answer = { status: 200, body: '{}' };

test('a kept connection that the server closed meanwhile is not a failure', async () => {
  const server = await startServer(() => answer, { faults: [{ after: 1, times: 1, reset: true }] });
  const source = read(server.host, { retry: { retries: 0 } });
  await source.manifest('1');
  expect((await source.manifest('2')).digest).toBe(digestOf(answer.body));
  expect(server.lines).toHaveLength(3);
});

test('a new connection that breaks is a failure', async () => {
  // Not on loopback, where a first question would have opened the connection.
  const server = await startServer(() => answer, { faults: [{ times: 1, reset: true }], address: '0.0.0.0' });
  await expect(read(server.host, { insecure: [server.host], retry: { retries: 0 } }).manifest('1')).rejects.toThrow(
    'the connection broke',
  );
});
