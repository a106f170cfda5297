// What lies in the module's memory, which never grows: the compiler finds a place for each. Lengths are in bytes.

/** Compressed bytes, and behind them room for the zeros that stand in for what follows the last one. */
export const INPUT_CAPACITY: usize = 256 * 1024;
export const INPUT_PADDING: usize = 512;
export const INPUT = memory.data(<i32>(INPUT_CAPACITY + INPUT_PADDING), 16);

/** What was written last, to which later bytes may refer, and behind it the output. */
export const HISTORY_LENGTH: usize = 32 * 1024;
export const OUTPUT_CAPACITY: usize = 256 * 1024;
export const HISTORY = memory.data(<i32>(HISTORY_LENGTH + OUTPUT_CAPACITY), 16);
export const OUTPUT: usize = HISTORY + HISTORY_LENGTH;
/** One step of the decoder writes at most this many bytes: three literals, the longest match, and what copying in blocks writes beyond its end. */
export const OUTPUT_MARGIN: usize = 320;

/**
 * Decoding tables of 32-bit entries for the bits that index them, with room for all second tables that complete codes can have: 2342 entries
 * for 288 symbols behind 11 bits, 402 for 32 behind 8, both together with the first table.
 */
export const LITERALS_BITS: u32 = 11;
export const LITERALS = memory.data(2342 * 4, 16);
export const DISTANCES_BITS: u32 = 8;
export const DISTANCES = memory.data(402 * 4, 16);
export const LENGTHS_BITS: u32 = 7;
export const LENGTHS = memory.data(128 * 4, 16);

/** The length of each symbol's code, as a block's header gives it: one byte each. */
export const CODE_LENGTHS = memory.data(320, 16);

/** Memory for building a table: 16 bits for each length, and for each symbol. */
export const COUNTS = memory.data(16 * 2, 16);
export const OFFSETS = memory.data(16 * 2, 16);
export const SORTED = memory.data(288 * 2, 16);
