// The bill of materials of the bundles, in CycloneDX 1.5: which packages are within, and the hashes of what npm has installed. It is the same for
// the same sources: no time and no random number is in it.
import { readFile, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * @param {string} root the folder of package.json and package-lock.json
 * @param {readonly string[]} folders the folders of the packages that are within the bundles, sorted
 * @returns {Promise<string>}
 */
export async function sbomOf(root, folders) {
  const own = await readJson(join(root, 'package.json'));
  const { packages } = await readJson(join(root, 'package-lock.json'));
  const installed = await realpath(join(root, 'node_modules'));
  const components = await Promise.all(folders.map((folder) => component(installed, folder, packages)));
  const about = componentOf(own);
  const dependencies = [
    { ref: about['bom-ref'], dependsOn: components.map((each) => each['bom-ref']) },
    ...components.map((each) => ({ ref: each['bom-ref'], dependsOn: [] })),
  ];
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: { ...about, type: 'application' } },
    components,
    dependencies,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** @param {string} installed @param {string} folder @param {Readonly<Record<string, { integrity?: string }>>} locked */
async function component(installed, folder, locked) {
  const path = `node_modules/${relative(installed, folder).split(sep).join('/')}`;
  const [, algorithm, base64] = /^(sha512)-([\w+/]+=*)$/.exec(locked[path]?.integrity ?? '') ?? [];
  const about = componentOf(await readJson(join(folder, 'package.json')));
  // Nix has checked the packages itself, and writes a lock without hashes.
  if (algorithm === undefined || base64 === undefined) return about;
  return { ...about, hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] };
}

/** @param {{ name: string, version: string, license?: string }} about */
function componentOf({ name, version, license }) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const licenses = license === undefined ? [] : [{ license: { id: license } }];
  return { type: 'library', 'bom-ref': `${name}@${version}`, name, version, purl, licenses };
}

/** @param {string} file */
async function readJson(file) {
  return JSON.parse(await readFile(file, 'utf8'));
}
