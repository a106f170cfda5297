import { attributesOf, type PlannedPin, quoted, setOf, type Writer, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

function commented(writer: Writer, comment: string, expression: string): string {
  return `(\n  # ${comment}\n  ${pullOf(writer)} ${expression})`;
}

const directive: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false, moves: true });
  return commented(writer, `pullpin: ${pin.tag}`, setOf(attributesOf(pin), writer.random));
};

const frozen: Shape = (writer) =>
  commented(writer, 'pullpin: freeze', setOf(attributesOf(writer.plan({ isFrozen: true })), writer.random));

const directiveElsewhere: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false });
  const set = `# pullpin: ${pin.tag}\n${setOf(attributesOf(pin), writer.random)}`;
  return writer.random.pick([
    () => `${pullOf(writer)} (import ${writer.file('image', 'nix', `${set}\n`)})`,
    () => `map dockerTools.pullImage [\n  ${set}\n]`,
    () => `${pullOf(writer)} (import ${writer.file('images', 'nix', `{\n  web =\n${set};\n}\n`)}).web`,
  ])();
};

/** Two items of a list, of which the first one has a comment. */
function commentedItem(writer: Writer, comment: string, first: PlannedPin): string {
  const other = writer.plan({ moves: true, arch: 'amd64', part: 'root' });
  const items = [first, other].map((pin) => setOf(attributesOf(pin), writer.random));
  const list = `[\n  # pullpin: ${comment}\n  (${items[0]})\n  (${items[1]})\n]`;
  return writer.random.pick([
    () => `map (image: ${pullOf(writer)} image) ${list}`,
    () => `lib.forEach ${writer.bind('list', list)} (image: dockerTools.pullImage image)`,
    () =>
      `lib.mapAttrs (_: dockerTools.pullImage) (builtins.listToAttrs [
      # pullpin: ${comment}
      { name = "one"; value = ${items[0]}; }
      (lib.nameValuePair "two" (${items[1]}))
    ])`,
  ])();
}

const frozenItem: Shape = (writer) => commentedItem(writer, 'freeze', writer.plan({ isFrozen: true }));

const taggedItem: Shape = (writer) => {
  const pin = writer.plan({ moves: true, arch: 'amd64', part: 'root', saysTag: false });
  return commentedItem(writer, pin.tag, pin);
};

const frozenBefore: Shape = (writer) => {
  const set = setOf(attributesOf(writer.plan({ isFrozen: true })), writer.random);
  const comment = writer.random.pick(['/* pullpin: freeze */', '/*pullpin:freeze*/', '/* Pullpin: FREEZE */']);
  return `{ it = ${comment} ${pullOf(writer)} ${set}; }`;
};

const frozenToml: Shape = (writer) => {
  const lines = attributesOf(writer.plan({ isFrozen: true })).map(([name, value]) => `${name} = ${value}`);
  const [above, inside] = writer.random.pick([
    ['# pullpin: freeze\n', ''],
    ['', '# pullpin: freeze\n'],
  ]);
  const file = writer.file('images', 'toml', `title = "# all"\n${above}[it]\n${inside}${lines.join('\n')}\n`);
  return `${pullOf(writer)} (lib.importTOML ${file}).it`;
};

const calledWithTag: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false, moves: true });
  const pull = writer.bind('pull', `name: ${pullOf(writer)} ${setOf(attributesOf(pin), writer.random)}`);
  return `{\n  # pullpin: ${pin.tag}\n  it = ${pull} "it";\n}`;
};

const prefetchCommand: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false, kind: 'index' });
  const command = `nix-prefetch-docker --image-name ${pin.image.name} --image-tag ${pin.tag}`;
  return commented(writer, command, setOf([...attributesOf(pin), ['finalImageTag', quoted('own-7')]], writer.random));
};

const untracked: Shape = (writer) =>
  `${pullOf(writer)} ${setOf(attributesOf(writer.plan({ saysTag: false })), writer.random)}`;

const gone: Shape = (writer) => {
  const pin = writer.plan({ state: 'gone', part: 'root', kind: 'index', arch: 'amd64' });
  return `${pullOf(writer)} ${setOf(attributesOf(pin), writer.random)}`;
};

const EMPTY_HASHES = [
  ...['""', 'lib.fakeHash', 'lib.fakeSha256', '"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="'],
  quoted('0'.repeat(64)),
];

const placeholders: Shape = (writer) => {
  const pin = writer.plan({ arch: undefined, part: 'root' });
  const digest = writer.random.pick([
    ...['""', quoted(pin.digest.text), '"sha256:"', quoted(`sha256:${'0'.repeat(64)}`)],
    ...['lib.fakeHash', 'lib.fakeSha256'],
  ]);
  const hash = writer.random.pick(EMPTY_HASHES);
  const rest = without(attributesOf(pin), 'imageDigest', pin.hashAttr);
  return `${pullOf(writer)} ${setOf([...rest, ['imageDigest', digest], [pin.hashAttr, hash]], writer.random)}`;
};

/** Pins with comments that say which tag they follow, and pins that cannot simply be moved. */
export const COMMENTS: Readonly<Record<string, Shape>> = {
  directive,
  directiveElsewhere,
  frozenItem,
  taggedItem,
  frozenBefore,
  frozenToml,
  calledWithTag,
  prefetchCommand,
  frozen,
  untracked,
  gone,
  placeholders,
};
