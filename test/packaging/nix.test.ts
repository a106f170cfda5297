import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNix } from '../support/nix-build.js';
import { copyStandIn } from '../support/nixpkgs-stand-in.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const NIXPKGS = join(temporaryFolder(), 'nixpkgs');
copyStandIn(fileURLToPath(new URL('nixpkgs', import.meta.url)), NIXPKGS);
const nix = createNix();
const readLock = (folder: string) => JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
const packageOf = (folder: string) => `((import ${NIXPKGS}/packages.nix).callPackage ${folder}/package.nix { })`;

describe('package.nix, evaluated with stand-ins for what needs a network (buildNpmPackage, importNpmLock)', () => {
  test('gives importNpmLock a source for each package of package-lock.json that this machine may need', async () => {
    const evaluated: unknown = await nix.evaluate(`let deps = ${packageOf(ROOT)}.arguments.npmDeps; in {
      inherit (deps.package) devDependencies;
      resolved = builtins.mapAttrs (_: module: module.resolved or null) deps.packageLock.packages;
    }`);
    const { resolved, devDependencies } = evaluated as Record<string, Record<string, string | null>>;
    const lock = readLock(ROOT);
    const optional = Object.keys(lock).filter((path) => !(path in (resolved ?? {})));
    expect(optional.length).toBeGreaterThan(20);
    expect(optional.filter((path) => !lock[path].optional)).toEqual([]);
    expect(Object.keys(resolved ?? {})).toContain(`node_modules/@rolldown/binding-linux-${process.arch}-gnu`);
    const { '': root, ...sources } = resolved ?? {};
    expect(root).toBeNull();
    expect(sources['node_modules/@types/node']).toMatch(/^file:\/.*-types-node-20\.[\d.]+\.tgz$/);
    for (const [path, source] of Object.entries(sources)) expect(source, path).toMatch(/^file:.*\.tgz$/);
    for (const [name, source] of Object.entries(devDependencies ?? {}))
      expect(source).toBe(sources[`node_modules/${name}`]);
  });

  test('package-lock.json has the integrity of each package, and names no registry', () => {
    const { '': _, ...packages } = readLock(ROOT);
    for (const [path, each] of Object.entries<Record<string, string>>(packages)) {
      expect(each['integrity'], path).toMatch(/^sha512-[\w+/]{86}==$/);
      expect(each['resolved'], path).toBeUndefined();
    }
  });

  test('names the licence, the program and the version of package.json', async () => {
    const { version, description } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const names = '{ inherit (a) pname version npmConfigHook; inherit (a.meta) description mainProgram; }';
    expect(await nix.evaluate(`let a = ${packageOf(ROOT)}.arguments; in ${names}`)).toEqual({
      pname: 'pullpin',
      version,
      npmConfigHook: 'the hook of importNpmLock',
      description,
      mainProgram: 'pullpin',
    });
  });

  test('its source builds, and packs what the repository packs', async () => {
    const source = await nix.build(copyOf(`${packageOf(ROOT)}.arguments.src`));
    if ('refused' in source) throw new Error(source.refused);
    const folder = join(temporaryFolder(), 'source');
    cpSync(join(source.storePath, 'source'), folder, { recursive: true });
    await execa('chmod', ['-R', 'u+w', folder]);
    await execa('ln', ['-s', join(ROOT, 'node_modules'), join(folder, 'node_modules')]);
    await execa('npm', ['run', '--silent', 'build'], { cwd: folder });
    expect(await packedFiles(folder)).toEqual(await packedFiles(ROOT));
  }, 240_000);
});

/** A derivation that copies a path, because only a derivation can be built. */
const copyOf = (path: string) =>
  `derivation { name = "copy"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
    args = [ "-euc" "mkdir $out; cp -r \${${path}} $out/source" ]; }`;

async function packedFiles(folder: string): Promise<string[]> {
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder });
  const [{ files }] = JSON.parse(stdout);
  // The names of chunks end with a hash, of paths as well.
  return files.map(({ path }: { path: string }) => path.replace(/-[\w-]{8}(?=\.[cm]?js$)/, '')).toSorted();
}

describe('Nix downloads a package with npm, from a registry on loopback', () => {
  const name = '@example/package';
  const server = createServer();
  let tarball: Buffer;
  let url: string;

  beforeAll(async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
    await execa('npm', ['pack', '--pack-destination', folder], { cwd: folder });
    tarball = readFileSync(join(folder, 'example-package-1.0.0.tgz'));
    server.on('request', (request, response) => {
      const dist = { tarball: `${url}tarball.tgz` };
      const versions = { '1.0.0': { name, version: '1.0.0', dist } };
      const page = JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions });
      response.end(request.url === '/tarball.tgz' ? tarball : page);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  });
  afterAll(() => server.close());

  const download = (integrity: string) => {
    const folder = join(temporaryFolder(), 'checkout');
    mkdirSync(folder);
    cpSync(join(ROOT, 'package.nix'), join(folder, 'package.nix'));
    const packages = { '': {}, [`node_modules/${name}`]: { version: '1.0.0', integrity } };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1' }));
    const part = `${packageOf(folder)}.tarballs."node_modules/${name}"`;
    return createNix().build(part, { env: { NPM_CONFIG_REGISTRY: url } });
  };
  const integrityOf = (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

  test('and takes the tarball that package-lock.json names', async () => {
    const built = await download(integrityOf(tarball));
    if ('refused' in built) throw new Error(built.refused);
    expect(built.storePath).toMatch(/-example-package-1\.0\.0\.tgz$/);
    expect(readFileSync(built.storePath)).toEqual(tarball);
  });

  test('and refuses another one', async () => {
    expect(await download(integrityOf(Buffer.from('another')))).toEqual({
      refused: expect.stringContaining('hash mismatch'),
    });
  });
});

describe('flake.nix, evaluated with a stand-in for nixpkgs', () => {
  const SYSTEM = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`;

  test('has the package, an app for each executable, a check, and an overlay', async () => {
    const nixpkgs = `{ lib = import ${NIXPKGS}/lib.nix; legacyPackages = builtins.listToAttrs (map (name: { inherit name;
      value = import ${NIXPKGS}/packages.nix; }) [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ]); }`;
    const evaluated = await nix.evaluate(`let
      flake = import ${ROOT}/flake.nix;
      self = flake.outputs { inherit self; nixpkgs = ${nixpkgs}; };
      pkgs = import ${NIXPKGS}/packages.nix;
    in {
      systems = map builtins.attrNames [ self.packages self.apps self.checks ];
      packages = builtins.mapAttrs (_: each: each.name) self.packages.${SYSTEM};
      apps = builtins.mapAttrs (_: each: [ each.type (baseNameOf each.program) ]) self.apps.${SYSTEM};
      checks = builtins.attrNames self.checks.${SYSTEM};
      overlay = (self.overlays.default pkgs pkgs).pullpin.name;
      inputs = builtins.attrNames flake.inputs;
    }`);
    const { version, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const systems = ['aarch64-darwin', 'aarch64-linux', 'x86_64-darwin', 'x86_64-linux'];
    const apps = Object.keys(bin).map((name) => [name, ['app', name]]);
    expect(evaluated).toEqual({
      systems: [systems, systems, systems],
      packages: { pullpin: `pullpin-${version}`, default: `pullpin-${version}` },
      apps: { default: ['app', 'pullpin'], ...Object.fromEntries(apps) },
      checks: ['pins'],
      overlay: `pullpin-${version}`,
      inputs: ['nixpkgs'],
    });
  });

  test('its check passes with this build of pullpin', async () => {
    const built = await nix.build(`let
      program = derivation { name = "pullpin"; system = builtins.currentSystem; builder = "/bin/sh"; PATH = "/usr/bin:/bin";
        args = [ "-euc" "mkdir -p $out/bin; ln -s ${ROOT}/dist/main.cjs $out/bin/pullpin; ln -s ${process.execPath} $out/bin/node" ]; };
      nixpkgs = { lib = import ${NIXPKGS}/lib.nix; legacyPackages = { "${SYSTEM}" = import ${NIXPKGS}/packages.nix; }; };
      flake = (import ${ROOT}/flake.nix).outputs { inherit nixpkgs; self.packages."${SYSTEM}".pullpin = program; };
    in flake.checks."${SYSTEM}".pins`);
    if ('refused' in built) throw new Error(built.refused);
    expect(readFileSync(built.storePath, 'utf8')).toContain('imageName = "registry.example/hello";');
  });

  test('Nix takes it as a flake', async () => {
    const folder = join(temporaryFolder(), 'flake');
    mkdirSync(folder);
    const needed = ['flake.nix', 'package.nix', 'package.json', 'package-lock.json', 'fixtures/images/hello'];
    for (const path of needed) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    // Its own name in the output of Nix says that the flake was read as far as the package.
    expect(await nix.buildFlake(folder, NIXPKGS, `packages.${SYSTEM}.default`)).toEqual({
      refused: expect.stringContaining('this stand-in of nixpkgs builds no package'),
    });
  });
});
