/**
 * What the generator put into the page: the form's data block, the words of this language, the elements.
 *
 * @import { Field, PageData, Text } from './types'
 */

/** The first element that a selector finds: one that the template, or the script before, has made. @type {(selector: string, root?: ParentNode) => HTMLInputElement} */
export const one = (selector, root = document) => /** @type {HTMLInputElement} */ (root.querySelector(selector));

/** All elements that a selector finds. @type {(selector: string, root?: ParentNode) => HTMLInputElement[]} */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)].map((found) => /** @type {HTMLInputElement} */ (found));

/** The page's data block. @type {PageData} */
export let data;

/** @type {HTMLFormElement} */
export let sheet;

/** Every field outside repeat groups. @type {Field[]} */
export let fields;

/** Reads what the generator put into the page. Modules ask for nothing before, so that they can be tested without one. */
export const readPage = () => {
  data = JSON.parse(one('#motcua').textContent || '');
  sheet = /** @type {HTMLFormElement} */ (/** @type {unknown} */ (one('#form')));
  fields = data.form.sections.flatMap((section) => section.fields);
};

/** What pieces have to do once, before the first step. @type {(() => void)[]} */
export const preparations = [];

/** What pieces arrange anew whenever an answer changes. @type {(() => void)[]} */
export const arrangements = [];

/** What buttons and links do, by their `data-` mark; pieces add theirs. @type {Record<string, (target: HTMLElement) => void>} */
export const clicks = {};

/** Words of this page's language by their name, their gaps filled. @type {(name: string, gaps?: Record<string, string | number>) => string} */
export const say = (name, gaps = {}) => fillGaps(data.ui[name], gaps);

/** @type {(words: string, gaps: Record<string, string | number>) => string} */
export const fillGaps = (words, gaps) => words.replace(/\{(\w+)\}/g, (gap, name) => `${gaps[name] ?? gap}`);

/** A text in this page's language. @type {(text: Text) => string} */
export const textOf = (text) => (typeof text === 'string' ? text : text[data.lang] || Object.values(text)[0]);

/** The element of a field, repeat groups' members included. */
export const fieldElement = (/** @type {string} */ id) => one(`[data-field="${id}"]`);

/** The controls in an element, in order. */
export const controls = (/** @type {Element} */ root) => all('input,select,textarea', root);

/** An element with words. @type {(tag: string, words?: string, attributes?: Record<string, string>) => HTMLElement} */
export const element = (tag, words = '', attributes = {}) => {
  const made = document.createElement(tag);
  made.textContent = words;
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  return made;
};

/** The page's state, for style sheets and for whoever watches. @type {(state: string) => void} */
export const setState = (state) => {
  document.body.dataset.state = state;
};
