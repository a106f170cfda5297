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
import { pullOf, type Shape } from './calls.js';

const PULL = 'pkgs.pullLayeredImage';

/** A pin with its layers, and the same pin as it was planned. */
function planned(
  writer: Writer,
  moves: boolean,
  arch: 'amd64' | 'arm64' = writer.random.pick(['amd64', 'arm64'] as const),
): { readonly pin: PlannedPin; readonly attributes: Attributes } {
  const pin = writer.plan({
    kind: writer.random.pick(['index', 'still']),
    part: 'root',
    arch,
    ...(moves && { moves }),
  });
  const { configDigest, layers } = writer.marks.parts(pin.digest, arch);
  const between = writer.random.pick([' ', '\n      ']);
  const more: Attributes = [
    ['configDigest', quoted(configDigest)],
    ['layers', `[${between}${layers.map(quoted).join(between)}${between}]`],
  ];
  return { pin, attributes: [...attributesOf(pin), ...more] };
}

const layered: Shape = (writer) => `${PULL} ${setOf(planned(writer, true).attributes, writer.random)}`;

/** As the template layered writes it for several systems. */
const layeredBySystem: Shape = (writer) => {
  const [amd64, arm64] = (['amd64', 'arm64'] as const).map((arch) =>
    setOf(planned(writer, true, arch).attributes, writer.random),
  );
  const [one, other, key] = writer.random.pick([
    ['x86_64-linux', 'aarch64-linux', 'system'],
    ['amd64', 'arm64', 'pkgs.go.GOARCH'],
  ] as const);
  return `{ ${one} = ${PULL} ${amd64}; ${other} = ${PULL} ${arm64}; }.\${${key}}`;
};

const layeredSet: Shape = (writer) =>
  `${PULL} ${writer.bind('image', setOf(planned(writer, true).attributes, writer.random))}`;

const layeredNames: Shape = (writer) => {
  const { attributes } = planned(writer, true);
  const named = attributes.map(
    ([name, value]) => [name, writer.random.chance(0.5) ? writer.bind(name, value) : value] as const,
  );
  return `${PULL} ${setOf(named, writer.random)}`;
};

const layeredWrapper: Shape = (writer) => {
  const { attributes } = planned(writer, true);
  const names = attributes.map(([name]) => name);
  const pull = writer.bind('pull', `{ ${names.join(', ')} }: ${PULL} { inherit ${names.join(' ')}; }`);
  return `${pull} ${setOf(attributes, writer.random)}`;
};

const layeredElsewhere: Shape = (writer) => {
  const { attributes } = planned(writer, true);
  const path = writer.file('image', 'nix', setOf(attributes, writer.random));
  return `${PULL} (import ${path})`;
};

/** The digest of a layered pin is also that of another call, whose hash moves along. */
const layeredBeside: Shape = (writer) => {
  const { pin, attributes } = planned(writer, false);
  const digest = writer.bind('digest', quoted(pin.digest.text));
  const own = (all: Attributes): Attributes => [...without(all, 'imageDigest'), ['imageDigest', digest]];
  const other = attributesOf({ ...pin, hash: writer.marks.hash(writer.format()), finalName: 'acme/other' });
  return `[ (${PULL} ${setOf(own(attributes), writer.random)}) (${pullOf(writer)} ${setOf(own(other), writer.random)}) ]`;
};

/** Two pins have one list of layers. */
const layeredShared: Shape = (writer) => {
  const { pin, attributes } = planned(writer, false);
  const list = writer.bind('layers', expressionOf(attributes, 'layers'));
  const own = (all: Attributes): Attributes => [...without(all, 'layers'), ['layers', list]];
  const hash = writer.marks.hash(writer.format());
  const other = attributes.map(([name, value]) => [name, name === pin.hashAttr ? quoted(hash.text) : value] as const);
  const renamed: Attributes = [...without(other, 'finalImageName'), ['finalImageName', quoted('acme/other')]];
  const frozen = writer.random.chance(0.3) ? '\n  # pullpin: freeze\n  ' : '';
  return `[ (${PULL} ${setOf(own(attributes), writer.random)}) (${frozen}${PULL} ${setOf(own(renamed), writer.random)}) ]`;
};

/** Layers that are not written as one list of digests, and pins that do not say their platform. */
const layeredHeld: Shape = (writer) => {
  const { attributes } = planned(writer, false);
  const list = expressionOf(attributes, 'layers');
  const [first = ''] = /"[^"]+"/.exec(list) ?? [];
  const held = writer.random.pick<Attributes>([
    without(attributes, 'arch'),
    [...without(attributes, 'layers'), ['layers', `(${list} ++ [ ])`]],
    [...without(attributes, 'layers'), ['layers', `(map (layer: layer) ${list})`]],
    [...without(attributes, 'layers'), ['layers', list.replace(first, writer.bind('base', first))]],
    [
      ...without(attributes, 'layers'),
      [
        'layers',
        `(builtins.fromJSON (builtins.readFile ${writer.file(
          'layers',
          'json',
          list
            .replaceAll('" ', '", ')
            .replaceAll(/"(\s+)"/g, '",$1"')
            .replace(/,(\s*\])/, '$1'),
        )}))`,
      ],
    ],
  ]);
  return `${PULL} ${setOf(held, writer.random)}`;
};

export const LAYERED: Readonly<Record<string, Shape>> = {
  layered,
  layeredBySystem,
  layeredSet,
  layeredNames,
  layeredWrapper,
  layeredElsewhere,
  layeredBeside,
  layeredShared,
  layeredHeld,
};
