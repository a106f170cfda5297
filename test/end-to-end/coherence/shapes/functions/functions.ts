import { attributesOf, quoted, setOf, without } from '../../writer.js';
import { pullOf, type Shape } from '../calls.js';

const splitReference: Shape = (writer) => {
  const { image, tag, digest, hash, hashAttr } = writer.plan({ part: 'root' });
  const reference = writer.bind('reference', quoted(`${image.name}@${digest.text}`));
  const split = writer.random.pick([
    `lib.splitString "@" ${reference}`,
    `builtins.filter builtins.isString (builtins.split "@" ${reference})`,
  ]);
  const parts = writer.bind('parts', split);
  return `${pullOf(writer)} {
    imageName = builtins.head ${parts};
    imageDigest = lib.last ${parts};
    finalImageTag = "${tag}";
    arch = "amd64";
    ${hashAttr} = "${hash.text}";
  }`;
};

const piecewiseDigest: Shape = (writer) => {
  const pin = writer.plan({ arch: 'amd64' });
  const hex = writer.bind('hex', quoted(pin.digest.text.slice('sha256:'.length)));
  const digest = ['imageDigest', `"sha256:" + ${hex}`] as const;
  return `${pullOf(writer)} ${setOf([...without(attributesOf(pin), 'imageDigest'), digest], writer.random)}`;
};

const withSource: Shape = (writer) => {
  const pin = writer.plan();
  const image = setOf(without(attributesOf(pin), 'finalImageTag'), writer.random);
  const source = writer.bind('source', `{ version = "${pin.tag}"; image = ${image}; }`);
  return `(with ${source}; ${pullOf(writer)} (image // { finalImageTag = version; }))`;
};

const conditionalCall: Shape = (writer) =>
  `(if pkgs.stdenv.isLinux then ${pullOf(writer)} ${setOf(attributesOf(writer.plan()), writer.random)} else null)`;

const mappedToList: Shape = (writer) => {
  const [one, other] = [writer.plan(), writer.plan()].map((pin) => setOf(attributesOf(pin), writer.random));
  return `lib.mapAttrsToList (name: image: ${pullOf(writer)} image) { one = ${one}; other = ${other}; }`;
};

const libraryFile: Shape = (writer) => {
  const { image, digest, hash, hashAttr, tag } = writer.plan({ arch: undefined });
  const file = writer.file(
    'lib',
    'nix',
    `{ dockerTools }:
{
  pull = name: digest: ${hashAttr}: tag: dockerTools.pullImage {
    imageName = name;
    imageDigest = digest;
    inherit ${hashAttr};
    finalImageTag = tag;
  };
}
`,
  );
  const values = [image.name, digest.text, hash.text, tag].map(quoted).join(' ');
  return `(import ${file} { inherit dockerTools; }).pull ${values}`;
};

const overlay: Shape = (writer) => {
  const set = setOf(attributesOf(writer.plan()), writer.random);
  return `((final: prev: { image = prev.dockerTools.pullImage ${set}; }) pkgs pkgs).image`;
};

const wholeArguments: Shape = (writer) => {
  const pull = writer.bind('pull', `args@{ imageName, ... }: ${pullOf(writer)} args`);
  return `${pull} ${setOf(attributesOf(writer.plan()), writer.random)}`;
};

/** Values and calls that pass through functions. */
export const FUNCTIONS: Readonly<Record<string, Shape>> = {
  splitReference,
  piecewiseDigest,
  withSource,
  conditionalCall,
  mappedToList,
  libraryFile,
  overlay,
  wholeArguments,
};
