import { attributesOf, quoted, setOf, type Writer, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const INDEX = { kind: 'index', part: 'root', arch: undefined } as const;

function hashTable(writer: Writer, amd64: string): string {
  return `{ x86_64-linux = ${quoted(amd64)}; aarch64-linux = ${quoted(writer.marks.hash(writer.format()).text)}; }`;
}

const hashBySystem: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const table = hashTable(writer, pin.hash.text);
  const system = writer.random.pick(['${system}', '${pkgs.stdenv.hostPlatform.system}', '${builtins.currentSystem}']);
  const chosen = writer.random.chance(0.5) ? `${table}.${system}` : `${writer.bind('hashes', table)}.${system}`;
  return `${pullOf(writer)} ${setOf([...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, chosen]], writer.random)}`;
};

const hashByCondition: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const condition = writer.random.pick(['pkgs.stdenv.isx86_64', 'system == "x86_64-linux"', '!pkgs.stdenv.isAarch64']);
  const hash = `if ${condition} then "${pin.hash.text}" else "${writer.marks.hash(writer.format()).text}"`;
  return `${pullOf(writer)} ${setOf([...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, hash]], writer.random)}`;
};

const pinBySystem: Shape = (writer) => {
  const plan = (part: 'amd64' | 'arm64') =>
    setOf(attributesOf(writer.plan({ kind: 'index', part, arch: undefined, moves: true })), writer.random);
  return `${pullOf(writer)} { x86_64-linux = ${plan('amd64')}; aarch64-linux = ${plan('arm64')}; }.\${system}`;
};

const packages: Shape = (writer) => {
  const one = setOf(attributesOf(writer.plan({ ...INDEX, moves: true })), writer.random);
  return `{ packages.x86_64-linux.image = (import <nixpkgs> { system = "x86_64-linux"; }).dockerTools.pullImage ${one}; }`;
};

export const PLATFORMS: Readonly<Record<string, Shape>> = { hashBySystem, hashByCondition, pinBySystem, packages };
