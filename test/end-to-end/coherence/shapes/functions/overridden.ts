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
    const set = setOf([...rest, [pin.hashAttr, 'hash'], ['arch', 'arch']], writer.random);
    const formals = `arch ? "amd64", hash ? ${quoted(pin.hash.text)}`;
    return write(writer, { formals, set, other: `{ arch = "arm64"; hash = ${writer.anotherHash()}; }` });
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

/** Packages of which other ones are made. */
export const OVERRIDDEN: Readonly<Record<string, Shape>> = { overridden, overridable, newScope, unseenCall };
