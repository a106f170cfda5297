import { createRandom } from '../../support/random.js';
import { Marks, type Program } from './program.js';
import type { SampleImage } from './sample-images.js';
import { CALLS, type Shape } from './shapes/calls.js';
import { COMMENTS } from './shapes/comments.js';
import { ELSEWHERE } from './shapes/elsewhere.js';
import { FETCHERS } from './shapes/fetchers.js';
import { CALLERS } from './shapes/functions/callers.js';
import { FUNCTIONS } from './shapes/functions/functions.js';
import { HANDED_OVER } from './shapes/functions/handed-over.js';
import { MANY_CALLS } from './shapes/functions/many-calls.js';
import { OVERRIDDEN } from './shapes/functions/overridden.js';
import { HELD } from './shapes/held.js';
import { LAYERED } from './shapes/layered.js';
import { MACHINES } from './shapes/machines.js';
import { NAMED } from './shapes/names.js';
import { PLATFORMS } from './shapes/platforms.js';
import { SHARED } from './shapes/shared.js';
import { STRINGS } from './shapes/strings.js';
import { VERSIONS } from './shapes/versions.js';
import { VERSIONED, Writer } from './writer.js';

/** Every way in which pins are written here, by name. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  ...CALLS,
  ...CALLERS,
  ...ELSEWHERE,
  ...FUNCTIONS,
  ...FETCHERS,
  ...HANDED_OVER,
  ...HELD,
  ...LAYERED,
  ...MACHINES,
  ...MANY_CALLS,
  ...NAMED,
  ...OVERRIDDEN,
  ...PLATFORMS,
  ...SHARED,
  ...STRINGS,
  ...COMMENTS,
  ...VERSIONS,
};

export const IMAGES: readonly SampleImage[] = [
  { name: 'ghcr.io/acme/web', kind: 'index', tags: ['1.4', '2.1', 'latest'] },
  { name: 'acme/tool', kind: 'single', tags: ['3', 'latest'] },
  { name: 'quay.io/acme/grown', kind: 'grown', tags: ['1.4'] },
  { name: 'redis', kind: 'index', tags: ['7.4', 'latest'] },
  { name: 'nginx', kind: 'still', tags: ['1.27'] },
];

/** Everything that the registry has. */
export const ALL_IMAGES: readonly SampleImage[] = [...IMAGES, VERSIONED];

/** The same program for the same seed. With `only`, the others of its members are left out, but nothing else changes. */
export function randomProgram(seed: number, only?: readonly number[]): Program {
  const random = createRandom(seed);
  const shapes = Object.entries(SHAPES);
  // The first member goes through all shapes, seed by seed, so that none is left to chance.
  const first = shapes.slice(seed % shapes.length).slice(0, 1);
  const chosen = [...first, ...Array.from({ length: random.integer(0, 3) }, () => random.pick(shapes))];
  const marks = new Marks();
  const members = chosen
    .map(([name, shape], at) => {
      const writer = new Writer(createRandom(seed * 31 + at), marks, IMAGES, at);
      return { name, at, writer, expression: shape(writer) };
    })
    .filter(({ at }) => !only || only.includes(at));
  const bindings = members.flatMap(({ writer }) => writer.bindings.map((binding) => `  ${binding}\n`)).join('');
  const body = members.map(({ at, expression }) => `  member${at} = ${expression};\n`).join('');
  const main = `{ pkgs, lib, system, dockerTools, nix2container, ... }:\nlet\n${bindings}in\n{\n${body}}\n`;
  return {
    title: `seed ${seed}${only ? `, members ${only.join(' and ')}` : ''}: ${members.map(({ name }) => name).join(', ')}`,
    files: Object.assign({ 'main.nix': main }, ...members.map(({ writer }) => writer.files)),
    callers: Object.assign({}, ...members.map(({ writer }) => writer.callers)),
    entry: 'bumped/main.nix',
    digests: marks.digests,
    hashes: marks.hashes,
    parts: marks.partMarks,
  };
}
