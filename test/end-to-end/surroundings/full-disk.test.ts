import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nixSettings } from '../../support/nix-build.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { openPlace, runIn } from './place.js';

const place = await openPlace();
const disk = join(place.home, 'disk');
mkdirSync(disk);

/** Mounts a small disk that only this run sees: it works for root, and for others where the system lets them have user namespaces. */
const OWN_DISK = process.geteuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];
const FULL = 'the disk or the quota is full; free some space';

/**
 * Runs the program where `$DISK` has not a single byte left after `prepare`, and compares what is on the disk before and after.
 *
 * @param prepare lines of sh, which may call `pullpin`; what they print is not shown
 */
async function onFullDisk(prepare: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  place.reset();
  const line = `exec unshare ${OWN_DISK.join(' ')} sh -euc '
    mount -t tmpfs -o size=64k tmpfs "$DISK"
    files() { find . -type f ! -name filler -print0 | sort -z | xargs -0 -r sha256sum; }
    pullpin() { "$node" "$main" "$@"; }
    node=$1 main=$2
    { ${prepare}
    } >/dev/null 2>&1
    cd "$DISK"
    ! dd if=/dev/zero of=filler bs=512 2>/dev/null
    before=$(files)
    code=0
    "$@" || code=$?
    test "$before" = "$(files)" || { echo "the disk is other than before" >&2; ls -laR "$DISK" >&2; }
    exit $code
  ' sh "$@"`;
  const all = { ...place.ordinary, DISK: disk, FOLDER: place.folder, ...env };
  const { stdout, stderr, exitCode } = await runIn(words, place.folder, all, { line });
  return { stdout, stderr, exitCode };
}

test('bump leaves all files as they are', async () => {
  expect(await onFullDisk('cp -r "$FOLDER/hosts" "$FOLDER/modules" "$DISK"', ['bump'])).toEqual({
    stdout: '',
    stderr: [
      ...['hosts/cache/redis.nix', 'hosts/web.nix', 'modules/database.nix'].map(
        (file) => `pullpin: ${file} cannot be written: ${FULL}\n`,
      ),
      'pullpin: 0 pins changed, 1 up to date, 1 frozen, 3 failed\n',
    ].join(''),
    exitCode: 1,
  });
});

test('lock leaves all files as they are, and makes none', async () => {
  const failed = {
    stdout: '',
    stderr: expect.stringMatching(/^pullpin: [^\n]*disk[^\n]* full; free some space\n$/),
    exitCode: 1,
  };
  expect(
    await onFullDisk('cd "$DISK"; pullpin lock add cache redis:7.4', ['lock', 'add', 'web', 'nginx:1.27']),
  ).toEqual(failed);
  expect(await onFullDisk(':', ['lock', 'add', 'cache', 'redis:7.4'])).toEqual(failed);
});

test.for([
  [['redis:7.4', '--output', 'pin.nix'], `pullpin: --output pin.nix: cannot be written: ${FULL}\n`],
  [['check', '--html', 'page.html'], `pullpin: --html page.html: cannot be written: ${FULL}\n`],
  [['cache', 'key', 'team', 'team.key'], `pullpin: ${disk}/team.key cannot be written: ${FULL}\n`],
] as const)('%j makes no file', async ([words, message]) => {
  const { stderr, exitCode } = await onFullDisk('cp "$FOLDER/hosts/cache/redis.nix" "$DISK"', words);
  expect(stderr.replace(/^pullpin: 1 pin checked.*\n/m, '')).toBe(message);
  expect(exitCode).toBe(1);
});

test('pin does without a cache, and needs no temporary files', async () => {
  const { stdout, stderr, exitCode } = await onFullDisk(':', ['redis:7.4'], { XDG_CACHE_HOME: disk, TMPDIR: disk });
  expect(stdout).toContain('dockerTools.pullImage {');
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});

test('--store says where there is no room', async () => {
  // The store of the machine may have the image already.
  const run = await onFullDisk(':', ['redis:7.4', '--store'], { TMPDIR: disk, ...nixSettings(temporaryFolder()) });
  expect(run).toEqual({
    stdout: '',
    stderr: `pullpin: redis:7.4: ${disk} (TMPDIR): the archive cannot be written: ${FULL}\n`,
    exitCode: 1,
  });
});
