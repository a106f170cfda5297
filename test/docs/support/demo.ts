import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startDemo } from '../../../scripts/demo-folder.mjs';
import { makeKey, signatureImage } from '../../support/cosign.js';
import { nixSettings } from '../../support/nix-build.js';
import { copyStandIn } from '../../support/nixpkgs-stand-in.js';
import { ROOT } from './markdown.js';

/** The surroundings of `npm run demo`, with nothing of this machine but the programs in its PATH, and a Nix of its own. */
export type Demo = Awaited<ReturnType<typeof openDemo>>;

/** Programs that ask for an account, a daemon or a service: here they only write their words into `$HOME/NAME.log`. */
const RECORDERS = ['docker', 'gh', 'glab', 'pass'];

/** Opens them for the test that runs, in which `afterAll` does nothing; a suite says `afterAll`. */
export async function openDemo(atEnd: (close: () => Promise<void>) => void = onTestFinished) {
  const demo = await startDemo();
  atEnd(demo.close);
  for (const name of RECORDERS)
    writeFileSync(join(demo.bin, name), `#!/bin/sh\nprintf '%s\\n' "$*" >> "$HOME/${name}.log"\n`, { mode: 0o755 });
  const nixpkgs = addNixpkgs(demo);
  const env = {
    ...demo.env,
    NIX_PATH: `nixpkgs=${nixpkgs}`,
    ...nixSettings(join(demo.home, 'nix')),
    TMPDIR: demo.home,
    /** Files that a page needs and does not show. */
    PAGES: join(ROOT, 'fixtures/docs'),
  };
  return { ...demo, env };
}

/** A file of the demo's folder, as it is in the beginning. */
export function demoFile(path: string): string {
  return readFileSync(join(ROOT, 'fixtures/demo', path), 'utf8');
}

/** Settings of a Nix that builds on this machine, and asks no binary cache. */
const NIX_CONF = `experimental-features = nix-command flakes
build-users-group =
sandbox = false
substituters =
warn-dirty = false
`;

/** Puts a stand-in of nixpkgs into the home, and makes Nix take it: as an input of flakes too, in place of the one that would be downloaded. */
function addNixpkgs({ home, bin }: { readonly home: string; readonly bin: string }): string {
  const nixpkgs = join(home, 'nixpkgs');
  copyStandIn(join(ROOT, 'fixtures/docs/nixpkgs'), nixpkgs, ['pull-image.nix']);
  const settings = nixSettings(join(home, 'nix')).NIX_CONF_DIR;
  mkdirSync(settings, { recursive: true });
  writeFileSync(join(settings, 'nix.conf'), NIX_CONF);
  for (const name of ['nix', 'nix-build', 'nix-shell'])
    copyFileSync(join(ROOT, 'fixtures/docs/bin', name), join(bin, name));
  return nixpkgs;
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
