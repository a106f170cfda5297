/** What is done with an image: pin it, write the pin. */
export { type LayoutImage, type LayoutReference, openOciLayout, parseLayoutReference } from '../layout/oci-layout.js';
export { formatHash, HASH_FORMATS, type HashFormat, parseHash, type WrittenHash } from '../nix/literals/hash.js';
export { createRenderer, type Renderer, type RenderOptions } from '../nix/render/render.js';
export { HASH_ATTRIBUTES, type HashAttribute, type PinAttributes } from '../nix/render/template-values.js';
export { type RenderTarget, TEMPLATE_NAMES, type TemplateName } from '../nix/render/templates.js';
export { type Pin, type PinRequest, pinImage } from '../pin/pin.js';
export { type PinJson, pinToJson } from '../pin/pin-json.js';
export { type DigestChoice, type Resolution, type ResolveRequest, resolve } from '../pin/resolve.js';
