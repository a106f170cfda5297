import { inspect } from 'node:util';

/** What identifies the user to a registry. An identity token is exchanged for access tokens by OAuth2; a bearer token is sent to the registry as it is. */
export type Login =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity-token'; readonly token: string }
  | { readonly kind: 'bearer'; readonly token: string };

/** A login and where it was found (`quay.io in /home/ada/.docker/config.json`), which a message may show. */
export type Credentials = Login & { readonly source: string };

/** Credentials that show nothing but their source when they are printed, logged or turned into JSON. A copy made by spreading does not have this protection. */
export function concealed(login: Login, source: string): Credentials {
  const show = { value: (): string => `[credentials from ${source}]` };
  return Object.defineProperties({ ...login, source }, { toString: show, toJSON: show, [inspect.custom]: show });
}
