import type { OnProgress, Progress } from '../../prefetch/download/read-ahead.js';
import { formatBytes } from '../terminal/format.js';
import { cut } from '../terminal/table.js';

/** How many rows are shown at the same time. */
const MAX_ROWS = 6;
const BAR = 10;
/** The rate is measured over this many milliseconds. */
const RATE_PERIOD = 3000;
/** The largest width of an image's name, in columns. */
const MAX_NAME = 30;

interface Sample {
  readonly at: number;
  readonly received: number;
}

/** One image that is being downloaded. */
class Download {
  private samples: Sample[] = [];
  private progress: Progress = { received: 0, total: 0 };

  constructor(
    private readonly image: string,
    readonly number: number,
  ) {}

  update(progress: Progress, now: number): void {
    this.progress = progress;
    this.samples.push({ at: now, received: progress.received });
    while ((this.samples[1]?.at ?? now) < now - RATE_PERIOD) this.samples.shift();
  }

  get isUnderWay(): boolean {
    return this.progress.received > 0 && this.progress.received < this.progress.total;
  }

  /** `acme/big:1  ███████░░░ 267 of 630 MB  210 MB/s  0:02`; the rate and the time left once they are known. */
  describe(): string {
    const { received, total } = this.progress;
    const filled = Math.min(BAR, Math.round((received / Math.max(total, 1)) * BAR));
    const parts = [
      cut(this.image, MAX_NAME),
      `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${amount(received, total)}`,
    ];
    const rate = this.rate();
    return (rate > 0 ? [...parts, `${formatBytes(rate)}/s`, clock((total - received) / rate)] : parts).join('  ');
  }

  /** Bytes in a second. */
  private rate(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at - first.at < 200) return 0;
    return ((last.received - first.received) / (last.at - first.at)) * 1000;
  }
}

/** The images that a run downloads, several at once. */
export class Downloads {
  private readonly all: Download[] = [];

  /** @param total how many images the run downloads; when this is not known in advance, how many have started */
  constructor(
    private readonly changed: () => void,
    private readonly total?: number,
  ) {}

  /** Follows the download of one image. */
  image(name: string): OnProgress {
    const download = new Download(name, this.all.length + 1);
    this.all.push(download);
    return (progress) => {
      download.update(progress, Date.now());
      this.changed();
    };
  }

  /** A line for each image that is being downloaded, with its number and the total. */
  lines(): string[] {
    const underWay = this.all.filter(({ isUnderWay }) => isUnderWay).slice(0, MAX_ROWS);
    return underWay.map((each) => {
      const total = this.total ?? this.all.length;
      const count = total > 1 ? `  ${each.number} of ${total}` : '';
      return `${each.describe()}${count}`;
    });
  }
}

/** `267 of 630 MB`: the unit is written once when both have the same. */
function amount(received: number, total: number): string {
  const [one = '', unit] = formatBytes(received).split(' ');
  const whole = formatBytes(total);
  return whole.endsWith(` ${unit}`) ? `${one} of ${whole}` : `${formatBytes(received)} of ${whole}`;
}

/** Seconds as `0:02` or `1:02:03`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number: number): string => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
