import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';

const NOBODY = 65534;

/** Acts as a user whom permissions bind: where the tests run as root, the user `nobody`. `folder` is a temporary folder, which this user may then use. */
export async function asOrdinaryUser<T>(folder: string, act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act();
  chmodSync(dirname(folder), 0o755);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
