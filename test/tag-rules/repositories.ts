/** Tags as real repositories have them, and what a rule leads to: rule, pinned tag, expected tag (null for none). Written by hand. */
export interface TaggedRepository {
  readonly name: string;
  readonly tags: string;
  readonly choices: readonly (readonly [rule: string, pinned: string, wanted: string | null])[];
}

const DATABASES: readonly TaggedRepository[] = [
  {
    name: 'postgres',
    tags: 'latest alpine 15 15.7 16 16.3 16.4 16.10 16.4-alpine 16.9-alpine 16.9-alpine3.20 16-alpine 17 17.2 17.2-alpine 18beta1 18rc1',
    choices: [
      ['16.x-alpine', '16.4-alpine', '16.9-alpine'],
      ['16.x-alpine', '16-alpine', '16.9-alpine'],
      ['minor', '16.3', '16.10'],
      ['major', '16.3', '17.2'],
      ['major', '16', '17'],
      ['patch', '16.3', '16.3'],
      ['16.x', '17.2', '16.10'],
      ['major', '18beta1', '18rc1'],
    ],
  },
  {
    name: 'mysql',
    tags: '5.7 5.7.44 8 8.0 8.0.39 8.0.40 8.4 8.4.3 9 9.1 9.1.0 9.1.0-oracle lts innovation',
    choices: [
      ['~8.0', '8.0.39', '8.0.40'],
      ['^8.0', '8.0.39', '8.4.3'],
      ['major', '8.0', '9.1'],
      ['patch', '8.0.39', '8.0.40'],
    ],
  },
  {
    name: 'mariadb',
    tags: '10.11 10.11.9 10.11.10 11 11.4 11.4.4 11.4.4-noble 11.7-rc 11.7.1-rc lts-noble',
    choices: [
      ['minor', '10.11.9', '10.11.10'],
      ['major', '11.4.4-noble', '11.4.4-noble'],
      ['major', '10.11', '11.4'],
    ],
  },
  {
    name: 'redis',
    tags: '7 7.2 7.2.6 7.4 7.4.1 7.4.1-alpine 7.4.1-alpine3.20 7.4-rc2 8.0-M02 8.0-rc1 alpine',
    choices: [
      ['^7.2', '7.2.6', '7.4.1'],
      ['major', '7.2', '7.4'],
      ['^8.0-M01', '8.0-M01', '8.0-rc1'],
      ['7.x', '7.2.6', '7.4.1'],
    ],
  },
  {
    name: 'mongo',
    tags: '6 6.0 6.0.19 7 7.0 7.0.15 7.0.16 8.0.3 8.0.4-rc0 7.0.15-jammy 7.0.16-jammy 8.0.3-noble 7.0.16-nanoserver-1809',
    choices: [
      ['7.0.x-jammy', '7.0.15-jammy', '7.0.16-jammy'],
      ['major', '7.0.15-jammy', '7.0.16-jammy'],
      ['major', '6.0.19', '8.0.3'],
    ],
  },
  {
    name: 'timescaledb',
    tags: 'latest-pg16 2.16.1-pg16 2.17.2-pg16 2.17.2-pg17 2.17.2-pg16-oss 2.18.0-dev1-pg16',
    choices: [['minor', '2.16.1-pg16', '2.17.2-pg16']],
  },
  {
    name: 'influxdb',
    tags: '1.8 1.8.10 1.11 2 2.7 2.7.10 2.7.11 2.7.10-alpine 2.7.11-alpine 3.0.0-beta.1-core 2.7.11-meta',
    choices: [
      ['patch', '2.7.10-alpine', '2.7.11-alpine'],
      ['1.x', '1.8', '1.11'],
    ],
  },
  {
    name: 'elasticsearch',
    tags: '7.17.25 8.15.3 8.16.0 8.16.1 9.0.0-beta1 8.17.0-SNAPSHOT',
    choices: [
      ['minor', '8.15.3', '8.16.1'],
      ['~7.17', '7.17.25', '7.17.25'],
    ],
  },
  {
    name: 'clickhouse',
    tags: '24.3 24.8 24.8.7 24.8.7.41 24.8.8.17 24.10.2.80 24.10.2.80-alpine head',
    choices: [
      ['24.8.x.x', '24.8.7.41', '24.8.8.17'],
      ['minor', '24.8.7.41', '24.10.2.80'],
      ['patch', '24.8.7.41', '24.8.8.17'],
    ],
  },
  {
    name: 'cockroachdb',
    tags: 'v23.2.14 v24.1.6 v24.2.4 v24.3.0-rc.1 v24.3.0-alpha.2 latest-v24.2',
    choices: [
      ['major', 'v23.2.14', 'v24.2.4'],
      ['^24.3.0-alpha.1', 'v24.3.0-alpha.2', 'v24.3.0-rc.1'],
    ],
  },
];

const LANGUAGES: readonly TaggedRepository[] = [
  {
    name: 'node',
    tags: '20 20-slim 20.18.0 20.18.1-slim 20.9.0-slim 22 22-alpine 22-alpine3.20 22.11.0 22.12.0-slim lts jod 23-slim 22.12.0-bookworm-slim',
    choices: [
      ['major', '20-slim', '23-slim'],
      ['minor', '20.9.0-slim', '20.18.1-slim'],
      ['22.x.x-slim', '20.9.0-slim', '22.12.0-slim'],
      ['minor', 'lts', 'lts'],
    ],
  },
  {
    name: 'python',
    tags: '3 3.12 3.12.7 3.12.8-slim 3.12.7-slim 3.13 3.13.0 3.13.1 3.14.0a2 3.14.0a2-slim 3.14-rc 3.13.0rc3',
    choices: [
      ['~3.12', '3.12.7-slim', '3.12.8-slim'],
      ['major', '3.12.7', '3.13.1'],
      ['major', '3.13.0rc3', '3.13.1'],
      ['minor', '3.12', '3.13'],
    ],
  },
  {
    name: 'golang',
    tags: '1 1.22 1.22.9-alpine3.20 1.23.3-alpine3.20 1.23.4-alpine3.21 1.23.4-alpine3.20 1.24rc1-alpine3.20 tip-20241123',
    choices: [['minor', '1.22.9-alpine3.20', '1.23.4-alpine3.20']],
  },
  {
    name: 'eclipse-temurin',
    tags: '17 21 21.0.3_9-jre 21.0.5_11-jre 21.0.5_11-jdk 21.0.10_7-jre 23.0.1_11-jre 21-jre',
    choices: [
      ['minor', '21.0.3_9-jre', '21.0.10_7-jre'],
      ['major', '21.0.3_9-jre', '23.0.1_11-jre'],
      ['major', '17', '21'],
    ],
  },
  {
    name: 'php',
    tags: '8.2-fpm 8.3-fpm 8.4-fpm 8.4.1-fpm 8.4.0RC4-fpm 8.3.14-fpm-alpine 8.4-cli',
    choices: [
      ['8.x-fpm', '8.2-fpm', '8.4-fpm'],
      ['major', '8.3-fpm', '8.4-fpm'],
    ],
  },
  {
    name: 'rust',
    tags: '1 1.81 1.82 1.82.0 1.83.0-slim 1.82.0-slim 1.83.0-slim-bookworm bullseye',
    choices: [['^1.82', '1.82.0-slim', '1.83.0-slim']],
  },
  {
    name: 'dotnet aspnet',
    tags: '8.0 8.0.11 9.0 9.0.0 9.0.0-preview.7 9.0.0-rc.2 8.0.11-jammy 9.0-noble-chiseled',
    choices: [
      ['major', '8.0', '9.0'],
      ['major', '9.0.0-rc.2', '9.0.0'],
    ],
  },
  {
    name: 'erlang',
    tags: '26 26.2 26.2.5 26.2.5.5 26.2.5.6 27.1.2.0 27.1.2 27.1.2-alpine',
    choices: [
      ['26.x.x.x', '26.2.5.5', '26.2.5.6'],
      ['major', '26.2.5', '27.1.2'],
    ],
  },
];

const SYSTEMS: readonly TaggedRepository[] = [
  {
    name: 'ubuntu',
    tags: '20.04 22.04 24.04 24.10 25.04 noble noble-20241118 jammy-20240911 rolling devel',
    choices: [
      ['major', '22.04', '25.04'],
      ['minor', '24.04', '24.10'],
      ['22.x', '22.04', '22.04'],
      ['/^noble-(\\d{8})$/', 'noble-20240429', 'noble-20241118'],
      ['major', 'noble', 'noble'],
    ],
  },
  {
    name: 'debian',
    tags: '11 12 12.7 12.8 12-slim 12.8-slim bookworm bookworm-20241111-slim bookworm-20241016-slim bookworm-20241111 20241111',
    choices: [
      ['major', '11', '12'],
      ['minor', '12.7', '12.8'],
      ['/^bookworm-(\\d+)-slim$/', 'bookworm-20241016-slim', 'bookworm-20241111-slim'],
    ],
  },
  {
    name: 'alpine',
    tags: '3 3.9 3.19 3.19.4 3.20 3.20.3 3.20.10 20240923 edge 20231219',
    choices: [
      ['~3.20', '3.20.3', '3.20.10'],
      ['minor', '3.9', '3.20'],
      ['~3.20', '3.20', '3.20'],
      ['major', '20231219', '20240923'],
      ['major', '3', '3'],
    ],
  },
  {
    name: 'archlinux',
    tags: 'base base-20241110.0.278197 base-20241201.0.284684 base-devel-20241201.0.284684 latest',
    choices: [['/^base-(\\d+)\\.(\\d+)\\.(\\d+)$/', 'base-20241110.0.278197', 'base-20241201.0.284684']],
  },
  {
    name: 'fedora',
    tags: '9 39 40 41 42 rawhide 41-x86_64',
    choices: [['x', '39', '42']],
  },
  {
    name: 'nixos/nix',
    tags: '2.18.9 2.24.10 2.24.9 2.25.2 2.25.2-amd64 2.3 latest',
    choices: [
      ['~2.24.1', '2.24.9', '2.24.10'],
      ['minor', '2.24.9', '2.25.2'],
    ],
  },
];

const SERVERS: readonly TaggedRepository[] = [
  {
    name: 'nginx',
    tags: '1 1.26 1.26.2 1.27 1.27.2 1.27.3 1.27.3-alpine 1.27.3-alpine-slim 1.27.3-perl stable mainline 1.28',
    choices: [
      ['^1.27', '1.27.2', '1.27.3'],
      ['^1.27', '1.27', '1.28'],
      ['minor', '1.26', '1.28'],
    ],
  },
  {
    name: 'traefik',
    tags: 'v2.11 v2.11.14 v3 v3.1 v3.2 v3.2.1 v3.3.0-rc1 v3.2.1-windowsservercore-ltsc2022 3.2 3.2.1 mimolette',
    choices: [
      ['/^v(\\d+)\\.(\\d+)$/', 'v3.1', 'v3.2'],
      ['major', 'v2.11.14', 'v3.2.1'],
      ['3.x.x', 'v3.2.0', 'v3.2.1'],
      ['3.x', '3.1', '3.2'],
    ],
  },
  {
    name: 'caddy',
    tags: '2 2.8 2.8.4 2.8.4-alpine 2.9.0-beta.3 2.9.0-beta.3-alpine builder 2.8.4-builder',
    choices: [
      ['major', '2.7.6-alpine', '2.8.4-alpine'],
      ['^2.9.0-beta', '2.8.4', null],
      ['^2.9.0-beta.1', '2.8.4', '2.9.0-beta.3'],
    ],
  },
  {
    name: 'grafana',
    tags: '10.4.12 11.2.0 11.3.1 11.3.1-ubuntu 11.4.0-204890 11.4.0 main main-ubuntu 11.4.0-security-01',
    choices: [
      ['minor', '11.2.0', '11.4.0'],
      ['10.x.x', '10.4.12', '10.4.12'],
    ],
  },
  {
    name: 'prometheus',
    tags: 'v2.55.0 v2.55.1 v3.0.0 v3.0.0-rc.1 v3.0.1 main 0.18.0',
    choices: [
      ['^2.55.0', 'v2.55.0', 'v2.55.1'],
      ['major', 'v3.0.0-rc.0', 'v3.0.1'],
      ['major', 'v2.55.1', 'v3.0.1'],
    ],
  },
  {
    name: 'rabbitmq',
    tags: '3-management 3.13-management 3.13.7-management 4.0-management 4.0.4-management 4.0.0-beta.5-management 4.0.4-management-alpine',
    choices: [['major', '3.13.7-management', '4.0.4-management']],
  },
  {
    name: 'sql server',
    tags: '2017-latest 2019-latest 2022-latest 2022-CU15-ubuntu-22.04 2019-CU28-ubuntu-20.04 latest',
    choices: [['major', '2019-latest', '2022-latest']],
  },
  {
    name: 'minio',
    tags: 'latest RELEASE.2024-10-29T16-01-48Z RELEASE.2024-11-07T00-52-20Z RELEASE.2024-11-07T00-52-20Z-cpuv1 RELEASE.2024-02-09T21-25-16Z',
    choices: [
      [
        '/^RELEASE\\.(\\d+)-(\\d+)-(\\d+)T(\\d+)-(\\d+)-(\\d+)Z$/',
        'RELEASE.2024-02-09T21-25-16Z',
        'RELEASE.2024-11-07T00-52-20Z',
      ],
      ['major', 'RELEASE.2024-10-29T16-01-48Z', 'RELEASE.2024-10-29T16-01-48Z'],
    ],
  },
];

const HOME: readonly TaggedRepository[] = [
  {
    name: 'home-assistant',
    tags: '0.118.5 2024.5 2024.5.3 2024.11 2024.11.3 2024.12.0b1 2024.12.0.dev202411260210 2024.11.10 stable beta dev',
    choices: [
      ['major', '2024.5.3', '2024.11.10'],
      ['2024.x', '2024.5', '2024.11'],
      ['patch', '2024.11.3', '2024.11.10'],
      ['major', '2024.12.0b0', '2024.12.0b1'],
      ['major', '0.118.5', '0.118.5'],
      ['2024.x.x', '0.118.5', '2024.11.10'],
    ],
  },
  {
    name: 'linuxserver/plex',
    tags: 'latest 1.41.2.9200-c6bbc1b53-ls248 1.41.2.9200-c6bbc1b53-ls250 1.41.10.9134-a1b2c3d4e-ls9 amd64-1.41.2 version-1.41.2.9200-c6bbc1b53 1.41.2 1.41.3 arm64v8-1.41.3',
    choices: [
      [
        '/^(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)-[0-9a-f]{9}-ls(\\d+)$/',
        '1.41.2.9200-c6bbc1b53-ls248',
        '1.41.10.9134-a1b2c3d4e-ls9',
      ],
      ['major', '1.41.2.9200-c6bbc1b53-ls248', '1.41.2.9200-c6bbc1b53-ls248'],
      ['minor', '1.41.2', '1.41.3'],
    ],
  },
  {
    name: 'linuxserver/sonarr',
    tags: '4.0.10 4.0.10.2544-ls257 4.0.11.2680-ls258 4.0.11 develop-4.0.11.2743-ls12 develop version-4.0.11.2680 2024.11.30',
    choices: [
      ['/^(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)-ls(\\d+)$/', '4.0.10.2544-ls257', '4.0.11.2680-ls258'],
      ['major', '4.0.10', '4.0.11'],
    ],
  },
  {
    name: 'bitnami/postgresql',
    tags: '16 16.6.0 16.6.0-debian-12-r0 16.6.0-debian-12-r10 16.6.0-debian-12-r2 17.2.0-debian-12-r1',
    choices: [
      [
        '/^(?P<major>16)\\.(?P<minor>\\d+)\\.(?P<patch>\\d+)-debian-12-r(?P<build>\\d+)$/',
        '16.6.0-debian-12-r2',
        '16.6.0-debian-12-r10',
      ],
      ['major', '16.6.0-debian-12-r2', '16.6.0-debian-12-r2'],
    ],
  },
  {
    name: 'nextcloud',
    tags: '29-fpm 30-fpm 30.0.2-fpm 30.0.2-fpm-alpine 30.0.10-fpm 30.0.3rc1-fpm production-fpm stable',
    choices: [
      ['30.x.x-fpm', '30.0.2-fpm', '30.0.10-fpm'],
      ['major', '29-fpm', '30-fpm'],
    ],
  },
  {
    name: 'pi-hole',
    tags: '2024.06.0 2024.07.0 2024.10.1 v5.8.1 nightly development-v6 2024.10.1-rc.1',
    choices: [
      ['major', '2024.07.0', '2024.10.1'],
      ['patch', '2024.06.0', '2024.06.0'],
    ],
  },
  {
    name: 'images of commits',
    tags: 'main 0f3a9c1 deadbeef 1234567 9999999a 1.4.0 1.5.0 abcdef0123456789abcdef0123456789abcdef01 main-0f3a9c1',
    choices: [
      ['major', '1.4.0', '1.5.0'],
      ['major', '0f3a9c1', '0f3a9c1'],
      ['x', '9', '9'],
      ['x', 'main', null],
    ],
  },
  {
    name: 'images by date',
    tags: '2024-05-01 2024-11-02 2024-10-30 2024-11-02-debug 2024 2024.1',
    choices: [
      ['major', '2024-05-01', '2024-11-02'],
      ['minor', '2024-10-30', '2024-11-02'],
    ],
  },
  {
    name: 'with and without v',
    tags: 'v1.2.3 1.2.3 v1.3.0 1.3.0 1.4.0 v1.3.0-amd64',
    choices: [
      ['major', 'v1.2.3', '1.4.0'],
      ['1.3.x', 'v1.2.3', 'v1.3.0'],
      ['1.3.x', '1.2.3', '1.3.0'],
    ],
  },
  {
    name: 'a project before 1.0',
    tags: '0.0.3 0.0.4 0.2.3 0.2.9 0.2.10 0.3.0 0.3.1 1.0.0',
    choices: [
      ['^0.2.3', '0.2.3', '0.2.10'],
      ['^0.0.3', '0.0.3', '0.0.3'],
      ['^0.0', '0.0.3', '0.0.4'],
      ['^0', '0.2.3', '0.3.1'],
      ['minor', '0.2.3', '0.3.1'],
    ],
  },
  {
    name: 'kinds that a group distinguishes',
    tags: '1.0-a 2.0-a 3.0-b 2.5-b latest',
    choices: [['/^(\\d+)\\.(\\d+)-(?P<compatibility>\\w+)$/', '1.0-a', '2.0-a']],
  },
];

export const REPOSITORIES: readonly TaggedRepository[] = [...DATABASES, ...LANGUAGES, ...SYSTEMS, ...SERVERS, ...HOME];
