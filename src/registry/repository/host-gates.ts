import { Gate } from '../../concurrency/gate.js';

/** A look-up is one small answer, where a download may take minutes. */
const LOOK_UPS_PER_DOWNLOAD = 4;

/** Limits what runs at one host at a time. */
export class HostGates {
  /** Each is inside until its answer has come. */
  readonly lookUps: Gate;
  /** Each is inside until its end. */
  readonly downloads: Gate;
  /**
   * Downloads whose readers may pause (see ImageSource.blob): if they took the places of other downloads, all places could be held by readers that wait
   * for a download without a place.
   */
  readonly ahead: Gate;

  /** @param concurrency how many downloads run at a time */
  constructor(concurrency: number) {
    this.lookUps = new Gate(concurrency * LOOK_UPS_PER_DOWNLOAD);
    this.downloads = new Gate(concurrency);
    this.ahead = new Gate(concurrency);
  }
}
