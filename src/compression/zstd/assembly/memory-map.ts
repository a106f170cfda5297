// What lies in the module's memory, besides the window, which is behind all of it and may grow. Lengths are in bytes; the compiler finds a place for each.

/** No block is larger, compressed or not (RFC 8878, 3.1.1.2.3). */
export const BLOCK_MAX: usize = 128 * 1024;

/** Bits are read eight bytes at a time, and checked afterwards: as many may be read in front of a block, and behind it. */
const INPUT_MARGIN: usize = 32;
/** The content of one block, with a margin on both sides. */
export const INPUT: usize = memory.data(<i32>(INPUT_MARGIN + BLOCK_MAX + INPUT_MARGIN), 16) + INPUT_MARGIN;

/** Copies may write so many bytes too far: bytes that are not needed any more, or that are about to be written. */
export const OUTPUT_MARGIN: usize = 64;

/** The tables of the three parts of a sequence, in entries of eight bytes: those of the block at hand, and those that RFC 8878 predefines. */
export const LITERAL_LENGTHS = memory.data(512 * 8, 16);
export const MATCH_LENGTHS = memory.data(512 * 8, 16);
export const OFFSETS = memory.data(256 * 8, 16);
export const PREDEFINED_LITERAL_LENGTHS = memory.data(64 * 8, 16);
export const PREDEFINED_MATCH_LENGTHS = memory.data(64 * 8, 16);
export const PREDEFINED_OFFSETS = memory.data(32 * 8, 16);

/** For every index of Huffman codes, how many bits the first code takes (low byte), and its symbol (high byte). */
export const HUFFMAN_CODES = memory.data(2048 * 2, 16);
/** The weights of the symbols of a Huffman tree, one byte each. */
export const WEIGHTS = memory.data(256 + 8, 16);

/** A table of Finite State Entropy while it is built: the probability of each symbol, the symbol of each state, and the entry of each state. */
export const PARTS = memory.data(260 * 2, 16);
export const SYMBOLS = memory.data(512, 16);
export const STATES = memory.data(512 * 4, 16);
