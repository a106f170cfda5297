/** Something worth a line of --verbose, or a warning that the user should see anyway. Never carries a secret. */
export type RegistryEvent =
  | {
      readonly type: 'request';
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly milliseconds: number;
    }
  | {
      readonly type: 'retry';
      readonly url: string;
      readonly reason: string;
      readonly milliseconds: number;
      readonly attempt: number;
    }
  | { readonly type: 'warning'; readonly message: string };
