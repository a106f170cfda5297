// Copies that may write beyond their end, up to OUTPUT_MARGIN bytes: where the next output will go.

/** Longer copies are left to the engine. */
const LONG: usize = 512;

/** Copies between places that do not overlap, or overlap by so much that 16 bytes can be copied at a time. */
function copyForward(to: usize, from: usize, length: usize): void {
  const stop = to + length;
  do {
    store<u64>(to, load<u64>(from));
    store<u64>(to, load<u64>(from, 8), 8);
    to += 16;
    from += 16;
  } while (to < stop);
}

/** Copies literals, which lie elsewhere. */
export function copyRun(to: usize, from: usize, length: usize): void {
  if (length > LONG) memory.copy(to, from, length);
  else copyForward(to, from, length);
}

/** Repeats what was written `offset` bytes before. */
export function copyMatch(to: usize, offset: usize, length: usize): void {
  const from = to - offset;
  if (offset >= 16) {
    if (length > LONG && offset >= length) memory.copy(to, from, length);
    else copyForward(to, from, length);
    return;
  }
  const stop = to + length;
  // As many bytes of eight are right as the pattern is long: each step doubles it.
  for (let period = offset; period < 8; period <<= 1) {
    store<u64>(to, load<u64>(from));
    to += period;
  }
  for (let source = from; to < stop; source += 8) {
    store<u64>(to, load<u64>(source));
    to += 8;
  }
}
