/** What a line between two machines does to what passes: `delay` in milliseconds for one direction, `bandwidth` in bytes per second. */
export interface LinkProperties {
  readonly delay: number;
  readonly bandwidth: number;
}

/** By so much, in bytes, the line's sender may be ahead of what has arrived; a TCP window that suits the delay comes on top. */
const BUFFER = 256 * 1024;

/** One direction of a line, shared by all connections that lead over it. */
export class Link {
  private isFreeAt = 0;

  constructor(private readonly properties: LinkProperties) {}

  /** Calls `deliver` when bytes that are sent now arrive. Pieces of one direction arrive in the order in which they are sent. */
  send(length: number, deliver: () => void): void {
    const { delay, bandwidth } = this.properties;
    this.isFreeAt = Math.max(this.isFreeAt, performance.now()) + (length / bandwidth) * 1000;
    const wait = this.isFreeAt + delay - performance.now();
    if (wait < 1 && delay === 0) deliver();
    else setTimeout(deliver, wait);
  }

  /** How many bytes of one connection may be on their way. */
  get window(): number {
    const { delay, bandwidth } = this.properties;
    return BUFFER + Math.min(bandwidth * (delay / 1000) * 4, 64 * 1024 * 1024);
  }
}
