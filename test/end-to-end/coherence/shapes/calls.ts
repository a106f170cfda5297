import {
  type Attributes,
  attributesOf,
  expressionOf,
  type PlannedPin,
  quoted,
  setOf,
  type Writer,
  without,
} from '../writer.js';

/** Writes pins in one of the forms that people use, and returns the expression whose value has what pullImage returns. */
export type Shape = (writer: Writer) => string;

const PULL = ['dockerTools.pullImage', 'pkgs.dockerTools.pullImage', '(with pkgs; dockerTools.pullImage)'] as const;

export function pullOf(writer: Writer): string {
  return writer.random.pick(PULL);
}

/** A value as it may stand in a call: itself, or a name that is bound to it. */
function hidden(writer: Writer, expression: string): string {
  const { random } = writer;
  const shape = random.integer(0, 4);
  if (shape < 2) return expression;
  if (shape === 2) return writer.bind('value', expression);
  if (shape === 3) return `${writer.bind('table', `{ inner.value = ${expression}; other = "x"; }`)}.inner.value`;
  return `"\${${writer.bind('part', expression)}}"`;
}

function hiddenValues(writer: Writer, attributes: Attributes): Attributes {
  return attributes.map(([name, value]) => [name, hidden(writer, value)]);
}

const literal: Shape = (writer) =>
  `${pullOf(writer)} ${setOf(attributesOf(writer.plan({ moves: true })), writer.random)}`;

const values: Shape = (writer) =>
  `${pullOf(writer)} ${setOf(hiddenValues(writer, attributesOf(writer.plan())), writer.random)}`;

const boundSet: Shape = (writer) => {
  const set = setOf(attributesOf(writer.plan({ moves: true })), writer.random);
  return `${pullOf(writer)} ${writer.bind('image', set)}`;
};

const recursive: Shape = (writer) => {
  const pin = writer.plan({ moves: true });
  const attributes = without(attributesOf({ ...pin, finalName: undefined }), 'finalImageTag');
  const more: Attributes = [
    ['version', quoted(pin.tag)],
    ['finalImageTag', 'version'],
    ['finalImageName', 'imageName'],
  ];
  const set = setOf([...attributes, ...more], writer.random, 'rec ');
  return `${pullOf(writer)} (removeAttrs (${set}) [ "version" ])`;
};

const inherited: Shape = (writer) => {
  const attributes = attributesOf(writer.plan({ moves: true }));
  const source = writer.bind('source', setOf(without(attributes, 'imageName'), writer.random));
  const names = without(attributes, 'imageName').map(([name]) => name);
  return `(let imageName = ${expressionOf(attributes, 'imageName')}; in ${pullOf(writer)} { inherit imageName; inherit (${source}) ${names.join(' ')}; })`;
};

const defaults: Shape = (writer) => {
  const attributes = attributesOf(writer.plan({ moves: true }));
  const formals = attributes.map(([name, value]) => `${name} ? ${value}`).join(', ');
  return `({ ${formals} }: ${pullOf(writer)} { inherit ${attributes.map(([name]) => name).join(' ')}; }) { }`;
};

const wrapper: Shape = (writer) => {
  const pin = writer.plan({ moves: true, arch: undefined });
  const pull = writer.bind(
    'pull',
    `{ name, digest, hash ? "", tag ? "latest" }: ${pullOf(writer)} { imageName = name; imageDigest = digest; ${pin.hashAttr} = hash; finalImageTag = tag; }`,
  );
  return `${pull} ${setOf(wrapperArguments(pin), writer.random)}`;
};

const curried: Shape = (writer) => {
  const pin = writer.plan({ moves: true, arch: undefined });
  const pull = writer.bind(
    'pull',
    `name: digest: hash: ${pullOf(writer)} { imageName = name; imageDigest = digest; ${pin.hashAttr} = hash; finalImageTag = "${pin.tag}"; }`,
  );
  return `${pull} "${pin.image.name}" "${pin.digest.text}" "${pin.hash.text}"`;
};

function wrapperArguments({ image, digest, hash, tag }: PlannedPin): Attributes {
  const texts = { name: image.name, digest: digest.text, hash: hash.text, tag };
  return Object.entries(texts).map(([name, text]) => [name, quoted(text)]);
}

const mapped: Shape = (writer) => {
  const sets = [writer.plan(), writer.plan()].map((pin) => `(${setOf(attributesOf(pin), writer.random)})`);
  const pull = writer.random.pick(['dockerTools.pullImage', '(image: dockerTools.pullImage image)']);
  return `map ${pull} [ ${sets.join(' ')} ]`;
};

const mappedAttributes: Shape = (writer) => {
  const pin = writer.plan();
  const spec = setOf(without(attributesOf(pin), 'imageName'), writer.random);
  return `builtins.mapAttrs (name: spec: ${pullOf(writer)} (spec // { imageName = "${pin.image.name}"; })) { ${writer.fresh('it')} = ${spec}; }`;
};

const merged: Shape = (writer) => {
  const [one, other] = [
    writer.plan({ kind: 'index', part: 'root', moves: true, arch: 'amd64' }),
    writer.marks.hash(writer.format()),
  ];
  const common = writer.bind('common', setOf(without(attributesOf(one), one.hashAttr, 'arch'), writer.random));
  return `[ (${pullOf(writer)} (${common} // { ${one.hashAttr} = "${one.hash.text}"; arch = "amd64"; }))
    (${pullOf(writer)} (${common} // { ${one.hashAttr} = "${other.text}"; arch = "arm64"; })) ]`;
};

const folder: Shape = (writer) => {
  const pin = writer.plan({ isFolder: true, saysTag: false });
  const set = setOf(attributesOf(pin), writer.random);
  const pull = writer.random.pick([
    'nix2container.pullImage',
    'nix2container.packages.${system}.nix2container.pullImage',
  ]);
  return `(\n  # pullpin: ${pin.tag}\n  ${pull} ${set})`;
};

export const CALLS: Readonly<Record<string, Shape>> = {
  literal,
  values,
  boundSet,
  recursive,
  inherited,
  defaults,
  wrapper,
  curried,
  mapped,
  mappedAttributes,
  merged,
  folder,
};
