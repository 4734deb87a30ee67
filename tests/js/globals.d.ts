// What a script of the page finds around it: what Gradio puts beside it, and elements as they are after a selector.

/** An element that a selector found: fields of inputs, buttons, pictures and dialogs may be there. */
interface Found extends HTMLElement {
  alt: string;
  checked: boolean;
  disabled: boolean;
  download: string;
  files: FileList | null;
  href: string;
  max: string;
  src: string;
  type: string;
  value: string;
  addEventListener(type: string, listener: (event: PageEvent) => unknown, options?: boolean | AddEventListenerOptions): void;
  close(): void;
  select(): void;
  showModal(): void;
}

/** A DOM event as the page's listeners read it. */
type PageEvent = Omit<KeyboardEvent & DragEvent & CustomEvent<any>, "target"> & { readonly target: Found };

interface ParentNode {
  querySelector(selectors: string): Found | null;
  querySelectorAll(selectors: string): NodeListOf<Found>;
}

interface Element {
  blur(): void;
  closest(selectors: string): Found | null;
}

interface Document {
  addEventListener(type: string, listener: (event: PageEvent) => unknown, options?: boolean | AddEventListenerOptions): void;
}

interface Window {
  ttsvar: any;
}

/** The view's own element. */
declare const element: Found;
/** The view's values; an assignment renders its template again. */
declare const props: Record<string, any>;
/** The view's server functions by name. */
declare const server: Record<string, (value?: unknown) => Promise<any>>;
/** Tell the app that something happened here. */
declare function trigger(event: string, data?: Record<string, unknown>): void;
/** Run after a value has changed and the view is drawn. */
declare function watch(names: string | string[], then: () => void): void;
