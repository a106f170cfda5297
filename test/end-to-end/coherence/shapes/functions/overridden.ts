import { attributesOf, quoted, setOf, type Writer, without } from '../../writer.js';
import { pullOf, type Shape } from '../calls.js';

const INDEX = { kind: 'index', part: 'root', arch: 'amd64' } as const;

/** A function with a hash as default, which is called with another one as nixpkgs does it. */
function withDefaults(
  write: (writer: Writer, parts: { formals: string; set: string; other: string }) => string,
): Shape {
  return (writer) => {
    const pin = writer.plan(INDEX);
    const rest = without(attributesOf(pin), pin.hashAttr, 'arch');
    const parameter = writer.random.pick(['hash', 'sum']);
    const set = setOf([...rest, [pin.hashAttr, parameter], ['arch', 'arch']], writer.random);
    const formals = `arch ? "amd64", ${parameter} ? ${quoted(pin.hash.text)}`;
    return write(writer, { formals, set, other: `{ arch = "arm64"; ${parameter} = ${writer.anotherHash()}; }` });
  };
}

function fileOf(writer: Writer, formals: string, set: string): string {
  return writer.file('image', 'nix', `{ dockerTools, ${formals} }:\ndockerTools.pullImage ${set}\n`);
}

const overridden = withDefaults((writer, { formals, set, other }) => {
  const image = writer.bind('image', `pkgs.callPackage ${fileOf(writer, formals, set)} { }`);
  const changes = writer.random.pick([other, `(old: ${other})`, writer.bind('changes', other)]);
  return `[ ${image} (${image}.override ${changes}) ]`;
});

const overridable = withDefaults((writer, { formals, set, other }) => {
  const image = writer.bind('image', `lib.makeOverridable ({ ${formals} }: ${pullOf(writer)} ${set}) { }`);
  return writer.random.pick([
    `[ ${image} (${image}.override ${other}) ]`,
    `[ ${image} (lib.makeOverridable (x: x) (${image}.override ${other})) ]`,
  ]);
});

const newScope = withDefaults((writer, { formals, set, other }) => {
  const file = fileOf(writer, formals, set);
  return writer.random.pick([
    `[ (pkgs.callPackage ${file} { }) (pkgs.newScope ${other} ${file} { }) ]`,
    `[ (pkgs.callPackage ${file} { }) (lib.callPackageWith (pkgs // ${other}) ${file} { }) ]`,
    `(let call = pkgs.newScope ${other}; in [ (pkgs.callPackage ${file} { }) (call ${file} { }) ])`,
    `(let callPackage = pkgs.newScope { }; in [ (callPackage ${file} { }) (callPackage ${file} ${other}) ])`,
  ]);
});

/** A call of a file by a function that is not seen. */
const unseenCall = withDefaults((writer, { formals, set, other }) => {
  const file = fileOf(writer, formals, set);
  const call = writer.unseen('dockerTools: file: more: import file ({ inherit dockerTools; } // more)');
  return `[ (pkgs.callPackage ${file} { }) (${call} dockerTools ${file} ${other}) ]`;
});

/** A function that is called with its defaults, and given to a function that is not seen. */
const givenAway = withDefaults((writer, { formals, set, other }) => {
  const image = writer.bind('f', `{ ${formals} }: ${pullOf(writer)} ${set}`);
  return writer.random.pick([
    `[ (${image} { }) (${writer.unseen('f: more: f more')} ${image} ${other}) ]`,
    `[ (${image} { }) (${writer.unseen('all: more: all.f more')} { f = ${image}; } ${other}) ]`,
    `[ (${image} { }) (lib.callPackageWith (pkgs // ${other}) ${image} { }) ]`,
    `[ (${image} { }) (${image} (${writer.unseen('x: x')} ${other})) ]`,
  ]);
});

/** Arguments that are put over those of a function. */
const argumentsOver: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const image = writer.bind('f', `more: ${pullOf(writer)} (${setOf(attributesOf(pin), writer.random)} // more)`);
  const other = `{ arch = "arm64"; ${pin.hashAttr} = ${writer.anotherHash()}; }`;
  return writer.random.pick([
    `[ (${image} { }) (${image} ${other}) ]`,
    `[ (${image} { }) (${writer.unseen(`f: f ${other}`)} ${image}) ]`,
    `[ (${image} { }) (${image} (builtins.listToAttrs (lib.mapAttrsToList lib.nameValuePair ${other}))) ]`,
  ]);
};

/** A set with names of its own, of which one hash is seen to be pulled, and another one is not. */
const ownNames: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const other = JSON.parse(writer.anotherHash());
  const texts = { name: pin.image.name, digest: pin.digest.text, amd64: pin.hash.text, arm64: other };
  const set = setOf(
    Object.entries(texts).map(([name, text]) => [name, quoted(text)] as const),
    writer.random,
  );
  const table = writer.bind(
    't',
    writer.random.pick([
      () => set,
      () => `import ${writer.file('t', 'nix', `${set}\n`)}`,
      () => `lib.importJSON ${writer.file('t', 'json', `${JSON.stringify(texts, null, 2)}\n`)}`,
    ])(),
  );
  const pull = (hash: string, arch: string) =>
    `{ imageName = t.name; imageDigest = t.digest; finalImageTag = "${pin.tag}"; ${pin.hashAttr} = t.${hash}; arch = "${arch}"; }`;
  return `[ (let t = ${table}; in ${pullOf(writer)} ${pull('amd64', 'amd64')}) (${writer.unseen(`t: p: p ${pull('arm64', 'arm64')}`)} ${table} dockerTools.pullImage) ]`;
};

/** Packages of which other ones are made. */
export const OVERRIDDEN: Readonly<Record<string, Shape>> = {
  overridden,
  overridable,
  newScope,
  unseenCall,
  givenAway,
  argumentsOver,
  ownNames,
};
