import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cache } from '../../src/cache/cache.js';
import { readSource, readWithin } from '../../src/files/read-source.js';
import { openOciLayout } from '../../src/layout/oci-layout.js';
import { compileTemplateFile } from '../../src/nix/render/user-template/template-file.js';
import { readAuthFile } from '../../src/registry/credentials/auth-file.js';
import { readRegistriesConf } from '../../src/registry/mirrors/registries-conf.js';
import { readCertificates } from '../../src/registry/tls/certificates.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Things that a path may name instead of a file; each would give nothing for ever, or bytes without end. */
const IMPOSTORS: readonly (readonly [string, (path: string) => void])[] = [
  ['a pipe that no program writes to', (path) => execFileSync('mkfifo', [path])],
  ['a link to a device without end', (path) => symlinkSync('/dev/zero', path)],
  ['a folder', (path) => mkdirSync(path)],
];

const folder = temporaryFolder();
const nameFor = (make: (path: string) => void, name: string): string => {
  const place = mkdtempSync(join(folder, 'x-'));
  make(join(place, name));
  return join(place, name);
};

describe.each(IMPOSTORS)('%s', (_, make) => {
  test.each([
    ['a docker config', 'config.json', (path: string) => readAuthFile(path, 'auth.json')],
    ['a CA file', 'ca.pem', (path: string) => readCertificates(path)],
    ['a template', 'pin.hbs', (path: string) => compileTemplateFile(path)],
    ['a source', 'a.nix', (path: string) => readSource(path, '/')],
  ])('in place of %s is refused by name', async (_, name, read) => {
    const path = nameFor(make, name);
    await expect(read(path)).rejects.toThrow(path);
  });

  test('in place of registries.conf is refused by name', async () => {
    const path = nameFor(make, 'registries.conf');
    const environment = { CONTAINERS_REGISTRIES_CONF: path };
    await expect(readRegistriesConf({ environment, home: '/nowhere' })).rejects.toThrow(path);
  });

  test('in place of the index of an OCI layout is refused by name', async () => {
    const path = nameFor(make, 'index.json');
    await expect(openOciLayout({ folder: join(path, '..') })).rejects.toThrow('index.json');
  });

  test('in place of a file that Nix code imports counts as no file', () => {
    const path = nameFor(make, 'b.nix');
    expect(readWithin([folder, '/dev'], folder)(path)).toBeUndefined();
  });

  test('in place of a cache entry counts as no entry', () => {
    const cache = new Cache(join(mkdtempSync(join(folder, 'c-')), 'cache'), { uid: process.getuid?.() });
    cache.set('hash', 'key', 'value');
    const [entry] = execFileSync('ls', [cache.folder]).toString().split('\n');
    execFileSync('rm', [join(cache.folder, entry ?? '')]);
    make(join(cache.folder, entry ?? ''));
    expect(cache.get('hash', 'key')).toBeUndefined();
  });
});
