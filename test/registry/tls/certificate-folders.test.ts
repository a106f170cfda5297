import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { certificateFolders, readHostCertificates } from '../../../src/registry/tls/certificate-folders.js';
import { type Authority, type KeyPair, makeAuthority } from '../../support/authority.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

let authority: Authority;
let [first, second]: KeyPair[] = [];
beforeAll(async () => {
  authority = await makeAuthority();
  [first, second] = [await authority.issue({ name: 'first' }), await authority.issue({ name: 'second' })];
});

/** A certs.d folder; files are given as `[path below it, file to copy]`. */
function folderOf(...files: readonly (readonly [string, string])[]): string {
  const folder = temporaryFolder();
  for (const [name, source] of files) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    copyFileSync(source, join(folder, name));
  }
  return folder;
}

const text = (file: string): string => readFileSync(file, 'utf8');

test('the folders of podman and docker, the user first', () => {
  const system = ['/etc/containers/certs.d', '/etc/docker/certs.d'];
  expect(certificateFolders({}, '/home/ada')).toEqual(['/home/ada/.config/containers/certs.d', ...system]);
  expect(certificateFolders({ XDG_CONFIG_HOME: '/x' }, '/home/ada')).toEqual(['/x/containers/certs.d', ...system]);
});

test("*.crt are authorities; *.cert and *.key are the client's, the first by name", async () => {
  const folder = folderOf(
    ['quay.io/ca.crt', authority.caFile],
    ['quay.io/other.crt', authority.caFile],
    ['quay.io/b.cert', second!.certFile],
    ['quay.io/b.key', second!.keyFile],
    ['quay.io/a.cert', first!.certFile],
    ['quay.io/a.key', first!.keyFile],
    ['quay.io/README', authority.caFile],
  );
  expect(await readHostCertificates([folder], 'quay.io')).toEqual({
    authorities: [text(authority.caFile), text(authority.caFile)],
    client: { cert: text(first!.certFile), key: text(first!.keyFile) },
  });
});

test('every folder adds authorities, and the first one with a client certificate gives it', async () => {
  const user = folderOf(['quay.io/ca.crt', authority.caFile]);
  const system = folderOf(
    ['quay.io/ca.crt', first!.certFile],
    ['quay.io/client.cert', second!.certFile],
    ['quay.io/client.key', second!.keyFile],
  );
  expect(await readHostCertificates([user, join(user, 'none'), system], 'quay.io')).toEqual({
    authorities: [text(authority.caFile), text(first!.certFile)],
    client: { cert: text(second!.certFile), key: text(second!.keyFile) },
  });
});

test.each([
  ['quay.io', 'quay.io', 1],
  ['quay.io', 'quay.io:443', 1],
  ['quay.io:443', 'quay.io', 1],
  ['quay.io:443', 'quay.io:443', 1],
  ['quay.io:5000', 'quay.io:5000', 1],
  ['quay.io:5000', 'quay.io', 0],
  ['quay.io', 'quay.io:5000', 0],
  ['[::1]', '[::1]:443', 1],
])('for %s the folder %s counts: %d', async (host, name, count) => {
  const folder = folderOf([`${name}/ca.crt`, authority.caFile]);
  expect((await readHostCertificates([folder], host)).authorities).toHaveLength(count);
});

test('a folder that may not be read counts as empty', async () => {
  const folder = folderOf(['quay.io/ca.crt', authority.caFile]);
  const isRoot = process.geteuid?.() === 0;
  chmodSync(join(folder, 'quay.io'), 0);
  if (isRoot) process.seteuid?.('nobody');
  try {
    expect(await readHostCertificates([folder], 'quay.io')).toEqual({ authorities: [], client: undefined });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
  chmodSync(join(folder, 'quay.io'), 0o700);
});

describe('half a pair is refused', () => {
  test('a certificate without its key', async () => {
    const folder = folderOf(['quay.io/ca.cert', authority.caFile]);
    await expect(readHostCertificates([folder], 'quay.io')).rejects.toThrow(
      `${folder}/quay.io/ca.cert has no ca.key beside it; an authority's certificate must end in .crt`,
    );
  });

  test('a key without its certificate', async () => {
    const folder = folderOf(['quay.io/client.key', first!.keyFile]);
    await expect(readHostCertificates([folder], 'quay.io')).rejects.toThrow('client.key has no client.cert beside it');
  });
});
