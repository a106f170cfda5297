// What can be wrong with a frame. The numbers are those of `PROBLEMS` in ../block-decoder.ts.

export const BLOCK_TOO_SHORT: i32 = 0;
export const BLOCK_TOO_LARGE: i32 = 1;
export const NO_END_MARK: i32 = 2;
export const SOMETHING_FOLLOWS: i32 = 3;
export const RESERVED_BIT: i32 = 4;
export const NO_SUCH_CODE: i32 = 5;
export const TABLE_TOO_LARGE: i32 = 6;
export const BAD_TABLE: i32 = 7;
export const NO_TABLE: i32 = 8;
export const BAD_TREE: i32 = 9;
export const TREE_TOO_LONG: i32 = 10;
export const NO_TREE: i32 = 11;
export const LITERALS_TOO_MANY: i32 = 12;
export const LITERALS_TOO_FEW: i32 = 13;
export const STREAM_TOO_LONG: i32 = 14;
export const STREAM_TOO_SHORT: i32 = 15;
export const STREAM_LENGTH: i32 = 16;
export const SEQUENCES_TOO_SHORT: i32 = 17;
export const SEQUENCES_LENGTH: i32 = 18;
export const LITERALS_USED_UP: i32 = 19;
export const MATCH_TOO_FAR: i32 = 20;
export const INCOMPLETE_TREE: i32 = 21;
export const TOO_MANY_SYMBOLS: i32 = 22;

/** Ends the call with an error: the caller of this module throws it. */
export declare function corrupt(problem: i32): void;
