import { attributesOf, quoted, setOf, type Writer, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const INDEX = { kind: 'index', part: 'root', arch: 'amd64' } as const;

const unknownName: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const digest = writer.bind('digest', quoted(pin.digest.text));
  const name = `${writer.unseen('name: name')} "${pin.image.name}"`;
  const rest = without(attributesOf(pin), 'imageName', 'imageDigest');
  const set = setOf([...rest, ['imageName', name], ['imageDigest', digest]], writer.random);
  return `[ (${pullOf(writer)} ${set}) "${pin.image.name}:${pin.tag}@\${${digest}}" ]`;
};

/** A set that is pulled as it is, and once more with another hash, by what cannot be followed. */
function updatedElsewhere(update: (writer: Writer, set: string, changes: string) => string): Shape {
  return (writer) => {
    const pin = writer.plan(INDEX);
    const set = writer.bind('image', setOf(attributesOf(pin), writer.random));
    const changes = `{ arch = "arm64"; ${pin.hashAttr} = ${writer.anotherHash()}; }`;
    return `[ (${pullOf(writer)} ${set}) (${pullOf(writer)} (${update(writer, set, changes)})) ]`;
  };
}

const unknownUpdate = updatedElsewhere(
  (writer, set, changes) => `${writer.unseen('left: right: left // right')} ${set} ${changes}`,
);
const foreignSet = updatedElsewhere((writer, set, changes) => `${set} // ${writer.unseen(changes)}`);
const recursiveUpdate = updatedElsewhere((_, set, changes) => `lib.recursiveUpdate ${set} ${changes}`);
const unknownPart = updatedElsewhere(
  (writer, set, changes) => `lib.recursiveUpdate ${set} (${writer.unseen('x: x')} ${changes})`,
);
const unknownKey = updatedElsewhere(
  (writer, set, changes) => `{ one = ${set}; two = ${set} // ${changes}; }.\${${writer.unseen('"two"')}}`,
);
const unknownChoice = updatedElsewhere(
  (writer, set, changes) => `if ${writer.unseen('true')} then ${set} // ${changes} else ${set}`,
);

const feedingString: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const reference = writer.bind('reference', quoted(`${pin.image.name}:${pin.tag}@${pin.digest.text}`));
  const take = writer.unseen('reference: builtins.elemAt (builtins.match ".*@(.*)" reference) 0');
  const set = setOf(
    [...without(attributesOf(pin), 'imageDigest'), ['imageDigest', `${take} ${reference}`]],
    writer.random,
  );
  return `[ (${pullOf(writer)} ${set}) ${reference} ]`;
};

/** A function with two callers, of which one can be followed. */
const unknownCaller: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const rest = without(attributesOf(pin), pin.hashAttr, 'arch');
  const set = setOf([...rest, [pin.hashAttr, 'hash'], ['arch', 'arch']], writer.random);
  const pull = writer.bind('pull', `arch: hash: ${pullOf(writer)} ${set}`);
  const other = `(${writer.unseen('hash: hash')} ${writer.anotherHash()})`;
  const calls = [`(${pull} "amd64" "${pin.hash.text}")`, `(${pull} "arm64" ${other})`];
  return writer.random.pick([
    `[ ${calls.join(' ')} ]`,
    `map ({ arch, hash }: ${pull} arch hash) [ { arch = "amd64"; hash = "${pin.hash.text}"; } { arch = "arm64"; hash = ${other}; } ]`,
  ]);
};

const twoTags: Shape = (writer) => {
  const { image, hash, hashAttr } = writer.plan(INDEX);
  const [one = '', other = one] = image.tags;
  const truth = { image, tags: [one, other], state: 'old', part: 'root' } as const;
  const literal = writer.bind('digest', quoted(writer.marks.digest(truth).text));
  return `[ (${pullOf(writer)} { imageName = "${image.name}"; imageDigest = ${literal}; ${hashAttr} = "${hash.text}"; arch = "amd64"; finalImageTag = "${one}"; })
    "${image.name}:${other}@\${${literal}}" ]`;
};

/** A table of hashes of which Nix reads entries that belong to no system. */
const strangeSystems: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', arch: undefined });
  const table = writer.bind(
    'hashes',
    `{ x86_64-linux = "${pin.hash.text}"; aarch64-linux = ${writer.anotherHash()}; arm-cloud = ${writer.anotherHash()}; }`,
  );
  const attributes = without(attributesOf(pin), pin.hashAttr);
  const set = (hash: string, more = '') =>
    `(${pullOf(writer)} (${setOf([...attributes, [pin.hashAttr, hash]], writer.random)}${more}))`;
  const strange = `${writer.unseen('table: pin: pin // { arch = "arm64"; hash = table.arm-cloud; }')} ${table}`;
  const bare = setOf(attributes, writer.random);
  return `[ ${set(`${table}.\${system}`)} (dockerTools.pullImage (${strange} ${bare})) ]`;
};

const defaultChoice: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', arch: undefined });
  const isSystem = writer.random.chance(0.5);
  const table = `{ ${isSystem ? 'x86_64-linux' : 'amd64'} = "${pin.hash.text}"; ${isSystem ? 'aarch64-linux' : 'arm64'} = ${writer.anotherHash()}; }`;
  const [name, first] = isSystem ? ['system', 'x86_64-linux'] : ['arch', 'amd64'];
  const arch = isSystem ? '(import <nixpkgs> { inherit system; }).go.GOARCH' : 'arch';
  const attributes = [...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, `${table}.\${${name}}`] as const];
  const set = setOf([...attributes, ['arch', arch]], writer.random);
  const file = writer.file('image', 'nix', `{ dockerTools, ${name} ? "${first}" }:\ndockerTools.pullImage ${set}\n`);
  const call = writer.unseen(
    `file: dockerTools: map (value: import file { inherit dockerTools; ${name} = value; }) [ "${first}" "${isSystem ? 'aarch64-linux' : 'arm64'}" ]`,
  );
  return `${call} ${file} dockerTools`;
};

/** A parameter with a default, by which a hash is chosen; not all callers take the default. */
const otherArguments: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', arch: undefined });
  const [amd64, arm64] = [quoted(pin.hash.text), writer.anotherHash()];
  const hash = writer.random.pick([
    `if arch == "arm64" then ${arm64} else ${amd64}`,
    `if arch == "amd64" then ${amd64} else ${arm64}`,
    `{ arm64 = ${arm64}; }.\${arch} or ${amd64}`,
    `builtins.getAttr arch { amd64 = ${amd64}; arm64 = ${arm64}; }`,
    `lib.optionalString (arch == "amd64") ${amd64} + lib.optionalString (arch == "arm64") ${arm64}`,
  ]);
  const attributes = without(attributesOf(pin), pin.hashAttr);
  const set = setOf([...attributes, [pin.hashAttr, hash], ['arch', 'arch']], writer.random);
  const file = writer.file('image', 'nix', `{ dockerTools, lib, arch ? "amd64" }:\ndockerTools.pullImage ${set}\n`);
  const call =
    'file: pkgs: map (arch: import file { inherit (pkgs) dockerTools lib; inherit arch; }) [ "amd64" "arm64" ]';
  return `${writer.unseen(call)} ${file} pkgs`;
};

/** The same with a flag, by which attributes are put over others. */
const otherFlag: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const other = `{ arch = "arm64"; ${pin.hashAttr} = ${writer.anotherHash()}; }`;
  const update = writer.random.pick([`(if isArm then ${other} else { })`, `lib.optionalAttrs isArm ${other}`]);
  const set = setOf(attributesOf(pin), writer.random);
  const body = `dockerTools.pullImage (${set} // ${update})`;
  const file = writer.file('image', 'nix', `{ dockerTools, lib, isArm ? false }:\n${body}\n`);
  const call = 'file: pkgs: map (isArm: import file { inherit (pkgs) dockerTools lib; inherit isArm; }) [ false true ]';
  return `${writer.unseen(call)} ${file} pkgs`;
};

/** Digests beside which a hash stands that a bump does not see, or cannot follow. */
export const HELD: Readonly<Record<string, Shape>> = {
  unknownName,
  unknownUpdate,
  foreignSet,
  recursiveUpdate,
  unknownPart,
  unknownKey,
  unknownChoice,
  feedingString,
  unknownCaller,
  twoTags,
  strangeSystems,
  defaultChoice,
  otherArguments,
  otherFlag,
};
