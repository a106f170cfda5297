import { type Attributes, attributesOf, setOf, type Writer, without } from '../writer.js';
import type { Shape } from './calls.js';

/** What makes a machine of modules: those given, and those that they import. */
const NIXOS = `let
  go = system: module:
    let
      pkgs = import <nixpkgs> { inherit system; };
      loaded = if builtins.isPath module then import module else module;
      settings = if builtins.isFunction loaded then loaded { inherit pkgs; inherit (pkgs) lib; config = { }; } else loaded;
    in
    removeAttrs settings [ "imports" ] // { imported = map (go system) (settings.imports or [ ]); };
in
{ system ? "aarch64-linux", modules, pkgs ? null }: map (go (if pkgs == null then system else pkgs.system)) modules`;

const ARM = 'system = "aarch64-linux";';

/** A call for the platform of its machine, whose hash is mostly still to be filled in, so that nothing but the machine says the platform. */
function image(writer: Writer): string {
  const pin = writer.plan({ kind: 'index', part: 'root', arch: undefined, moves: true });
  const empty: Attributes = [...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, '""']];
  return `pkgs.dockerTools.pullImage ${setOf(writer.random.chance(0.7) ? empty : attributesOf(pin), writer.random)}`;
}

function moduleFile(writer: Writer): string {
  return writer.file('module', 'nix', `{ pkgs, ... }:\n{ image = ${image(writer)}; }\n`);
}

/** A machine of the modules that an expression lists. */
function machine(modules: (writer: Writer) => string, settings = ARM): Shape {
  return (writer) => `${writer.unseen(NIXOS)} { ${settings} modules = ${modules(writer)}; }`;
}

const moduleByPath = machine((writer) => `[ ${moduleFile(writer)} ]`);
const importedModule = machine((writer) => `[ (import ${moduleFile(writer)}) ]`);
const moduleInPlace = machine((writer) => `[ ({ pkgs, ... }: { image = ${image(writer)}; }) ]`);
const namedModule = machine((writer) => `[ ${writer.bind('module', `{ pkgs, ... }: { image = ${image(writer)}; }`)} ]`);
const joinedModules = machine((writer) => `[ ] ++ [ ${moduleFile(writer)} ]`);
const machineOfPackages = machine((writer) => `[ ${moduleFile(writer)} ]`, 'pkgs = pkgs.legacyPackages.aarch64-linux;');

const nestedModule = machine((writer) => {
  const inner = moduleFile(writer);
  return `[ ${writer.file('all', 'nix', `{ ... }:\n{ imports = [ ${inner} ]; }\n`)} ]`;
});

const platformOfModule = machine((writer) => {
  const hardware = 'nixpkgs.hostPlatform = lib.mkDefault "aarch64-linux";';
  return `[ ${writer.file('hardware', 'nix', `{ lib, ... }:\n{ ${hardware} }\n`)} ${moduleFile(writer)} ]`;
}, '');

const machineFunction: Shape = (writer) => {
  const body = `${writer.unseen(NIXOS)} { inherit system; modules = modules ++ [ ]; }`;
  return `${writer.bind('machine', `system: modules: ${body}`)} "aarch64-linux" [ ${moduleFile(writer)} ]`;
};

const machinesOfTable: Shape = (writer) => {
  const file = moduleFile(writer);
  return `builtins.mapAttrs (name: system: ${writer.unseen(NIXOS)} { inherit system; modules = [ ${file} ]; }) { web = "aarch64-linux"; }`;
};

const machineFile: Shape = (writer) => {
  const body = `{ nixosSystem }:\nnixosSystem { ${ARM} modules = [ ${moduleFile(writer)} ]; }\n`;
  return `import ${writer.file('host', 'nix', body)} { nixosSystem = ${writer.unseen(NIXOS)}; }`;
};

/** Pins in the modules of a machine, which is for one system. */
export const MACHINES: Readonly<Record<string, Shape>> = {
  moduleByPath,
  importedModule,
  moduleInPlace,
  namedModule,
  joinedModules,
  machineOfPackages,
  nestedModule,
  platformOfModule,
  machineFunction,
  machinesOfTable,
  machineFile,
};
