// Runs in a thread of its own: decompresses the streams that come through one pipe into another.
import { decompress } from '../decompress.js';
import { LayerFormatError } from '../format/compression.js';
import { serve } from './serve.js';

/** A LayerFormatError as it can be sent to another thread, where its class is another one. */
export interface Refusal {
  readonly compression: LayerFormatError['compression'];
  readonly problem: string;
}

void serve(decompress, (error) => (error instanceof LayerFormatError ? refusalOf(error) : error));

function refusalOf({ compression, problem }: LayerFormatError): Refusal {
  return { compression, problem };
}
