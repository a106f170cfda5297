import type { BumpProgress } from '../../bump/plan.js';
import type { Descriptor } from '../../oci/descriptor.js';
import type { RegistryEvent } from '../../registry/client.js';
import type { Context } from '../terminal/context.js';
import { formatBytes } from '../terminal/format.js';
import { createLiveLines, type LiveLines } from '../terminal/live-lines.js';

/** Shows the downloads of a run, layer by layer. */
export interface DownloadProgress extends Pick<LiveLines, 'clear' | 'stop'> {
  /** Follows the download of one image. */
  image(name: string): ImageProgress;
}

export interface ImageProgress {
  onProgress(blob: Descriptor, received: number): void;
  /** The image is complete, or has failed. */
  done(): void;
}

interface Row {
  readonly image: string;
  readonly blob: Descriptor;
  readonly received: number;
}

/** Layers that are shown at a time. */
const MAX_ROWS = 8;

export function createDownloadProgress(context: Context, isWanted: boolean): DownloadProgress {
  const rows = new Map<Descriptor, Row>();
  const live = createLiveLines(context, isWanted, () => {
    const loading = [...rows.values()].filter(({ blob, received }) => received < blob.size);
    return loading.slice(0, MAX_ROWS).map(describe);
  });
  return {
    clear: () => live.clear(),
    stop: () => live.stop(),
    image: (name) => {
      const own = new Set<Descriptor>();
      return {
        onProgress: (blob, received) => {
          own.add(blob);
          rows.set(blob, { image: name, blob, received });
          live.changed();
        },
        done: () => {
          for (const blob of own) rows.delete(blob);
        },
      };
    },
  };
}

const BAR = 20;

function describe({ image, blob, received }: Row): string {
  const filled = Math.min(BAR, Math.round((received / Math.max(blob.size, 1)) * BAR));
  const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
  return `${blob.digest.slice(7, 19)} ${bar} ${formatBytes(received)} of ${formatBytes(blob.size)}  ${image}`;
}

/** Shows how far a run over many pins has come: `42/310 pins · 3 outdated · ghcr.io waiting 12 s`. */
export interface PinsProgress extends Pick<LiveLines, 'clear' | 'stop'> {
  onProgress(progress: BumpProgress): void;
  onEvent(event: RegistryEvent): void;
}

export function createPinsProgress(context: Context, isWanted: boolean): PinsProgress {
  let progress: BumpProgress | undefined;
  let wait: { readonly host: string; readonly until: number } | undefined;
  const live = createLiveLines(context, isWanted, () => {
    if (!progress) return [];
    const seconds = wait ? Math.ceil((wait.until - Date.now()) / 1000) : 0;
    const parts = [`${progress.done}/${progress.total} pins`, `${progress.changed} outdated`];
    return [[...parts, ...(wait && seconds > 0 ? [`${wait.host} waiting ${seconds} s`] : [])].join(' · ')];
  });
  return {
    clear: () => live.clear(),
    stop: () => live.stop(),
    onProgress: (now) => {
      progress = now;
      live.changed();
    },
    onEvent: (event) => {
      if (event.type === 'retry') {
        wait = { host: new URL(event.url).host, until: Date.now() + event.milliseconds };
        // The seconds count down while nothing else happens.
        for (let left = event.milliseconds; left > 0; left -= 1000) setTimeout(() => live.changed(), left).unref();
      }
      live.changed();
    },
  };
}
