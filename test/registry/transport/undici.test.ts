import { expect, test } from 'vitest';
import { Pool } from '../../../src/registry/transport/undici.js';

test('the tests run with the same parts of undici as the executable: without HTTP/2 and without node:http', async () => {
  const pool = new Pool('http://127.0.0.1:1');
  await expect(pool.request({ path: '/', method: 'GET' })).rejects.toThrow('ECONNREFUSED');
  await pool.destroy();
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
  expect(moduleLoadList).toContain('NativeModule net');
  expect(moduleLoadList).not.toContain('NativeModule http');
  expect(moduleLoadList).not.toContain('NativeModule http2');
});
