import { attributesOf, quoted, setOf, type Writer, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const INDEX = { kind: 'index', part: 'root', arch: undefined, moves: true } as const;

/** Names in which people have the name of a processor; the code beside them asks the machine for its own. */
const NAMES = ['qemu-arm64', 'web-amd64', 'x86', 'arm', 'arm64', 'aarch64-linux', 'x86_64-linux', 'linux_386'] as const;

/** An expression that is the one value on x86_64-linux, and the other one everywhere else. */
function chosen(writer: Writer, amd64: string, other: string): string {
  return writer.random.pick([
    `if pkgs.stdenv.isAarch64 then ${other} else ${amd64}`,
    `if pkgs.stdenv.hostPlatform.isx86_64 then ${amd64} else ${other}`,
    `if system == "x86_64-linux" then ${amd64} else ${other}`,
    `{ small = ${other}; big = ${amd64}; }.\${if pkgs.stdenv.isAarch64 then "small" else "big"}`,
  ]);
}

/** A pin below a name of one system, which has a hash for each of two. */
const belowName: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const hash = chosen(writer, quoted(pin.hash.text), writer.anotherHash());
  const set = setOf([...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, hash]], writer.random);
  return `{ ${writer.random.pick(NAMES)} = ${pullOf(writer)} ${set}; }`;
};

/** Hashes whose names say systems; often other ones than those that they are for. */
const namedHashes: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const [one, other] = writer.random.pick([
    ['arm64-hash', 'x86_hash'],
    ['hash_arm', 'hash_x86'],
    ['hash_amd64', 'hash_arm64'],
    ['aarch64', 'armv7'],
  ] as const);
  const bindings = `${one} = "${pin.hash.text}"; ${other} = ${writer.anotherHash()};`;
  const set = (hash: string) =>
    setOf([...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, hash]], writer.random);
  return writer.random.pick([
    `(let ${bindings} in { ${writer.random.pick(NAMES)} = ${pullOf(writer)} ${set(chosen(writer, one, other))}; })`,
    `(let ${bindings} in ${pullOf(writer)} ${set(chosen(writer, one, other))})`,
    `(let hashes = { ${bindings} }; in ${pullOf(writer)} ${set(chosen(writer, `hashes.${one}`, `hashes.${other}`))})`,
  ]);
};

/** Whole pins of which the machine chooses one. */
const namedPins: Shape = (writer) => {
  const plan = (part: 'amd64' | 'arm64') => writer.plan({ ...INDEX, part });
  const [amd64, arm64] = [plan('amd64'), plan('arm64')].map((pin) => setOf(attributesOf(pin), writer.random));
  const [one, other] = writer.random.pick([
    ['arm', 'x86'],
    ['amd64-image', 'arm64-image'],
    ['image-aarch64', 'image-i686'],
  ] as const);
  const bindings = `${one} = ${amd64}; ${other} = ${arm64};`;
  return `(let ${bindings} in { ${writer.random.pick(NAMES)} = ${pullOf(writer)} (${chosen(writer, one, other)}); })`;
};

/** Pins below names that say a system, where the code chooses by the system of the machine. */
export const NAMED: Readonly<Record<string, Shape>> = { belowName, namedHashes, namedPins };
