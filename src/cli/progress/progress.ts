import type { BumpProgress } from '../../bump/plan-sites.js';
import { formatRepository, type RepositoryName } from '../../oci/reference.js';
import type { OnProgress } from '../../prefetch/download/read-ahead.js';
import type { RegistryEvent } from '../../registry/client.js';
import type { Context } from '../terminal/context.js';
import { createLiveLines, type LiveLines } from '../terminal/live-lines.js';
import { Downloads } from './downloads.js';

/** Shows the downloads of a run, a line for each image. */
export interface DownloadProgress extends Pick<LiveLines, 'clear' | 'stop'> {
  /** Follows the download of one image. */
  image(name: string): OnProgress;
}

/** @param total how many images there are */
export function createDownloadProgress(context: Context, isWanted: boolean, total: number): DownloadProgress {
  const downloads = new Downloads(() => live.changed(), total);
  const live = createLiveLines(context, isWanted, () => downloads.lines());
  return { clear: () => live.clear(), stop: () => live.stop(), image: (name) => downloads.image(name) };
}

/** Shows how far a run over many pins has come: `42/310 pins · 3 outdated · ghcr.io waiting 12 s`, and below it the downloads. */
export interface PinsProgress extends Pick<LiveLines, 'clear' | 'stop'> {
  onProgress(progress: BumpProgress): void;
  onDownload(image: RepositoryName): OnProgress;
  onEvent(event: RegistryEvent): void;
}

/** Progress of a bump: how many pins of all are looked up. It shows nothing unless it is wanted and stderr is a terminal. */
export function createPinsProgress(context: Context, isWanted: boolean): PinsProgress {
  let progress: BumpProgress | undefined;
  let wait: { readonly host: string; readonly until: number } | undefined;
  const live = createLiveLines(context, isWanted, () => {
    if (!progress) return [];
    const seconds = wait ? Math.ceil((wait.until - Date.now()) / 1000) : 0;
    const parts = [`${progress.done}/${progress.total} pins`, `${progress.changed} outdated`];
    const all = [...parts, ...(wait && seconds > 0 ? [`${wait.host} waiting ${seconds} s`] : [])];
    return [all.join(' · '), ...downloads.lines()];
  });
  const downloads = new Downloads(() => live.changed());
  return {
    clear: () => live.clear(),
    stop: () => live.stop(),
    onDownload: (image) => downloads.image(image.name ?? formatRepository(image)),
    onProgress: (now) => {
      progress = now;
      live.changed();
    },
    onEvent: (event) => {
      if (event.type === 'retry') {
        wait = { host: new URL(event.url).host, until: Date.now() + event.milliseconds };
        // Drawn again each second, because the waiting time counts down.
        for (let left = event.milliseconds; left > 0; left -= 1000) setTimeout(() => live.changed(), left).unref();
      }
      live.changed();
    },
  };
}
