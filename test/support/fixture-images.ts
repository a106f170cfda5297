import { fileURLToPath } from 'node:url';
import { digestOf } from '../../src/oci/verified.js';
import { attestation, type ImageContent, image, index, type LayerDescription, OCI } from './images.js';
import { tar } from './tar.js';

/** The folder of a sample image: an OCI layout whose one image has no tag. */
export function fixtureImage(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/images/${name}`, import.meta.url));
}

const CREATED = '2024-05-01T12:00:00Z';

/** What the folders of fixtures/images hold, by name. Nothing here depends on the version of a compressor. */
export function fixtureImages(): Readonly<Record<string, ImageContent>> {
  return {
    hello: index([hello('amd64'), hello('arm64')]),
    'arm-variants': armVariants(),
    zstd: image({ config: helloConfig('amd64'), layers: [HELLO_IN_ZSTD, greeting('amd64')] }),
    'docker-schema2': image({ kind: 'docker', config: helloConfig('amd64'), layers: helloLayers('amd64') }),
    'no-layers': image({ config: '{"architecture":"amd64","os":"linux"}', layers: [] }),
    'odd-config': image({ config: ODD_CONFIG, layers: helloLayers('amd64') }),
  };
}

function hello(architecture: string) {
  const content = image({ config: helloConfig(architecture), layers: helloLayers(architecture) });
  return { image: content, platform: { architecture, os: 'linux' } };
}

function armVariants(): ImageContent {
  const variant = (architecture: string, name?: string) => {
    const platform = { architecture, os: 'linux', ...(name === undefined ? {} : { variant: name }) };
    const layers = [greeting(`${architecture} ${name ?? ''}`)];
    return { image: image({ config: JSON.stringify(platform), layers }), platform };
  };
  const amd64 = variant('amd64');
  const images = [amd64, variant('arm', 'v6'), variant('arm', 'v7'), variant('arm', 'v8'), variant('arm64', 'v8')];
  return index([...images, attestation(amd64.image)]);
}

function helloLayers(architecture: string): readonly LayerDescription[] {
  return [
    stored(tar({ 'etc/os-release': 'NAME="Example"\nVERSION_ID="1.0"\n', 'etc/passwd': 'root:x:0:0::/:/bin/sh\n' })),
    greeting(architecture),
  ];
}

function greeting(text: string): LayerDescription {
  return stored(tar({ 'usr/bin/hello': `#!/bin/sh\necho "Hello from ${text}"\n` }));
}

function stored(bytes: Uint8Array): LayerDescription {
  return { bytes, compression: 'gzip stored' };
}

function helloConfig(architecture: string): string {
  return JSON.stringify({
    created: CREATED,
    author: 'Example Project <hello@example.org>',
    architecture,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin'],
      Entrypoint: ['/usr/bin/hello'],
      Labels: {
        'org.opencontainers.image.title': 'hello',
        'org.opencontainers.image.version': '1.0.0',
        'org.opencontainers.image.source': 'https://git.example.org/hello',
      },
    },
    rootfs: { type: 'layers', diff_ids: helloLayers(architecture).map(({ bytes }) => digestOf(bytes)) },
    history: [
      { created: CREATED, created_by: 'COPY rootfs / # buildkit' },
      { created: CREATED, created_by: 'COPY hello /usr/bin/hello # buildkit' },
    ],
  });
}

// Whatever JSON.parse and JSON.stringify would not give back: key order, number spellings, duplicates, escapes, invalid UTF-8.
const ODD_CONFIG = Buffer.concat([
  Buffer.from('{ "os": "first", "created":null,\t"config": {"Cmd": ["a<b>&c", "\u2028\u2029", "\\u00e9\\/"],'),
  Buffer.from(' "10": 1.50E+02, "9": -0, "__proto__": 123456789012345678901234567890, "9": [ ] },\r\n'),
  Buffer.from(' "\\u0061rchitecture": "amd64", "OS": "ignored", "os": "linux", "container": "'),
  Uint8Array.of(0xff, 0xfe),
  Buffer.from('" }\n'),
]);

// The first layer of hello as zstd 1.5.4 packs it (-19 --check), for another version may pack it otherwise.
const HELLO_IN_ZSTD: LayerDescription = {
  compression: 'none',
  mediaType: `${OCI.layer}+zstd`,
  bytes: Buffer.from(
    'KLUv/QRohQQAAocYGWDXAwMSNnd3jThpn3qjE/8zRuyQOloGMAUVhpklQQmly05ma2/xMbpRNMVhTDU45drA84F4R6JETKM8zoSAVy8No918x1wQ' +
      'pt370oy39qA/vhP+7t7/hnfFtF71CtjCKdcQIFBr6zYHwA+885OKAvAxVZOMdABpAHy4qW8+6oDTM3BfY0Bg0AAr06oD0UnMcQ==',
    'base64',
  ),
};
