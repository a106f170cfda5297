/** A request of plain HTTP as it passed, `path` without its query; the times are of its first byte and of its answer's last one so far, in ms. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly asked: number;
  answered: number;
}

/** One connection's two directions. */
export interface ConnectionLog {
  question(bytes: Buffer): void;
  answer(): void;
}

/** Requests without bodies, HTTP/1.1, as a client of a registry sends them: each begins a new piece, because no client sends a request before the last answer. */
const REQUEST = /^(GET|HEAD|POST) (\S+) HTTP\/1\.1\r\n/;

/** The requests that were seen on a wire. */
export class RequestLog {
  readonly requests: SeenRequest[] = [];

  /** Notes a request that a server has got; to be called again when it is answered. */
  request(method: string, target: string): () => void {
    const seen = {
      method,
      path: target.replace(/\?.*/, ''),
      asked: performance.now(),
      answered: Number.POSITIVE_INFINITY,
    };
    this.requests.push(seen);
    return () => {
      seen.answered = performance.now();
    };
  }

  connection(): ConnectionLog {
    let last: SeenRequest | undefined;
    return {
      question: (bytes) => {
        const [, method, target] = REQUEST.exec(bytes.subarray(0, 4096).toString('latin1')) ?? [];
        if (method === undefined || target === undefined) return;
        const now = performance.now();
        last = { method, path: target.replace(/\?.*/, ''), asked: now, answered: Number.POSITIVE_INFINITY };
        this.requests.push(last);
      },
      answer: () => {
        if (last) last.answered = performance.now();
      },
    };
  }

  /** How many of the requests were for blobs with one of the digests. */
  countOf(digests: ReadonlySet<string>): number {
    return this.requests.filter(({ path }) => digests.has(path.slice(path.lastIndexOf('/') + 1))).length;
  }

  /** The longest chain of requests of which each was asked after the answer to the one before: the round trips that a faster program could not save. */
  get sequential(): number {
    let chain = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (const { asked, answered } of this.requests.toSorted((a, b) => a.answered - b.answered)) {
      if (asked < end) continue;
      chain += 1;
      end = answered;
    }
    return chain;
  }
}
