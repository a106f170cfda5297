import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOTH, OLD, startNewcomer } from '../../support/newcomer.js';
import { runPullpin } from '../../support/run-pullpin.js';

const newcomer = await startNewcomer();
const digest = BOTH.root.digest;

/** What was typed, in the words of a shell without quotes; a text in an array is one word. */
type Typed = string | readonly string[];
const wordsOf = (typed: Typed): readonly string[] => (typeof typed === 'string' ? typed.split(' ') : typed);

/** What is typed and does what was meant: a text that stdout has. */
const WORKS: readonly (readonly [typed: Typed, shown: string])[] = [
  ['-v list', '3 pins'],
  ['-q list', '3 pins'],
  ['--json list', '"pins": ['],
  ['--json bump --help', 'Usage:'],
  ['-h bump', 'Usage:'],
  ['help bump', 'Usage:'],
  ['bump help', 'Usage:'],
  ['list help', 'Usage:'],
  ['tags help', 'Usage:'],
  ['help', 'Commands:'],
  ['help help', 'Commands:'],
  ['-hv', 'Commands:'],
  ['--verbose --version', '.'],
  ['bump --dry-run=true', 'hosts/db.nix'],
  ['library/redis:7.4', 'imageName = "library/redis";'],
  ['index.docker.io/redis:7.4', 'imageName = "index.docker.io/redis";'],
  [['redis:7.4', '--platform', 'linux/amd64, linux/arm64'], 'arch = "arm64";'],
  ['redis --hash-format SRI', 'sha256 = "sha256-'],
  ['--json digest redis:7.4', digest],
  ['--retries=0 digest redis:7.4', digest],
  ['digest --retries 0 redis:7.4 -q', digest],
  ['pin redis', 'imageName = "redis";'],
  ['redis', 'imageName = "redis";'],
  ['nginx', 'imageName = "nginx";'],
  ['docker', 'imageName = "docker";'],
  ['docker.io/redis:7.4', 'imageName = "docker.io/redis";'],
  ['docker://redis:7.4', 'imageName = "redis";'],
  ['docker://ghcr.io/owner/name:7.4', 'imageName = "ghcr.io/owner/name";'],
  ['https://hub.docker.com/_/redis', 'imageName = "redis";'],
  ['https://hub.docker.com/_/redis/tags', 'imageName = "redis";'],
  ['http://hub.docker.com/r/acme/web', 'imageName = "acme/web";'],
  ['https://hub.docker.com/r/acme/web/tags?name=7.4', 'imageName = "acme/web";'],
  ['https://hub.docker.com/v2/repositories/library/redis/tags/7.4', 'finalImageTag = "7.4";'],
  ['https://github.com/owner/repo/pkgs/container/name', 'imageName = "ghcr.io/owner/name";'],
  ['https://github.com/orgs/owner/packages/container/package/name', 'imageName = "ghcr.io/owner/name";'],
  ['https://quay.io/repository/owner/name?tab=tags', 'imageName = "quay.io/owner/name";'],
  ['https://ghcr.io/owner/name:7.4', 'finalImageTag = "7.4";'],
  ['https://ghcr.io/v2/owner/name/manifests/7.4', 'finalImageTag = "7.4";'],
  ['https://hub.docker.com/r/acme/web/tags/7.4', 'finalImageTag = "7.4";'],
  ['https://hub.docker.com/repository/docker/acme/web/tags/7.4/sha256-abc', 'finalImageTag = "7.4";'],
  ['https://index.docker.io/v1/repositories/library/redis/tags', 'imageName = "redis";'],
  ['https://registry-1.docker.io/v2/library/redis/manifests/7.4', 'imageName = "docker.io/library/redis";'],
  ['https://github.com/owner/repo/pkgs/container/name/123?tag=7.4', 'finalImageTag = "7.4";'],
  ['https://quay.io/api/v1/repository/owner/name/tag/', 'imageName = "quay.io/owner/name";'],
  [`https://quay.io/repository/owner/name/manifest/${digest}`, digest],
  ['https://registry.example/owner/-/packages/container/name/7.4', 'imageName = "registry.example/owner/name";'],
  ['oci://ghcr.io/owner/name:7.4', 'imageName = "ghcr.io/owner/name";'],
  [['“redis:7.4”'], 'finalImageTag = "7.4";'],
  [['redis:7.4"'], 'finalImageTag = "7.4";'],
  [['<redis:7.4>'], 'finalImageTag = "7.4";'],
  [['image: "redis:7.4" # the cache'], 'finalImageTag = "7.4";'],
  [['- redis:7.4'], 'finalImageTag = "7.4";'],
  [['container: redis:7.4'], 'finalImageTag = "7.4";'],
  [['uses: docker://redis:7.4'], 'finalImageTag = "7.4";'],
  [['repository: redis'], 'imageName = "redis";'],
  ['redis --hash-format Base32', 'sha256 = "'],
  ['redis --hash-format base64', 'sha256 = "sha256-'],
  ['redis --hash-attr Hash', 'hash = "sha256-'],
  ['redis --insecure http://localhost:5000/', 'imageName = "redis";'],
  ['list docker://redis', '1 pin'],
  ['list https://hub.docker.com/_/redis', '1 pin'],
  ['list hosts/db.nix#L2', '1 pin'],
  ['list hosts/db.nix#L2-L3', '2 pins'],
  ['redis:7.4/', 'finalImageTag = "7.4";'],
  ['"redis:7.4"', 'finalImageTag = "7.4";'],
  ["'redis:7.4',", 'finalImageTag = "7.4";'],
  ['image: redis:7.4', 'finalImageTag = "7.4";'],
  [['image: "redis:7.4"'], 'finalImageTag = "7.4";'],
  [['image = "redis:7.4";'], 'finalImageTag = "7.4";'],
  [['- image: redis:7.4'], 'finalImageTag = "7.4";'],
  [['FROM redis:7.4 AS base'], 'finalImageTag = "7.4";'],
  ['FROM redis:7.4 AS base', 'finalImageTag = "7.4";'],
  ['FROM --platform=linux/amd64 redis:7.4', 'finalImageTag = "7.4";'],
  ['redis --platform arm64', 'arch = "arm64";'],
  ['redis --arch arm64', 'arch = "arm64";'],
  ['redis --system aarch64-linux', 'arch = "arm64";'],
  ['redis --platform linux/amd64,linux/arm64', 'arch = "arm64";'],
  ['redis --system x86_64-linux,aarch64-linux', 'arch = "arm64";'],
  ['redis --platform all', 'arch = "arm64";'],
  ['redis --hash-format base32', 'sha256 = "'],
  ['redis --hash-format base16 --json', '"pins"'],
  ['list hosts', '2 pins'],
  ['list hosts/', '2 pins'],
  ['list redis', '1 pin'],
  ['list web', '1 pin'],
  ['list redis@<8', '1 pin'],
  ['list redis:7.4', '1 pin'],
  ['list hosts/db.nix:2', '1 pin'],
  ['list hosts/db.nix:2:8', '1 pin'],
  ['list hosts/db.nix:1-3', '2 pins'],
  ['list hosts/db.nix:2-2', '1 pin'],
  ['list hosts/db.nix:4-4', '1 pin'],
  ['list **/we*', '1 pin'],
  ['list ./**/*.nix', '3 pins'],
  ['list ./hosts/*.nix', '2 pins'],
  ['-- list', '3 pins'],
  ['cache', 'entries'],
  ['config', 'template'],
  ['--version', '.'],
  ['-V', '.'],
  ['-n bump redis', 'hosts/db.nix:3'],
  ['-qn bump redis', 'hosts/db.nix:3'],
  ['-o - redis', 'imageName = "redis";'],
  ['list docker.io/redis', '1 pin'],
  [`list redis:7.4@${OLD.root.digest}`, '1 pin'],
];

/** What is not done, and the one line that says what to type. */
const REFUSED: readonly (readonly [typed: Typed, line: RegExp])[] = [
  ['ls', /write pullpin list/],
  ['bump --commit-message hosts/db.nix', /--commit-message hosts\/db\.nix would replace a file that may have pins/],
  ['bump --commit-message new.yaml', /would replace a file that may have pins/],
  ['--archive - redis', /--archive names a file/],
  [['list', ''], /a pattern is empty/],
  ['digest --platform all redis', /write one, such as --platform linux\/arm64/],
  ['explain nosuch.log', /nosuch\.log does not exist/],
  ['explain hosts/db.nix', /for a log in a file: pullpin explain < FILE/],
  [['bump', '--assume-tag', 'a b'], /--assume-tag is a tag such as 1\.27, not 'a b'/],
  ['audit', /write pullpin check\b/],
  ['scan redis', /pullpin scans no images; pullpin inspect IMAGE/],
  ['history redis', /write pullpin inspect IMAGE/],
  ['rmi redis', /remove the pin from its file/],
  ['sha256 redis', /write pullpin digest IMAGE/],
  ['prune', /write pullpin cache --clear/],
  ['rollback', /git restore FILE/],
  ['tag list redis', /there is no command 'tag'; did you mean tags\?/],
  ['digest docker pull redis:7.4', /write pullpin digest redis:7\.4$/],
  ['inspect skopeo inspect docker://redis', /write pullpin inspect redis$/],
  [['docker run -it --rm redis:7.4 bash'], /is a command: pullpin runs no images/],
  [['$ podman pull ghcr.io/owner/name'], /is a command: write pullpin ghcr\.io\/owner\/name$/],
  [['sudo docker pull --platform linux/arm64 redis:7.4'], /is a command: write pullpin redis:7\.4$/],
  ['redis linux/arm64', /'linux\/arm64' is no image here: write --platform linux\/arm64/],
  ['redis --platform arm64 amd64', /'amd64' is no image here: write --platform amd64/],
  ['redis aarch64-linux', /write --system aarch64-linux/],
  ['https://hub.docker.com/u/acme', /is a web page, and its address names no image/],
  ['https://github.com/owner/name', /is a web page/],
  ['https://github.com/owner/repo/pkgs/container/name/123', /is a web page/],
  ['https://quay.io/organization/owner', /is a web page/],
  ['https://console.cloud.google.com/artifacts', /is a web page/],
  [
    'ada:secret@ghcr.io/owner/name',
    /^pullpin: …@ghcr\.io\/owner\/name: a login in front of the registry is not read, .*: write --creds-stdin$/,
  ],
  ['digest https://ada:secret@ghcr.io/owner/name', /^pullpin: https:\/\/…@ghcr\.io\/owner\/name: a login/],
  ['Docker.io/redis', /write docker\.io\/redis$/],
  [`redis@${digest.replace('sha256:', '')}`, new RegExp(`write redis@${digest}$`)],
  [`redis@${digest.toUpperCase()}`, new RegExp(`write redis@${digest}$`)],
  [`redis:${digest}`, new RegExp(`write redis@${digest}$`)],
  ['redis:7.4@', /write redis:7\.4$/],
  ['redis:^7', /write a tag, redis:TAG; the tags are those of pullpin tags redis$/],
  ['redis:7.*', /write a tag, redis:TAG/],
  [['redis:7.4 nginx:1.27'], /several images: write redis:7\.4 nginx:1\.27$/],
  ['-?', /there is no option -\?; see pullpin pin --help$/],
  ['bump --config pullpin.toml', /no option --config: pullpin\.toml is found by itself/],
  ['redis --no-progress', /progress is shown on a terminal only/],
  ['redis --log-level debug', /write --verbose$/],
  ['redis -s aarch64-linux', /write --system SYSTEM/],
  ['bump --message x', /write --commit-message FILE/],
  ['bump --recursive', /omit it$/],
  ['check --strict', /end with 3 when a pin is outdated$/],
  ['check --dry-run', /pullpin check writes nothing without --fix/],
  ['lock --update --dry-run', /write --check$/],
  ['tags redis --latest', /write --semver --limit 1$/],
  ['tags redis -l 3', /write --limit N$/],
  ['templates -t attrs', /write the name itself/],
  ['templates list', /write pullpin templates, without a word behind it/],
  ['templates show attrs', /write pullpin templates attrs$/],
  ['config path', /write pullpin config, without a word behind it/],
  ['redis --quite', /no option --quite; did you mean --quiet\?/],
  ['redis --insecure=true', /--insecure is a registry such as localhost:5000, not 'true'/],
  ['--insecure nginx redis', /--insecure is a registry such as localhost:5000, not 'nginx'/],
  ['list redis,postgres', /for one of several write '\{redis,postgres\}'; /],
  ['update', /write pullpin bump\b/],
  ['upgrade redis', /write pullpin bump\b/],
  ['outdated', /write pullpin check/],
  ['verify', /write pullpin check/],
  ['add redis', /write pullpin pin IMAGE/],
  ['init', /nothing to set up/],
  ['show redis', /write pullpin inspect IMAGE/],
  ['pull redis', /write pullpin pin IMAGE/],
  ['images', /write pullpin list/],
  ['run redis', /pullpin runs no images/],
  ['version', /write pullpin --version/],
  ['freeze', /# pullpin: freeze/],
  ['docker pull redis:7.4', /write pullpin redis:7\.4\. For an image of that name: pullpin pin docker/],
  [['docker pull redis:7.4'], /is a command: write pullpin redis:7\.4$/],
  ['skopeo inspect docker://redis', /write pullpin inspect redis\./],
  ['skopeo list-tags docker://ghcr.io/owner/name', /write pullpin tags ghcr\.io\/owner\/name\./],
  ['skopeo copy docker://redis:7.4 docker-archive:x.tar', /write pullpin redis:7\.4\./],
  ['crane digest redis:7.4', /write pullpin digest redis:7\.4\./],
  ['crane ls redis', /write pullpin tags redis\./],
  ['crane export redis:7.4 x.tar', /write pullpin redis:7\.4\./],
  ['docker image inspect redis:7.4', /write pullpin inspect redis:7\.4\./],
  ['docker manifest inspect redis:7.4', /write pullpin inspect redis:7\.4\./],
  ['docker buildx imagetools inspect redis:7.4', /write pullpin inspect redis:7\.4\./],
  ['docker pull --platform linux/arm64 redis:7.4', /write pullpin redis:7\.4\./],
  ['docker images', /another tool: write pullpin list/],
  ['docker search redis', /write pullpin tags redis\./],
  ['docker login ghcr.io', /uses what docker login or podman login keep/],
  ['docker run redis:7.4 redis-server', /pullpin runs no images/],
  ['npins update', /write pullpin bump\./],
  ['npins update redis', /write pullpin bump redis\./],
  ['npins init', /there is nothing to set up/],
  ['npins freeze redis', /# pullpin: freeze/],
  ['npins verify', /write pullpin check\./],
  ['gh pr list', /write pullpin list\./],
  ['nix flake update', /write pullpin bump\./],
  ['nix-prefetch redis:7.4', /write pullpin redis:7\.4\./],
  ['nix-prefetch-docker --image-name redis', /write it without pullpin in front/],
  ['ls-tags redis', /write pullpin tags REPOSITORY/],
  ['unpin redis', /pullpin list shows where/],
  ['digest redis 1.27-alpine', /write redis:1\.27-alpine\./],
  ['redis 7.4', /'7\.4' is no image here: write redis:7\.4\./],
  ['redis:7.4 7.3', /'7\.3' is no image here\. For an image of that name/],
  ['redis:7.4,nginx:1.27', /several images: write redis:7\.4 nginx:1\.27$/],
  ['ghcr.io', /is a registry: write ghcr\.io\/OWNER\/NAME$/],
  ['https://quay.io/', /'quay\.io' is a registry/],
  ['localhost:5000', /is a registry: write localhost:5000\/OWNER\/NAME/],
  ['tags 127.0.0.1:5000', /is a registry/],
  ['redis@sha256', /must be sha256: and 64 lower-case hex digits$/],
  ['help bmup', /did you mean bump\?/],
  ['help verify', /write pullpin check/],
  ['bmup', /did you mean bump\? For an image of that name: pullpin pin bmup$/],
  ['redis list', /'list' is a command, and must come first\. For an image of that name: pullpin pin list/],
  ['redis help', /'help' is a command/],
  ['redis update', /'update' is no image here: write pullpin bump/],
  ['--hepl', /no option --hepl; did you mean --help\?/],
  ['--ver', /did you mean --version\?/],
  ['redis --platfrom linux/arm64', /no option --platfrom; did you mean --platform\?/],
  ['--platfrom linux/arm64 redis', /no option --platfrom; did you mean --platform\?/],
  ['redis --no-cahce', /did you mean --no-cache\?/],
  ['bump --write', /writes by itself/],
  ['bump -w', /writes by itself/],
  ['bump --file flake.nix', /write the path itself/],
  ['bump --pr', /--markdown/],
  ['list -a', /take all pins by themselves/],
  ['list -o json', /--output \(-o\) is an option of pin, and not of list; for JSON write --json/],
  ['tags redis -n 1', /--dry-run \(-n\) is an option of bump, and not of tags; .* --limit N/],
  ['tags redis --n 1', /there is no option --n; see pullpin tags --help/],
  ['tags redis --sort', /write --semver/],
  ['bump --dry', /did you mean --dry-run\?/],
  ['bump --yes', /asks nothing/],
  ['list --check', /--check is an option of bump, and not of list/],
  ['redis --dry-run', /--dry-run \(-n\) is an option of bump, and not of pin/],
  ['redis --tag 7.4', /write IMAGE:TAG/],
  ['redis --tls-verify=false', /write --insecure HOST/],
  ['redis --creds a:b', /write --creds-stdin/],
  ['list --debug', /write --verbose/],
  ['list --format json', /write --json/],
  ['redis -o json', /for JSON write --json/],
  ['redis -t attr', /did you mean attrs\?/],
  ['redis -t pul-image', /did you mean pull-image\?/],
  ['redis -t nosuch.hbs', /there is no template file nosuch\.hbs/],
  ['redis --hash-format sir', /not 'sir'; did you mean sri\?/],
  ['redis --hash-attr sha25', /did you mean sha256\?/],
  ['redis --platform linux/arm46', /did you mean linux\/arm64\?/],
  ['redis --platform aarch64-linux', /is a Nix system: write --system aarch64-linux/],
  ['redis --platform linux-arm64', /write linux\/arm64/],
  ['redis --platform linux', /write linux\/amd64/],
  ['redis --platform armv7', /write linux\/arm\/v7$/],
  ['redis --platform armv6l', /write linux\/arm\/v6$/],
  ['redis -p linux/arm64', /write --platform OS\/ARCH/],
  ['redis --sri', /write --hash-format sri/],
  ['redis --hash sri', /write --hash-format FORMAT/],
  ['redis --timeout 5', /--retries N/],
  ['redis --mirror x', /write --registry-map FROM=TO/],
  ['redis --registry ghcr.io', /in front of the image/],
  ['redis --authfile nosuch.json', /--authfile nosuch\.json: there is no such file; podman login/],
  ['redis --authfile hosts', /--authfile hosts: is a folder; name a file$/],
  ['digest redis --ca-file ./empty', /--ca-file \.\/empty: is a folder/],
  ['redis --ca-file nosuch.pem', /--ca-file nosuch\.pem: there is no such file/],
  ['redis -t hosts', /^pullpin: hosts is a folder, and not a template/],
  ['redis -t ./empty/', /^pullpin: \.\/empty\/ is a folder, and not a template/],
  ['redis -t /dev/null', /is a pipe or a device, and not a template/],
  ['redis --platform x86_64', /write amd64, or linux\/amd64 for a platform/],
  ['redis --system linux/arm64', /write --platform linux\/arm64/],
  ['redis --system aarch64-linx', /did you mean aarch64-linux\?/],
  ['redis --platform', /--platform needs a value/],
  ['--insecure redis', /--insecure took 'redis' as its value/],
  ['nosuch.nix', /there is no file nosuch\.nix/],
  ['hosts/nosuch.nix', /there is no file hosts\/nosuch\.nix/],
  ['digest nosuch.json', /there is no file nosuch\.json/],
  ['./nosuch.nix', /looks like the path of a file/],
  ['tags flake.nix', /looks like the path of a file|looks like a file/],
  ['flake.nix', /is a file, not an image: pullpin bump flake\.nix/],
  ['hosts/db.nix redis', /is a file, not an image: pullpin bump hosts\/db\.nix/],
  ['hosts/db.nix:2', /is a place in a file, not an image: pullpin bump hosts\/db\.nix:2/],
  ['digest hosts/db.nix:2:8', /is a place in a file/],
  ['hosts/nosuch.nix:2', /there is no file hosts\/nosuch\.nix/],
  ['nosuch.tar.gz', /there is no file nosuch\.tar\.gz/],
  ['nosuch.hbs', /there is no file nosuch\.hbs/],
  ['hosts/', /is a folder, not an image: pullpin bump hosts\//],
  ['inspect .', /is a folder, not an image/],
  ['oci:result', /write --from oci:result/],
  ['docker-daemon:redis', /is a place/],
  ['sha256:abc', /is a digest without an image/],
  ['redis@7.4', /write redis:7\.4$/],
  ['redis==7.4', /write redis:7\.4$/],
  [['redis 7.4'], /write redis:7\.4$/],
  ['redis:', /nothing follows the colon/],
  ['redis@', /write a tag, redis:TAG/],
  ['redis@<8', /write a tag, redis:TAG/],
  ['Redis:7.4', /write redis:7\.4$/],
  ['tags redis:7.4', /tags wants a repository: write redis$/],
  ['tags redis 7.*', /write --match PATTERN/],
  ['cache clear', /write pullpin cache --clear/],
  ['config show', /write pullpin config/],
  ['completion bsh', /did you mean bash\?/],
  ['list empty', /empty has no pin; pullpin looked at 0 files;/],
  ['list nginx', /nginx has no pin; .*; for an image of that name write --include nginx/],
  ['bump --check nosuch', /no pin matches 'nosuch'; pullpin looked at 3 pins in 2 files/],
  ['bump --check rdis', /did you mean redis\?/],
  ['list --include rdis', /did you mean redis\?/],
  ['list --exclude rdis', /did you mean redis\?/],
  ['list nosuch.nix', /nosuch\.nix does not exist/],
  ['list hosts/db.nix:99', /has 4 lines, so there is no line 99/],
  ['list --include redis --exclude redis', /no pin is left: .*; pullpin looked at 3 pins in 2 files/],
  ['bump redis --exclude hosts/*', /no pin is left/],
  ['list redis@stable', /has no range of versions behind the @; for the tag write redis:stable$/],
  ['list redis@>>1', /'>>1' is not a range of versions/],
  ['bump Dockerfile', /^pullpin: Dockerfile is not a Nix, JSON, TOML or YAML file: .* end in \.nix/],
  ['list ./README.md', /^pullpin: \.\/README\.md is not a Nix/],
  ['check Dockerfile flake.nix', /^pullpin: Dockerfile is not a Nix/],
  ['list flke.nix', /^pullpin: flke\.nix does not exist; did you mean flake\.nix\?$/],
  ['bump hosts/dbb.nix', /did you mean hosts\/db\.nix\?$/],
  ['bump ./host/', /did you mean \.\/hosts\?$/],
  ['flke.nix', /^pullpin: there is no file flke\.nix; did you mean pullpin bump flake\.nix\?/],
  ['hosts/dbb.nix:2', /did you mean pullpin bump hosts\/db\.nix\?/],
  ['list we*', /^pullpin: no pin matches 'we\*': a glob is for the whole name acme\/web, so write '\*\*\/we\*'; /],
  ['list --include [vw]eb', /so write '\*\*\/\[vw\]eb'/],
  ['list zz*', /^pullpin: no pin matches 'zz\*'; pullpin looked/],
  ['list hosts/db.nix:3-2', /write 2-3$/],
  ['list hosts/db.nix:2-9', /has 4 lines, so there is no line 9$/],
  ['list flake.nix:2', /^pullpin: flake\.nix has 1 line, so there is no line 2$/],
  ['hosts/db.nix:1-3', /is a place in a file, not an image/],
  ['list redis --include nginx', /no pin matches 'nginx'/],
  [
    'list redis --include postgres',
    /no pin is left: redis and --include postgres have none in common; pullpin looked at 3 pins/,
  ],
  ['list --exclude *.nix', /no pin is left: --exclude '\*\.nix' removed all of them; /],
  [
    'bump --include redis --exclude hosts/*',
    /no pin is left: --exclude 'hosts\/\*' removed what --include redis chose; /,
  ],
  ['check empty', /^pullpin: empty has no pin; pullpin looked at 0 files/],
  ['tags redis --match X*', /^pullpin: no tag of redis matches 'X\*'$/],
  ['tags redis --match main* --semver', /no tag of redis matches 'main\*' and is a version$/],
  ['tags localhost:5000', /is a registry: write localhost:5000\/OWNER\/NAME/],
  ['crane digest redis:7.4', /write pullpin digest redis:7\.4\./],
  ['bump --target minor', /for newer tags write --tags minor$/],
  ['list --no-json', /there is no option --no-json: --json is off unless it is typed, so omit it$/],
  ['bump --no-dry-run', /so omit it$/],
  ['--no-version', /so omit it$/],
  ['templates --json', /^pullpin: pullpin templates has no option --json; see pullpin templates --help$/],
  ['completion bash --platform x', /pullpin completion has no option --platform/],
  ['digest redis --platform linux/amd64,linux/arm64', /this command looks at one platform/],
  ['inspect redis --platform all', /this command looks at one platform/],
  ['list *.toml', /no pin matches '\*\.toml'/],
  ['bump -i', /--interactive asks on a terminal/],
  ['bump --json --diff', /choose one/],
  ['bump --retries -1', /--retries is a whole number/],
  ['-', /no image was named on stdin/],
];

describe('what people type', () => {
  test.concurrent.each(WORKS)('%j works', async (typed, shown) => {
    const { stdout, stderr, exitCode } = await newcomer.type(wordsOf(typed));
    expect({ exitCode, stderr: stderr.replace(/^pullpin: (?:warning: .*|\d+ pins? .*)\n|^ {2}.*\n/gm, '') }).toEqual({
      exitCode: 0,
      stderr: '',
    });
    expect(stdout).toContain(shown);
  });

  test.concurrent.each(REFUSED)('%j ends with 2 and one line', async (typed, line) => {
    const { stdout, stderr, exitCode } = await newcomer.type(wordsOf(typed), { stdin: '' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^pullpin: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(line);
    // No message shows a name that was not typed.
    expect(stderr).not.toContain(':latest');
  });
});

describe('-o with several images', () => {
  test.each([
    ['pull-image', 'images.txt', ''],
    ['pull-image', 'images.nix', /is no Nix file by itself: --template images writes one/],
    ['images', 'images.nix', ''],
  ])('the template %s writes into %s what stdout would have', async (template, file, said) => {
    const cwd = newcomer.folder();
    const args = ['-t', template, 'redis:7.4', 'nginx:1.27'];
    const shown = await newcomer.type(args, { cwd });
    const { stdout, stderr, exitCode } = await newcomer.type([...args, '-o', file], { cwd });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    expect(readFileSync(join(cwd, file), 'utf8')).toBe(shown.stdout);
    const own = stderr.split('\n').filter((line) => line !== '' && !line.includes('tlsVerify'));
    expect(own.join('\n')).toMatch(said === '' ? /^$/ : said);
  });

  test('writes nothing when one of them fails', async () => {
    const cwd = newcomer.folder();
    const before = readdirSync(cwd);
    const { exitCode } = await newcomer.type(['redis:7.4', 'nosuch:1', '-o', 'a.nix'], { cwd });
    expect(exitCode).not.toBe(0);
    expect(readdirSync(cwd)).toEqual(before);
  });
});

describe('stdin', () => {
  test('has a list of images as people paste them', async () => {
    const stdin = '# ours\nimage: "redis:7.4"\n\nFROM nginx:1.27 AS web\ndocker://ghcr.io/owner/name\n';
    const { stdout, exitCode } = await newcomer.type(['digest', '--names', '-'], { stdin });
    expect(stdout).toBe(`redis:7.4 ${digest}\nnginx:1.27 ${digest}\nghcr.io/owner/name ${digest}\n`);
    expect(exitCode).toBe(0);
  });
});

describe('a failure names what was typed', () => {
  test('and no tag that was not', async () => {
    const { stderr } = await newcomer.type(['digest', 'acme/web:nosuch', 'acme/web:nosuch-2', 'ghcr.io/nosuch']);
    expect(stderr).toMatch(
      /^pullpin: acme\/web:nosuch: .*\npullpin: acme\/web:nosuch-2: .*\npullpin: ghcr\.io\/nosuch: .*\n$/,
    );
    expect(stderr).not.toContain(':latest');
  });

  test.each(['inspect nosuch:1', 'tags nosuch', 'digest nosuch:1', 'nosuch:1'])('%s', async (typed) => {
    const { stderr, exitCode } = await newcomer.type(wordsOf(typed));
    expect(stderr).toMatch(/^pullpin: [^\n]*\bnosuch\b[^\n]*\n$/);
    expect(exitCode).toBe(5);
  });

  test.each([
    ['bump --commit-message nosuch/message', /--commit-message nosuch\/message: there is no such folder/],
    ['--from oci:/nosuch redis', /\/nosuch: there is no such folder/],
  ])('%s names the folder that is missing', async (typed, line) => {
    const { stderr, exitCode } = await newcomer.type(wordsOf(typed));
    expect(stderr).toMatch(line);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(exitCode).toBe(1);
  });

  test.each(['inspect web', 'tags v', 'digest v', 'v'])('%s, whose name is a part of other words', async (typed) => {
    const env = { PULLPIN_REGISTRY_MAP: 'docker.io=127.0.0.1:1', PULLPIN_RETRIES: '0' };
    const { stderr, exitCode } = await runPullpin(wordsOf(typed), { env });
    expect(stderr).toMatch(new RegExp(`^pullpin: ${typed.split(' ').at(-1)}: [^\\n]+\\n$`));
    expect(exitCode).toBe(1);
  });
});

test('a variable of the parser of the command line does not stop pullpin', async () => {
  const { stdout, stderr, exitCode } = await runPullpin(['--version'], { env: { YARGS_MIN_NODE_VERSION: '99' } });
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});
