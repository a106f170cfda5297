import { expect, test } from 'vitest';
import { Pool } from '../../../src/registry/transport/undici.js';

test('the tests run with the same parts of undici as the executable: what speaks HTTP/2 is not among them', async () => {
  const pool = new Pool('http://127.0.0.1:1');
  await expect(pool.request({ path: '/', method: 'GET' })).rejects.toThrow('ECONNREFUSED');
  await pool.destroy();
  const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
  expect(moduleLoadList).toContain('NativeModule http');
  expect(moduleLoadList).not.toContain('NativeModule http2');
});
