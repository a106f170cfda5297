import { expect, test } from 'vitest';
import { nameImage } from '../../../src/cli/options/operands.js';
import { imageName } from '../../../src/cli/options/pasted-name.js';

test.each([
  ['redis:7.4', 'redis:7.4'],
  ['docker://redis:7.4', 'redis:7.4'],
  ['https://ghcr.io/owner/name:1.2', 'ghcr.io/owner/name:1.2'],
  ['http://localhost:5000/name', 'localhost:5000/name'],
  ['https://hub.docker.com/_/redis', 'redis'],
  ['hub.docker.com/_/redis', 'redis'],
  ['https://hub.docker.com/_/redis/tags?name=7', 'redis'],
  ['https://hub.docker.com/r/grafana/grafana/', 'grafana/grafana'],
  ['https://hub.docker.com/r/grafana/grafana/tags', 'grafana/grafana'],
  ['https://hub.docker.com/repository/docker/me/tool/general', 'me/tool'],
  ['https://hub.docker.com/layers/library/redis/7.4/images/sha256-abc', 'library/redis:7.4'],
  ['https://github.com/owner/repo/pkgs/container/name', 'ghcr.io/owner/name'],
  ['https://github.com/owner/repo/pkgs/container/name/1234?tag=1.2', 'ghcr.io/owner/name:1.2'],
  ['https://github.com/orgs/owner/packages/container/package/a%2Fb', 'ghcr.io/owner/a/b'],
  [
    'https://quay.io/repository/prometheus/node-exporter?tab=tags&tag=v1.9.1',
    'quay.io/prometheus/node-exporter:v1.9.1',
  ],
  ['https://gallery.ecr.aws/docker/library/redis', 'public.ecr.aws/docker/library/redis'],
  ['https://mcr.microsoft.com/en-us/artifact/mar/dotnet/sdk/tags', 'mcr.microsoft.com/dotnet/sdk'],
  ['"redis:7.4"', 'redis:7.4'],
  ["'redis:7.4'", 'redis:7.4'],
  ['`redis:7.4`', 'redis:7.4'],
  ['image: redis:7.4', 'redis:7.4'],
  ['image: "redis:7.4"', 'redis:7.4'],
  ['FROM redis:7.4', 'redis:7.4'],
  ['"redis:7.4",', 'redis:7.4'],
  ['ghcr.io/owner/name/', 'ghcr.io/owner/name'],
  ['  redis ', 'redis'],
  // These are something else, and are refused or read elsewhere.
  ['./', './'],
  ['/', '/'],
  ['..', '..'],
])('%s is %s', (pasted, name) => {
  expect(imageName(pasted)).toBe(name);
});

test.each([
  ['Redis:7.4-Alpine', /capital letters.*; write redis:7\.4-Alpine$/],
  ['oci:./result', /write --from oci:.\/result and the name of the image/],
  ['docker-daemon:redis:7', /from registries, and from OCI layouts by --from/],
  ['redis:', /nothing follows the colon/],
  ['ftp://x/y', /ftp/],
])('%s is refused, with what to write', (text, words) => {
  const named = nameImage(text);
  expect('error' in named && named.error.message).toMatch(words);
});
