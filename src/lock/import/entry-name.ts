import { UsageError } from '../../errors.js';
import { groupedBy } from '../../nix/values/ordered.js';
import { shortName } from '../../oci/reference.js';
import { NAME } from '../lock-schema.js';
import { wrongName } from '../read-images.js';

/** The name that an entry of images.toml gets for a name of another tool, which may have any characters. Throws a UsageError when it has none that fit. */
export function entryName(text: string): string {
  const name = text
    .slice(0, 1000)
    .replace(/[^A-Za-z0-9_.+-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100)
    .replace(/-$/, '');
  if (NAME.test(name)) return name;
  throw new UsageError(wrongName(text));
}

/** Names for images that their tool knows by name and tag: the last part of the name, with the tag or all parts where several images have it. */
export function distinctNames(images: readonly { readonly name: string; readonly tag: string }[]): string[] {
  const spellings = [
    images.map(({ name }) => shortName(name)),
    images.map(({ name, tag }) => `${shortName(name)}-${tag}`),
    images.map(({ name, tag }) => `${name}-${tag}`),
  ].map((names) => ({ names, groups: groupedBy(names, (name) => name) }));
  return images.map((_, at) => {
    const found = spellings.find(({ names, groups }) => groups.get(names[at] ?? '')?.length === 1) ?? spellings.at(-1);
    return found?.names[at] ?? '';
  });
}
