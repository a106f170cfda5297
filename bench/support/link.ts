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
  private readonly underWay: { readonly arrivesAt: number; readonly deliver: () => void }[] = [];

  constructor(private readonly properties: LinkProperties) {}

  /** Calls `deliver` when bytes that are sent now arrive: in the order in which they are sent, whatever timers do. */
  send(length: number, deliver: () => void): void {
    const { delay, bandwidth } = this.properties;
    this.isFreeAt = Math.max(this.isFreeAt, performance.now()) + (length / bandwidth) * 1000;
    this.underWay.push({ arrivesAt: this.isFreeAt + delay, deliver });
    if (this.underWay.length === 1) this.deliverDue();
  }

  /** How many bytes of one connection may be on their way. */
  get window(): number {
    const { delay, bandwidth } = this.properties;
    return BUFFER + Math.min(bandwidth * (delay / 1000) * 4, 64 * 1024 * 1024);
  }

  private deliverDue(): void {
    for (let next = this.underWay[0]; next; next = this.underWay[0]) {
      const wait = next.arrivesAt - performance.now();
      if (wait > 0) {
        setTimeout(() => this.deliverDue(), wait);
        return;
      }
      next.deliver();
      this.underWay.shift();
    }
  }
}
