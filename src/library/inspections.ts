/** What an image is: its manifests and config. */
export { type ImageFacts, imageFacts } from '../oci/image-facts.js';
export { type ImageIndex, type ImageManifest, type IndexEntry, parseManifest } from '../oci/manifest.js';
export { type Inspection, inspectImage } from '../pin/inspect.js';
export { type InspectionJson, inspectionToJson } from '../pin/inspection-json.js';
