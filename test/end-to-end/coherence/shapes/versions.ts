import { attributesOf, quoted, setOf, type Writer, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const RULES = ['^3.1', '3.x', '/^3\\.(\\d+)$/'] as const;

/** A directive with one of the rules that lead to the same tag. */
function ruleOf({ random }: Writer): string {
  return `# pullpin: ${random.pick(RULES)}\n`;
}

/** Binds a version below a directive, and gives its name. */
function boundVersion(writer: Writer, tag: string): string {
  const name = writer.fresh('version');
  writer.bindings.push(`${ruleOf(writer)}  ${name} = ${quoted(tag)};`);
  return name;
}

const call: Shape = (writer) => {
  const pin = writer.planVersion({ moves: true });
  return `(\n${ruleOf(writer)}${pullOf(writer)} ${setOf(attributesOf(pin), writer.random)})`;
};

const ownFinalTag: Shape = (writer) => {
  const pin = writer.planVersion({ moves: true });
  const attributes = [...without(attributesOf(pin), 'finalImageTag'), ['finalImageTag', quoted('mine')] as const];
  return `(\n${ruleOf(writer)}# tag: ${pin.tag}\n${pullOf(writer)} ${setOf(attributes, writer.random)})`;
};

const string: Shape = (writer) => {
  const { image, tag, digest } = writer.planVersion({ moves: true });
  return `{\n${ruleOf(writer)}image = "${image.name}:${tag}@${digest.text}"; }`;
};

const inText: Shape = (writer) => {
  const isPlain = writer.random.chance(0.7);
  const pin = writer.planVersion(isPlain ? { moves: true } : {});
  const version = boundVersion(writer, pin.tag);
  // The registry has no tag with a v, so the pin with one stays.
  const tag = writer.random.pick(
    isPlain ? [version, `"\${${version}}"`] : [`"v\${${version}}"`, `"\${${version}}-\${${version}}"`],
  );
  return `${pullOf(writer)} ${setOf([...without(attributesOf(pin), 'finalImageTag'), ['finalImageTag', tag]], writer.random)}`;
};

/** One version for a call and a string, and for the text that names the image. */
const shared: Shape = (writer) => {
  const pin = writer.planVersion({ moves: true });
  const version = boundVersion(writer, pin.tag);
  const set = setOf([...without(attributesOf(pin), 'finalImageTag'), ['finalImageTag', version]], writer.random);
  const other = writer.planVersion({ moves: true, state: 'old' });
  const text = `image = "${pin.image.name}:\${${version}}";`;
  return `{ ${text} a = ${pullOf(writer)} ${set}; b = "${other.image.name}:\${${version}}@${other.digest.text}"; }`;
};

const inFile: Shape = (writer) => {
  const pin = writer.planVersion({ moves: true });
  const file = writer.file('versions', 'nix', `{\n${ruleOf(writer)}web = ${quoted(pin.tag)};\n}\n`);
  const versions = writer.bind('versions', `import ${file}`);
  const pull = writer.bind(
    'pull',
    `tag: ${pullOf(writer)} ${setOf([...without(attributesOf(pin), 'finalImageTag'), ['finalImageTag', 'tag']], writer.random)}`,
  );
  return `${pull} ${versions}.web`;
};

/** Something else that would change with the version. */
const usedElsewhere: Shape = (writer) => {
  const pin = writer.planVersion();
  const version = boundVersion(writer, pin.tag);
  const use = writer.random.pick([
    `inherit ${version};`,
    `source = "https://example.com/\${${version}}.tar.gz";`,
    `other = builtins.substring 0 1 ${version};`,
    `flag = ${version} == "3.1";`,
  ]);
  const set = setOf([...without(attributesOf(pin), 'finalImageTag'), ['finalImageTag', version]], writer.random);
  return `{ ${use} image = ${pullOf(writer)} ${set}; }`;
};

const besideFrozen: Shape = (writer) => {
  const [pin, frozen] = [writer.planVersion(), writer.planVersion({ isFrozen: true })];
  const version = boundVersion(writer, pin.tag);
  const text = `"${frozen.image.name}:\${${version}}@${frozen.digest.text}"`;
  return `{ a = "${pin.image.name}:\${${version}}@${pin.digest.text}";\n# pullpin: freeze\nb = ${text}; }`;
};

/** Code that is not seen gives the tag to the fetcher. */
const unseenTag: Shape = (writer) => {
  const pin = writer.planVersion();
  const attributes = without(attributesOf({ ...pin, finalName: undefined }), 'finalImageTag');
  const set = setOf([...attributes, ['tag', quoted(pin.tag)]], writer.random);
  const tag = writer.random.pick(['pin.tag', quoted(pin.tag), '"mine"']);
  const pull = `pin: (import <nixpkgs> { }).dockerTools.pullImage (removeAttrs pin [ "tag" ] // { finalImageTag = ${tag}; })`;
  return `${writer.unseen(pull)} (\n${ruleOf(writer)}${set})`;
};

/** Pins whose tag moves by a rule. */
export const VERSIONS: Readonly<Record<string, Shape>> = {
  ruledCall: call,
  ruledOwnFinalTag: ownFinalTag,
  ruledString: string,
  ruledText: inText,
  ruledShared: shared,
  ruledFile: inFile,
  ruledUsedElsewhere: usedElsewhere,
  ruledBesideFrozen: besideFrozen,
  ruledUnseenTag: unseenTag,
};
