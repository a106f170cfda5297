import { type Attributes, attributesOf, setOf, type Writer, without } from '../writer.js';
import type { Shape } from './calls.js';

/** A fetcher whose name does not say what it makes, as it is reached in a file, and what hands it to that file. */
type Reached = readonly [name: string, formals: string, given: (fetchers: string) => string];

const REACHED: readonly Reached[] = [
  ['n2c.pullImage', 'n2c', (fetchers) => `n2c = ${fetchers};`],
  ['inputs.n2c.packages.default.pullImage', 'inputs', (fetchers) => `inputs.n2c.packages.default = ${fetchers};`],
  ['pullImage', 'pullImage', (fetchers) => `inherit (${fetchers}) pullImage;`],
  ['(with tools; pullImage)', 'tools', (fetchers) => `tools = ${fetchers};`],
  ['images.pullImage', 'images', (fetchers) => `images = ${fetchers};`],
];

/** A pin in a file that gets its fetcher from elsewhere. */
function byUnknownName(writer: Writer, fetchers: string, attributes: Attributes, tag: string): string {
  const [name, formals, given] = writer.random.pick(REACHED);
  const call = `# pullpin: ${tag}\n  image = ${name} ${setOf(attributes, writer.random)};`;
  const file = writer.file('image', 'nix', `{ ${formals}, ... }:\n{\n  ${call}\n}\n`);
  return `${writer.unseen(`file: tools: import file { ${given('tools')} }`)} ${file} ${fetchers}`;
}

const unknownFolder: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', isFolder: true, saysTag: false, moves: true });
  return byUnknownName(writer, 'nix2container', attributesOf(pin), pin.tag);
};

const unknownArchive: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', moves: true });
  return byUnknownName(writer, 'dockerTools', attributesOf(pin), pin.tag);
};

const unseenFetchers: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', isFolder: true, saysTag: false, moves: true });
  const fetchers = writer.bind(
    'fetchers',
    `${writer.unseen('{ nix2container }: nix2container')} { inherit nix2container; }`,
  );
  return `(\n  # pullpin: ${pin.tag}\n  ${fetchers}.pullImage ${setOf(attributesOf(pin), writer.random)})`;
};

/** A name that people give to nix2container is believed where no old hash says more. */
const emptyFolder: Shape = (writer) => {
  const pin = writer.plan({ kind: 'index', part: 'root', isFolder: true, saysTag: false, arch: 'amd64', moves: true });
  const empty: Attributes = [...without(attributesOf(pin), 'sha256'), ['sha256', '""']];
  const call = `# pullpin: ${pin.tag}\n  image = n2c.pullImage ${setOf(empty, writer.random)};`;
  const file = writer.file('image', 'nix', `{ n2c }:\n{\n  ${call}\n}\n`);
  return `${writer.unseen('file: n2c: import file { inherit n2c; }')} ${file} nix2container`;
};

/** Pins whose fetcher is not known by its name. */
export const FETCHERS: Readonly<Record<string, Shape>> = {
  unknownFolder,
  unknownArchive,
  unseenFetchers,
  emptyFolder,
};
