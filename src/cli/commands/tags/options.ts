import { commandOptions, type SettingsOf } from '../../options/command.js';
import { GENERAL } from '../../options/general.js';
import { JSON_OUTPUT } from '../../options/json.js';
import { REPOSITORY } from '../../options/operands.js';
import { optionGroup, wholeNumber } from '../../options/option.js';
import { ONE_PLATFORM } from '../../options/platforms.js';
import { CACHE, REGISTRIES } from '../../options/registries.js';

/** Which tags are wanted. */
export interface WantedTags {
  /** A glob, or a `/regular expression/`. */
  readonly match: string | undefined;
  readonly semver: boolean;
  readonly newest: number | undefined;
  readonly limit: number | undefined;
}

const MOST = 1_000_000;

const WANTED_TAGS = optionGroup({
  title: 'Tags',
  options: {
    match: {
      type: 'value',
      value: 'PATTERN',
      help: "Only tags that match a glob such as '1.27*', or a /regular expression/",
    },
    semver: { type: 'flag', help: 'Only versions, the highest first' },
    newest: { type: 'value', value: 'N', help: 'Only the N tags made last; asks for each tag that matches' },
    limit: { type: 'value', value: 'N', help: 'At most N tags' },
  },
  parse: ({ match, semver, newest, limit }): WantedTags => ({
    match,
    semver,
    newest: wholeNumber('newest', newest, 1, MOST),
    limit: wholeNumber('limit', limit, 0, MOST),
  }),
});

/** `pullpin tags REPOSITORY` */
export const TAGS = commandOptions({
  name: 'tags',
  summary: 'List the tags of a repository',
  operands: REPOSITORY,
  groups: {
    wanted: WANTED_TAGS,
    json: JSON_OUTPUT,
    platform: ONE_PLATFORM,
    registries: REGISTRIES,
    cache: CACHE,
    loudness: GENERAL,
  },
  examples: [
    ["pullpin tags redis --match '7.*' --semver --limit 5", 'The highest versions of a series'],
    ["pullpin tags owner/name --newest 3 --match 'main-*'", 'What was built last'],
  ],
});

export type TagsSettings = SettingsOf<typeof TAGS>;
