import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startDemo } from '../../../scripts/demo-folder.mjs';
import { makeKey, signatureImage } from '../../support/cosign.js';
import { nixSettings } from '../../support/nix-build.js';
import { ROOT } from './markdown.js';

/** The surroundings of `npm run demo`, with nothing of this machine but the programs in its PATH, and a Nix of its own. */
export type Demo = Awaited<ReturnType<typeof openDemo>>;

/** Programs that ask for an account, a daemon or a service: here they only write their words into `$HOME/NAME.log`. */
const RECORDERS = ['docker', 'gh', 'glab', 'pass'];

export async function openDemo() {
  const demo = await startDemo();
  afterAll(demo.close);
  for (const name of RECORDERS)
    writeFileSync(join(demo.bin, name), `#!/bin/sh\nprintf '%s\\n' "$*" >> "$HOME/${name}.log"\n`, { mode: 0o755 });
  const env = {
    ...demo.env,
    ...nixSettings(join(demo.home, 'nix')),
    TMPDIR: demo.home,
    /** Files that a page needs and does not show. */
    PAGES: join(ROOT, 'fixtures/docs'),
  };
  return { ...demo, env };
}

/** Signs all images of a demo as cosign does, and puts the public key into its folder. */
export function signImages({ registry, folder }: Demo): void {
  const key = makeKey();
  copyFileSync(key.file, join(folder, 'cosign.pub'));
  for (const repository of registry.repositories.values())
    for (const digest of new Set(repository.tags.values())) {
      const { root, blobs } = signatureImage('simple', [{ key, digest }]);
      for (const bytes of blobs.values()) repository.add(bytes, 'application/octet-stream');
      repository.add(root.bytes, root.mediaType);
      repository.tags.set(`${digest.replace(':', '-')}.sig`, root.digest);
    }
}
