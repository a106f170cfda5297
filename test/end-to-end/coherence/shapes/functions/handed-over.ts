import { attributesOf, quoted, setOf, type Writer, without } from '../../writer.js';
import { pullOf, type Shape } from '../calls.js';

const INDEX = { kind: 'index', part: 'root', arch: 'amd64' } as const;
const PULL = '(import <nixpkgs> { }).dockerTools.pullImage';

/** A set that is pulled, and by `other` given to what is not seen. */
function besideCall(other: (writer: Writer, set: string, hash: string) => string): Shape {
  return (writer) => {
    const pin = writer.plan(INDEX);
    const set = writer.bind('image', setOf(attributesOf({ ...pin, hashAttr: 'hash' }), writer.random));
    return `[ (${pullOf(writer)} ${set}) (${other(writer, set, writer.anotherHash())}) ]`;
  };
}

const wholeSet = besideCall(
  (writer, set, hash) => `${writer.unseen(`set: ${PULL} (set // { arch = "arm64"; hash = ${hash}; })`)} ${set}`,
);
const setAndHash = besideCall(
  (writer, set, hash) =>
    `${writer.unseen(`hash: set: ${PULL} (set // { arch = "arm64"; inherit hash; })`)} ${hash} ${set}`,
);
const setInSet = besideCall(
  (writer, set, hash) =>
    `${writer.unseen(`{ image, hash }: ${PULL} (image // { arch = "arm64"; inherit hash; })`)} { image = ${set}; hash = ${hash}; }`,
);
const setInList = besideCall(
  (writer, set, hash) =>
    `${writer.unseen(`map (set: ${PULL} (set // { arch = "arm64"; hash = ${hash}; }))`)} [ ${set} ]`,
);
const digestAndHash = besideCall((writer, set, hash) => {
  const arguments_ = `inherit (set) imageName finalImageTag; imageDigest = digest; inherit hash; arch = "arm64";`;
  return `${writer.unseen(`set: digest: hash: ${PULL} { ${arguments_} }`)} { inherit (${set}) imageName finalImageTag; } ${set}.imageDigest ${hash}`;
});

/** A function of which what is not seen makes another pin. */
const pinFunction: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const attributes = without(attributesOf(pin), pin.hashAttr, 'arch');
  const set = setOf([...attributes, [pin.hashAttr, 'hash'], ['arch', 'arch']], writer.random);
  const pull = writer.bind('pull', `{ arch ? "amd64", hash ? "${pin.hash.text}" }: ${pullOf(writer)} ${set}`);
  return `[ (${pull} { }) (${writer.unseen(`pull: pull { arch = "arm64"; hash = ${writer.anotherHash()}; }`)} ${pull}) ]`;
};

/** The same parts, handed over one by one to a fetcher that is not seen. */
const positional: Shape = (writer) => {
  const { image, tag, digest, hash } = writer.plan(INDEX);
  const fetcher = `imageName: imageDigest: hash: ${PULL} { inherit imageName imageDigest hash; finalImageTag = "${tag}"; arch = "amd64"; }`;
  const parts = [image.name, digest.text, hash.text].map(quoted);
  const asList = `list: let at = builtins.elemAt list; in (${fetcher}) (at 0) (at 1) (at 2)`;
  return writer.random.pick([
    `${writer.unseen(fetcher)} ${parts.join(' ')}`,
    `${writer.unseen(asList)} [ ${parts.join(' ')} ]`,
    `${writer.unseen(`name: { d, h }: (${fetcher}) name d h`)} ${parts[0]} { d = ${parts[1]}; h = ${parts[2]}; }`,
    `(let d = ${parts[1]}; h = ${parts[2]}; in ${writer.unseen(fetcher)} ${parts[0]} d h)`,
  ]);
};

/** Arguments of functions elsewhere: a file that has nothing else of a pin gives them. */
function fileWithDefaults(calls: (file: string, hash: string) => string): Shape {
  return (writer) => {
    const pin = writer.plan({ ...INDEX, moves: true });
    const attributes = without(attributesOf(pin), pin.hashAttr, 'arch', 'imageDigest');
    const set = setOf(
      [...attributes, [pin.hashAttr, 'hash'], ['arch', 'arch'], ['imageDigest', 'imageDigest']],
      writer.random,
    );
    const formals = `dockerTools, arch ? "amd64", imageDigest ? "${pin.digest.text}", hash ? "${pin.hash.text}"`;
    const image = writer.file('image', 'nix', `{ ${formals} }:\ndockerTools.pullImage ${set}\n`);
    const all = calls(image, writer.anotherHash());
    return `import ${writer.file('images', 'nix', `{ pkgs, dockerTools }:\n${all}\n`)} { inherit pkgs dockerTools; }`;
  };
}

const defaultsElsewhere = fileWithDefaults(
  (file, hash) =>
    `[ (import ${file} { inherit dockerTools; }) (import ${file} { inherit dockerTools; arch = "arm64"; hash = ${hash}; }) ]`,
);
const defaultsOfPackage = fileWithDefaults(
  (file, hash) => `[ (pkgs.callPackage ${file} { }) (pkgs.callPackage ${file} { arch = "arm64"; hash = ${hash}; }) ]`,
);

/** Pins whose parts are handed to functions that a bump does not see, or sees in another file. */
export const HANDED_OVER: Readonly<Record<string, Shape>> = {
  wholeSet,
  setAndHash,
  setInSet,
  setInList,
  digestAndHash,
  pinFunction,
  positional,
  defaultsElsewhere,
  defaultsOfPackage,
};
