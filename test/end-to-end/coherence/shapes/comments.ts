import { attributesOf, quoted, setOf, type Writer, without } from '../writer.js';
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
  const digest = writer.random.pick(['""', quoted(pin.digest.text), '"sha256:"', quoted(`sha256:${'0'.repeat(64)}`)]);
  const hash = writer.random.pick(EMPTY_HASHES);
  const rest = without(attributesOf(pin), 'imageDigest', pin.hashAttr);
  return `${pullOf(writer)} ${setOf([...rest, ['imageDigest', digest], [pin.hashAttr, hash]], writer.random)}`;
};

/** Pins with comments that say which tag they follow, and pins that cannot simply be moved. */
export const COMMENTS: Readonly<Record<string, Shape>> = {
  directive,
  directiveElsewhere,
  prefetchCommand,
  frozen,
  untracked,
  gone,
  placeholders,
};
