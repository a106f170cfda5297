/** The properties of a line between two machines: `delay` in milliseconds for one direction, `bandwidth` in bytes per second. */
export interface LinkProperties {
  readonly delay: number;
  readonly bandwidth: number;
}

/** The bytes that the sender may be ahead of the receiver, in addition to a TCP window that fits the delay. */
const BUFFER = 256 * 1024;

/** One direction of a line, shared by all connections that lead over it. */
export class Link {
  private isFreeAt = 0;
  private readonly underWay: { readonly arrivesAt: number; readonly deliver: () => void }[] = [];

  constructor(private readonly properties: LinkProperties) {}

  /** Calls `deliver` when bytes that are sent now arrive: in the order in which they are sent, even when timers are late. */
  send(length: number, deliver: () => void): void {
    const { delay, bandwidth } = this.properties;
    this.isFreeAt = Math.max(this.isFreeAt, performance.now()) + (length / bandwidth) * 1000;
    this.underWay.push({ arrivesAt: this.isFreeAt + delay, deliver });
    if (this.underWay.length === 1) this.deliverDue();
  }

  /** How many bytes of one connection may be in transit. */
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
