/** A template of `templates/`, compiled when the program is built. */
declare module '*.hbs' {
  export const template: TemplateSpecification;
}

/** The text of the same file. */
declare module '*.hbs?source' {
  export const source: string;
}

/** Handlebars without its compiler; the package types it as a module without content. */
declare module 'handlebars/runtime.js' {
  import Handlebars from 'handlebars';

  export { Handlebars as default };
}

/** The text of a style sheet of `templates/`. */
declare module '*.css?source' {
  export const source: string;
}
