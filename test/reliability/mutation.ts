import type { Random } from '../support/random.js';

/** Changes bytes at random places: cuts, doubles, swaps, replaces, puts a word in, or joins two of the samples. */
export function mutated(samples: readonly Uint8Array[], words: readonly string[], random: Random): Uint8Array {
  let bytes: Buffer = Buffer.from(random.pick(samples));
  for (let count = random.integer(1, 6); count > 0; count -= 1) bytes = mutatedOnce(bytes, samples, words, random);
  return bytes;
}

function mutatedOnce(bytes: Buffer, samples: readonly Uint8Array[], words: readonly string[], random: Random): Buffer {
  const [from, to] = [random.integer(0, bytes.length), random.integer(0, bytes.length)].sort((a, b) => a - b);
  const [start, end] = [bytes.subarray(0, from), bytes.subarray(to)];
  const part = bytes.subarray(from, Math.min(to ?? 0, (from ?? 0) + 64));
  switch (random.integer(0, 6)) {
    case 0:
      return Buffer.concat([start, end]);
    case 1:
      return Buffer.concat([bytes.subarray(0, to), part, end]);
    case 2:
      return Buffer.concat([start, Buffer.from(random.pick(words)), bytes.subarray(from)]);
    case 3:
      return Buffer.concat([
        start,
        random.bytes(random.integer(1, 8)),
        bytes.subarray((from ?? 0) + random.integer(0, 8)),
      ]);
    case 4:
      return Buffer.concat([start, random.pick(samples).subarray(from)]);
    case 5:
      return Buffer.from(start);
    default:
      return withOtherBit(bytes, random);
  }
}

function withOtherBit(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  const at = random.integer(0, copy.length - 1);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.integer(0, 7));
  return copy;
}
