/** The tags of a repository. */
export { createTagMatcher, type FoundTag, findTags, type TagQuery } from '../tags/find-tags.js';
