import { CorruptLayerError } from '../format/compression.js';

export function corrupt(detail: string): CorruptLayerError {
  return new CorruptLayerError('zstd', detail);
}
