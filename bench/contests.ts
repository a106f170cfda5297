import { availableParallelism } from 'node:os';
import type { Contest } from './support/contest.js';
import { FLEET, fleetOfPins, loopOverImages, loopOverPins } from './support/fleet.js';
import type { ImageName } from './support/images.js';
import { NEW_INDEX_TAG } from './support/place.js';
import { manyMachines, oneMachine, SHARDED } from './support/sharded-fleet.js';
import { coldImages, sharedImages } from './support/shared.js';
import {
  BARE_NODE,
  coldPin,
  inflateAndHash,
  nixPrefetchDocker,
  onSomeCores,
  otherPin,
  pullpin,
  type Skopeo,
  skopeoInspect,
  warmDigest,
  warmPin,
} from './support/sides.js';

const MB = 1e6;
const coldDigest = pullpin(({ host }) => ['digest', `${host}/medium:v1`, '--no-cache'], {
  answer: (stdout) => stdout.trim(),
});
const digest = pullpin(({ host }) => ['digest', `${host}/medium:v1`], { answer: (stdout) => stdout.trim() });

/**
 * All comparisons, in the order of the table.
 * @param inflater the fastest program of this machine that inflates stdin to stdout
 * @param skopeo the peer of the rows over TLS: a current one keeps its connections, which older ones do not
 */
export function contests(inflater: readonly string[], skopeo: Skopeo): Contest[] {
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
    ...overTls(skopeo),
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
      id: 'shards',
      title: `${SHARDED.pins} pins of ${SHARDED.images} images, one of ten moved, over ${SHARDED.shards} shards`,
      images: ['small'],
      theirs: oneMachine,
      ours: manyMachines,
      aim: '1.05 × the requests',
    },
    {
      id: 'shared',
      title: `${FLEET.images} images that another machine has hashed`,
      images: ['small'],
      theirs: coldImages,
      ours: sharedImages,
      aim: 'no layer',
      layersOf: 'small',
    },
    ...onCores(inflater),
  ];
}

/** How the work of a large image spreads over cores, and how far it is from what the fastest programs of this machine need for the computing alone. */
function onCores(inflater: readonly string[]): Contest[] {
  const all = availableParallelism();
  const limit = { images: ['large' as const], theirs: inflateAndHash('large', inflater), aim: '1.15' };
  const ours = { ...coldPin('large'), answer: () => undefined };
  const fewer = [1, 2, 4].filter((cores) => cores < all);
  return [
    ...fewer.flatMap((cores) => [
      {
        ...cold('large', `2.4 GB image, ${cores} of ${all} cores`, 'none'),
        id: `large-${cores}`,
        theirs: onSomeCores(nixPrefetchDocker('large'), cores),
        ours: onSomeCores(coldPin('large'), cores),
      },
      {
        ...limit,
        id: `limit-${cores}`,
        title: `The same, against inflating and hashing alone`,
        theirs: onSomeCores(limit.theirs, cores),
        ours: onSomeCores(ours, cores),
      },
    ]),
    { ...limit, id: 'limit', title: `2.4 GB image, ${all} cores, against inflating and hashing alone`, ours },
  ];
}

/** Where users are: a public registry over TLS, whose token host and storage are other origins. */
function overTls(skopeo: Skopeo): Contest[] {
  const tls = { isTls: true, wire: { roundTrip: 50 } } as const;
  const inspect = { theirs: skopeoInspect('medium', skopeo), images: ['medium' as const], ...tls };
  const pin = (image: ImageName) => ({
    theirs: nixPrefetchDocker(image, 'v1', 'v1', skopeo),
    images: [image],
    layersOf: image,
    ...tls,
  });
  return [
    { ...inspect, id: 'tls-digest', title: '`pullpin digest` over TLS, 50 ms away', ours: coldDigest, aim: '0.45' },
    {
      ...inspect,
      images: ['medium', 'small'],
      id: 'tls-digest-known',
      title: 'The same, the realm is known',
      ours: warmDigest,
      aim: '0.44',
    },
    { ...pin('small'), id: 'tls-small', title: '2 MB image over TLS, 50 ms away', ours: coldPin('small'), aim: '0.33' },
    {
      ...pin('small'),
      id: 'tls-small-known',
      images: ['small', 'layered'],
      title: 'The same, the storage host is known',
      ours: otherPin('small'),
      aim: '0.30',
    },
    { ...pin('small'), id: 'tls-again', title: 'The same again', ours: warmPin('small'), aim: '0.13' },
    {
      ...pin('medium'),
      id: 'tls-medium',
      title: '200 MB image over TLS, 50 ms away, 50 MB/s',
      ours: coldPin('medium'),
      wire: { roundTrip: 50, bandwidth: 50 * MB },
      aim: '0.62',
    },
    {
      ...pin('medium'),
      id: 'tls-medium-slow',
      title: 'The same over 12.5 MB/s',
      ours: coldPin('medium'),
      wire: { roundTrip: 50, bandwidth: 12.5 * MB },
      aim: '7.1 s',
    },
    {
      ...pin('medium'),
      id: 'tls-medium-near',
      title: '200 MB image over TLS, on loopback',
      ours: coldPin('medium'),
      wire: { roundTrip: 0 },
      aim: '0.42',
    },
    {
      id: 'tls-fleet',
      title: `${FLEET.pins} pins of ${FLEET.images} images over TLS, 50 ms away`,
      images: ['small'],
      theirs: {
        ...fleetOfPins,
        name: 'itself, 8 requests at a time',
        command: (situation) => [...fleetOfPins.command(situation), '--concurrency', '2'],
      },
      ours: fleetOfPins,
      aim: '1.4 s',
      ...tls,
    },
  ];
}

function cold(image: Parameters<typeof coldPin>[0], title: string, aim: string): Contest {
  const sides = { theirs: nixPrefetchDocker(image), ours: coldPin(image) };
  return { id: image, title, images: [image], ...sides, aim, layersOf: image };
}
