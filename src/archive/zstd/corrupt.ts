import { CorruptLayerError } from '../compression.js';

export function corrupt(detail: string): CorruptLayerError {
  return new CorruptLayerError('zstd', detail);
}
