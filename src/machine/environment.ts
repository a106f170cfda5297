import { join } from 'node:path';

/** Environment variables by name, as they were given to the program. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment variable that is set. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** The first of these variables that has a value. An empty one counts as unset, as it does for docker and skopeo. */
export function firstSet(environment: Environment, names: readonly string[]): EnvironmentVariable | undefined {
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== '') return { name, value };
  }
  return undefined;
}

/** The folder of the user's settings (XDG Base Directory Specification). */
export function configFolder(environment: Environment, home: string): string {
  return environment['XDG_CONFIG_HOME'] || join(home, '.config');
}
