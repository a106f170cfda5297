import type { Contest } from './support/contest.js';
import { FLEET, fleetOfPins, loopOverImages, loopOverPins } from './support/fleet.js';
import { NEW_INDEX_TAG } from './support/place.js';
import {
  BARE_NODE,
  coldPin,
  inflateAndHash,
  nixPrefetchDocker,
  pullpin,
  skopeoInspect,
  warmPin,
} from './support/sides.js';

const MB = 1e6;
const digest = pullpin(({ host }) => ['digest', `${host}/medium:v1`], { answer: (stdout) => stdout.trim() });

/** All comparisons, in the order of the table. @param inflater the fastest program of this machine that inflates stdin to stdout */
export function contests(inflater: readonly string[]): Contest[] {
  return [
    cold('large', '2.4 GB image of six layers', '0.25 (0.35 at most)'),
    cold('dominant', '2.4 GB image, nearly all of it one layer', 'none'),
    cold('medium', '200 MB image of three layers', '0.33'),
    cold('small', '2 MB image', '1.5 (2.0 at most)'),
    {
      ...cold('medium', 'An image again', 'no layer'),
      id: 'again',
      ours: warmPin('medium'),
    },
    {
      ...cold('medium', 'The same, against pullpin digest', '10 ms more'),
      id: 'again-digest',
      theirs: { ...digest, name: 'pullpin digest', answer: () => undefined },
      ours: { ...warmPin('medium'), answer: () => undefined },
    },
    {
      id: 'new-tag',
      title: 'A known image under a new tag',
      images: ['medium'],
      theirs: nixPrefetchDocker('medium', 'v2'),
      ours: warmPin('medium', { now: ['--final-tag', 'v2'] }),
      aim: 'none',
    },
    {
      ...cold('medium', 'The same over 20 MB/s', 'no layer'),
      id: 'new-tag-slow',
      theirs: nixPrefetchDocker('medium', 'v2'),
      ours: warmPin('medium', { now: ['--final-tag', 'v2'] }),
      wire: { roundTrip: 50, bandwidth: 20 * MB },
    },
    {
      ...cold('layered', 'A new index around a known image', 'no layer'),
      id: 'new-index',
      theirs: nixPrefetchDocker('layered', 'v2', NEW_INDEX_TAG),
      ours: warmPin('layered', { before: ['--final-tag', 'v2'], now: ['--final-tag', 'v2'], tag: NEW_INDEX_TAG }),
    },
    {
      id: 'version',
      title: '`pullpin --version`',
      images: [],
      theirs: BARE_NODE,
      ours: pullpin(() => ['--version']),
      aim: '60 ms more',
    },
    {
      id: 'help',
      title: '`pullpin --help`',
      images: [],
      theirs: BARE_NODE,
      ours: pullpin(() => ['--help']),
      aim: '60 ms more',
    },
    {
      id: 'digest',
      title: '`pullpin digest`',
      images: ['medium'],
      theirs: skopeoInspect('medium'),
      ours: digest,
      aim: '1.5',
    },
    {
      id: 'digest-far',
      title: '`pullpin digest`, a token, 50 ms away',
      images: ['medium'],
      theirs: skopeoInspect('medium'),
      ours: digest,
      aim: '0.5',
      isGuarded: true,
      wire: { roundTrip: 50 },
    },
    {
      ...cold('layered', 'Index, six small layers, a token, 50 ms away', '0.4, 5 in sequence'),
      id: 'far',
      isGuarded: true,
      wire: { roundTrip: 50 },
    },
    { ...cold('medium', '200 MB image over 20 MB/s', 'none'), id: 'slow', wire: { roundTrip: 50, bandwidth: 20 * MB } },
    {
      ...cold('large', '2.4 GB image over 100 MB/s', 'none'),
      id: 'fast',
      wire: { roundTrip: 50, bandwidth: 100 * MB },
    },
    {
      id: 'fleet',
      title: `${FLEET.pins} pins of ${FLEET.images} images, none outdated`,
      images: ['small'],
      theirs: loopOverPins,
      ours: fleetOfPins,
      aim: '0.05',
    },
    {
      id: 'fleet-images',
      title: 'The same, each image asked for once',
      images: ['small'],
      theirs: loopOverImages,
      ours: fleetOfPins,
      aim: 'none',
    },
    {
      id: 'limit',
      title: '2.4 GB image, against inflating and hashing alone',
      images: ['large'],
      theirs: inflateAndHash('large', inflater),
      ours: { ...coldPin('large'), answer: () => undefined },
      aim: 'none',
    },
  ];
}

function cold(image: Parameters<typeof coldPin>[0], title: string, aim: string): Contest {
  const sides = { theirs: nixPrefetchDocker(image), ours: coldPin(image) };
  return { id: image, title, images: [image], ...sides, aim, layersOf: image };
}
