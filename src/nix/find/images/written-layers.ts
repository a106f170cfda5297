import type { Range } from '../../language/position.js';
import type { SourceRange } from '../../values/value.js';

/** A layer as a pin lists it: what is written at the range, and whether the archive has it unpacked. */
export interface WrittenLayer extends Range {
  readonly digest: string;
  readonly unpack: boolean;
}

/** A list of layers that is written as one, `[ … ]`. */
export interface WrittenLayerList extends SourceRange {
  readonly kind: 'layers';
  readonly layers: readonly WrittenLayer[];
}
