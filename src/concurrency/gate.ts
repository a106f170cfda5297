/** Lets a bounded number of holders in at a time, in the order in which they asked. */
export class Gate {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(private readonly places: number) {
    this.free = places;
  }

  /** How many holders are inside. */
  get inside(): number {
    return this.places - this.free;
  }

  /** Waits for a place. The caller holds the place until it calls the returned function; a second call does nothing. */
  async enter(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((admit) => this.waiting.push(admit));
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    };
  }

  /** Holds a place while something is done. */
  async run<T>(act: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await act();
    } finally {
      leave();
    }
  }
}
