import { attributesOf, quoted, setOf, type Writer, without } from '../../writer.js';
import { pullOf, type Shape } from '../calls.js';

const INDEX = { kind: 'index', part: 'root', arch: 'amd64' } as const;

/** A function of an architecture and a hash, and the hashes of its two pins. */
interface Pull {
  /** Names the function. */
  readonly f: string;
  readonly amd64: string;
  readonly arm64: string;
}

/** Two pins of one function, of which the hashes are given in some way. */
function twoPins(write: (writer: Writer, pull: Pull) => string, moves = false): Shape {
  return (writer) => {
    const pin = writer.plan({ ...INDEX, moves });
    const rest = without(attributesOf(pin), pin.hashAttr, 'arch');
    const set = setOf([...rest, [pin.hashAttr, 'hash'], ['arch', 'arch']], writer.random);
    const f = writer.bind('f', `arch: hash: ${pullOf(writer)} ${set}`);
    return write(writer, { f, amd64: quoted(pin.hash.text), arm64: writer.anotherHash() });
  };
}

/** Functions that only call another one by its name: nothing in their text is like a pin. */
const byName = twoPins(
  (writer, { f, amd64, arm64 }) =>
    writer.random.pick([
      `map (x: ${f} x.a x.h) [ { a = "amd64"; h = ${amd64}; } { a = "arm64"; h = ${arm64}; } ]`,
      `builtins.mapAttrs (a: h: ${f} a h) { amd64 = ${amd64}; arm64 = ${arm64}; }`,
      `(let g = a: h: ${f} a h; k = a: h: g a h; in [ (k "amd64" ${amd64}) (k "arm64" ${arm64}) ])`,
      `lib.genAttrs [ "amd64" "arm64" ] (a: ${f} a { amd64 = ${amd64}; arm64 = ${arm64}; }.\${a})`,
      `(let m = { inherit ${f}; }; in map (x: m.${f} x.a x.h) [ { a = "amd64"; h = ${amd64}; } { a = "arm64"; h = ${arm64}; } ])`,
    ]),
  true,
);

/** One call that can be followed, and one in a function that nothing seen calls. */
const besideUnseen = twoPins((writer, { f, amd64, arm64 }) => {
  const wrapper = writer.bind('wrapper', `h: ${f} "arm64" h`);
  return writer.random.pick([
    `[ (${f} "amd64" ${amd64}) (${writer.unseen(`g: g ${arm64}`)} (h: ${f} "arm64" h)) ]`,
    `[ (${f} "amd64" ${amd64}) (${writer.unseen(`g: g ${arm64}`)} ${wrapper}) ]`,
    `[ (${f} "amd64" ${amd64}) (${writer.unseen(`g: g ${arm64}`)} (${f} "arm64")) ]`,
    `[ (${f} "amd64" ${amd64}) (${writer.unseen(`s: s.g ${arm64}`)} { g = ${wrapper}; }) ]`,
    `[ (${f} "amd64" ${amd64}) (lib.imap0 (at: h: ${f} "arm64" h) [ ${arm64} ]) ]`,
  ]);
});

/** A function that is given to one of Nix or of nixpkgs. */
const toLibrary = twoPins((writer, { f, amd64, arm64 }) =>
  writer.random.pick([
    `[ (${f} "amd64" ${amd64}) (lib.zipListsWith ${f} [ "arm64" ] [ ${arm64} ]) ]`,
    `[ (${f} "amd64" ${amd64}) (lib.pipe ${arm64} [ (${f} "arm64") ]) ]`,
    `[ (${f} "amd64" ${amd64}) (lib.id ${f} "arm64" ${arm64}) ]`,
    `[ (${f} "amd64" ${amd64}) (lib.flip ${f} ${arm64} "arm64") ]`,
    `[ (${f} "amd64" ${amd64}) (lib.foldl' ${f} "arm64" [ ${arm64} ]) ]`,
    `[ (${f} "amd64" ${amd64}) (lib.foldr ${f} ${arm64} [ "arm64" ]) ]`,
    `[ (${f} "amd64" ${amd64}) (let g = at: ${f} "arm64"; in lib.imap0 g [ ${arm64} ]) ]`,
    `[ (${f} "amd64" ${amd64}) (builtins.map (g: g ${arm64}) [ (${f} "arm64") ]) ]`,
    `[ (${f} "amd64" ${amd64}) (builtins.foldl' (g: x: g x) ${f} [ "arm64" ${arm64} ]) ]`,
  ]),
);

/** The same functions in files of their own. */
const inFiles: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const rest = without(attributesOf(pin), pin.hashAttr, 'arch');
  const set = setOf([...rest, [pin.hashAttr, 'hash'], ['arch', 'arch']], writer.random);
  const file = writer.file('img', 'nix', `{ dockerTools, arch, hash }:\ndockerTools.pullImage ${set}\n`);
  const list = `[ { arch = "amd64"; hash = "${pin.hash.text}"; } { arch = "arm64"; hash = ${writer.anotherHash()}; } ]`;
  return writer.random.pick([
    `map (x: import ${file} (x // { inherit dockerTools; })) ${list}`,
    `map (x: pkgs.callPackage ${file} x) ${list}`,
    `map (x: pkgs.callPackage ${file} { inherit (x) arch hash; }) ${list}`,
    `(let image = import ${file}; in map (x: image { inherit dockerTools; inherit (x) arch hash; }) ${list})`,
  ]);
};

/** A function in a file, of which one call can be followed, and another one not. */
const inFilesBesideUnseen: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const rest = without(attributesOf(pin), pin.hashAttr, 'arch');
  const set = setOf([...rest, [pin.hashAttr, 'sum'], ['arch', 'arch']], writer.random);
  const file = writer.file('img', 'nix', `{ dockerTools, arch, sum }:\ndockerTools.pullImage ${set}\n`);
  const arm64 = writer.anotherHash();
  const other = writer.random.pick([
    `(${writer.unseen('f: d: sum: import f { dockerTools = d; arch = "arm64"; inherit sum; }')} ${file} dockerTools ${arm64})`,
    `(import ${file} (${writer.unseen('x: x')} { inherit dockerTools; arch = "arm64"; sum = ${arm64}; }))`,
    `(import ${file} { inherit dockerTools; arch = "arm64"; sum = ${writer.unseen('x: x')} ${arm64}; })`,
    `(import (${writer.unseen('x: x')} ${file}) { inherit dockerTools; arch = "arm64"; sum = ${arm64}; })`,
    `(${writer.unseen(`g: g ${arm64}`)} (h: import ${file} { inherit dockerTools; arch = "arm64"; sum = h; }))`,
  ]);
  return `[ (import ${file} { inherit dockerTools; arch = "amd64"; sum = ${quoted(pin.hash.text)}; }) ${other} ]`;
};

/** A file with a table of which its callers choose. */
const tableInFile: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const sums = `{ amd64 = ${quoted(pin.hash.text)}; arm64 = ${writer.anotherHash()}; }`;
  const rest = without(attributesOf(pin), pin.hashAttr, 'arch');
  const set = setOf([...rest, [pin.hashAttr, 'sums.${arch}'], ['arch', 'arch']], writer.random);
  const file = writer.file(
    'img',
    'nix',
    `{ dockerTools, arch }:\nlet sums = ${sums}; in\ndockerTools.pullImage ${set}\n`,
  );
  return `map (arch: import ${file} { inherit dockerTools arch; }) [ "amd64" "arm64" ]`;
};

/** Functions that are called many times, or elsewhere than where their pins stand. */
export const MANY_CALLS: Readonly<Record<string, Shape>> = {
  byName,
  besideUnseen,
  toLibrary,
  inFiles,
  inFilesBesideUnseen,
  tableInFile,
};
