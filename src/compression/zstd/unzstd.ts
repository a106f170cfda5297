import xxhash, { type XXHash } from 'xxhash-wasm';
import type { BlobReader } from '../format/blob-reader.js';
import { TruncatedLayerError } from '../format/compression.js';
import { BLOCK_HEADER, BlockDecoder, readBlockHeader } from './block-decoder.js';
import { corrupt } from './corrupt.js';
import { Pieces } from './pieces.js';
import { readZstdHeader, ZSTD_HEADER_MAX, type ZstdFrameHeader } from './size-hint.js';

/**
 * Undoes zstd (RFC 8878) with the strictness of skopeo's reader (Go's klauspost/compress): frames are concatenated, skippable ones
 * pass, checksums and content sizes are checked, windows go up to 512 MiB; dictionaries are refused, and so is anything behind a frame
 * that is not one. The same code on every version of Node, so that a hash never depends on it.
 */
export async function* unzstd(reader: BlobReader): AsyncGenerator<Uint8Array, void, undefined> {
  const { create64 } = await xxhash();
  const blocks = new BlockDecoder();
  const pieces = new Pieces();
  while (await skipToFrame(reader)) {
    const header = readZstdHeader(await reader.peek(ZSTD_HEADER_MAX));
    reader.skip(header.length);
    const check = new FrameCheck(header, header.hasChecksum ? create64() : undefined);
    for await (const block of decodeFrame(reader, header, blocks)) {
      check.add(block);
      const full = pieces.add(block);
      if (full) yield full;
    }
    await check.finish(reader);
  }
  const rest = pieces.rest();
  if (rest.length > 0) yield rest;
}

/** One block of a frame after the other. */
async function* decodeFrame(
  reader: BlobReader,
  { windowSize, contentSize = windowSize }: ZstdFrameHeader,
  blocks: BlockDecoder,
): AsyncGenerator<Uint8Array, void, undefined> {
  blocks.startFrame(windowSize, Math.min(windowSize, contentSize));
  let isLast = false;
  while (!isLast) {
    const block = readBlockHeader(await reader.peek(BLOCK_HEADER));
    reader.skip(BLOCK_HEADER);
    const stored = await reader.peek(block.stored);
    if (stored.length < block.stored) throw new TruncatedLayerError('zstd');
    reader.skip(block.stored);
    yield blocks.decode(block, stored.subarray(0, block.stored));
    isLast = block.isLast;
  }
}

/** Compares the content of a frame with what the frame says of it. */
class FrameCheck {
  #length = 0;

  constructor(
    private readonly header: ZstdFrameHeader,
    private readonly hash: XXHash<bigint> | undefined,
  ) {}

  add(block: Uint8Array): void {
    this.#length += block.length;
    if (this.#length > (this.header.contentSize ?? this.#length)) throw corrupt('a frame is longer than it says');
    this.hash?.update(block);
  }

  /** Reads the checksum that follows the frame, if one does: the low half of XXH64. */
  async finish(reader: BlobReader): Promise<void> {
    if (this.#length < (this.header.contentSize ?? 0)) throw corrupt('a frame is shorter than it says');
    if (!this.hash) return;
    const bytes = await reader.peek(4);
    if (bytes.length < 4) throw new TruncatedLayerError('zstd');
    if (BigInt(uint32(bytes, 0)) !== BigInt.asUintN(32, this.hash.digest())) throw corrupt('a checksum does not match');
    reader.skip(4);
  }
}

const SKIPPABLE = 0x184d2a50;

/** Skips skippable frames (RFC 8878, 3.1.2). False at the end of the blob. */
async function skipToFrame(reader: BlobReader): Promise<boolean> {
  for (;;) {
    const bytes = await reader.peek(8);
    if (bytes.length === 0) return false;
    if (bytes.length < 8) throw new TruncatedLayerError('zstd');
    if (uint32(bytes, 0) >>> 4 !== SKIPPABLE >>> 4) return true;
    reader.skip(8);
    await skip(reader, uint32(bytes, 4));
  }
}

async function skip(reader: BlobReader, length: number): Promise<void> {
  for (let left = length; left > 0; ) {
    const bytes = await reader.peek();
    if (bytes.length === 0) throw new TruncatedLayerError('zstd');
    const skipped = Math.min(left, bytes.length);
    reader.skip(skipped);
    left -= skipped;
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}
