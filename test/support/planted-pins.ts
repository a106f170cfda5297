import { randomProgram } from './nix-programs.js';
import { createRandom, type Random } from './random.js';

/** A pin that was put into a program: its texts occur nowhere else in there. */
export interface PlantedPin {
  readonly imageName: string;
  readonly imageDigest: string;
  /** In hex, as it is written; undefined for a string without one. */
  readonly hash: string | undefined;
}

/** A random program with random pins at random places in it, between other random code. The same for the same seed. */
export function plantPins(seed: number): { readonly source: string; readonly pins: readonly PlantedPin[] } {
  const random = createRandom(seed);
  const pins: PlantedPin[] = [];
  const items = Array.from({ length: random.integer(1, 5) }, () => {
    const pin = randomPin(random, pins.length);
    pins.push(pin);
    const filler = randomProgram(random.integer(0, 1e9), 3).replaceAll('\ufeff', '');
    return surrounded(written(pin, random), `(${filler}\n)`, random);
  });
  const bom = random.chance(0.1) ? '\ufeff' : '';
  const source = `${bom}{ dockerTools, ... }:\n[\n  ${items.join('\n  ')}\n]${random.pick(['', '\n'])}`;
  return { source: random.chance(0.2) ? source.replaceAll(/\r?\n/g, '\r\n') : source, pins };
}

function randomPin(random: Random, index: number): PlantedPin {
  const hex = () => Buffer.from(random.bytes(32)).toString('hex');
  const hash = random.chance(0.7) ? hex() : undefined;
  return { imageName: `registry.example/r${index}`, imageDigest: `sha256:${hex()}`, hash };
}

function written({ imageName, imageDigest, hash }: PlantedPin, random: Random): string {
  const quoted = (text: string) => random.pick([`"${text}"`, `''${text}''`, `("${text}")`]);
  if (hash === undefined) return quoted(`${imageName}:1.${random.integer(0, 9)}@${imageDigest}`);
  const comment = () => random.pick([' ', '\n', ' # imageDigest = "no";\n', ' /* é😀 */ ', '\t']);
  const attributes = [
    `imageName${comment()}=${quoted(imageName)};`,
    `imageDigest =${comment()}${quoted(imageDigest)};`,
    `sha256=${quoted(hash)}${comment()};`,
  ];
  const [first = '', ...others] = random.chance(0.5) ? attributes : attributes.toReversed();
  const set = `{${comment()}${[first, ...others].join(comment())} }`;
  return random.pick([
    `dockerTools.pullImage ${set}`,
    `(dockerTools.pullImage (${set} // { os = "linux"; }))`,
    `(let digest = ${quoted(imageDigest)}; in dockerTools.pullImage { imageName = ${quoted(imageName)}; imageDigest = digest; sha256 = "${hash}"; })`,
    `(let arguments = ${set}; in dockerTools.pullImage arguments)`,
    `(let pull = a: dockerTools.pullImage a; in pull ${set})`,
    set,
    `rec ${set}`,
  ]);
}

function surrounded(pin: string, filler: string, random: Random): string {
  return random.pick([
    `(${pin}) ${filler}`,
    `{ a = ${filler}; b = ${pin}; }`,
    `(let a = ${filler}; in [ (${pin}) a ])`,
    `(x: { y ? ${filler} }: ${pin})`,
    `(if ${filler} then ${pin} else ${filler})`,
    `"\${f ${filler} (${pin})}"`,
    `(with ${filler}; { c.d = ${pin}; })`,
    `(f ${filler} { e = ${pin}; })`,
  ]);
}
