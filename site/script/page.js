/**
 * What the generator put into the page: questions in the HTML, the rest in its data block.
 *
 * @import { Field, Linked, PageData, Section } from './types'
 */

/** The first element that a selector finds: one that the template, or the script before, has made. @type {(selector: string, root?: ParentNode) => HTMLInputElement} */
export const one = (selector, root = document) => /** @type {HTMLInputElement} */ (root.querySelector(selector));

/** All elements that a selector finds. @type {(selector: string, root?: ParentNode) => HTMLInputElement[]} */
export const all = (selector, root = document) => [.../** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll(selector))];

/** The controls in an element, in order. */
export const controls = (/** @type {ParentNode} */ root) => all('input,select,textarea', root);

/** The page's data block. @type {PageData} */
export let data;

/** @type {HTMLFormElement} */
export let sheet;

/** @type {Section[]} */
export let sections;

/** Every field outside repeat groups. @type {Field[]} */
export let fields;

/** A question of the page. Its bounds are texts here, which compare as numbers. @type {(element: HTMLElement) => Field} */
export const fieldOf = (element) => {
  const { dataset } = element;
  const { list } = (controls(element)[0] || element).dataset;
  const { field: id = '', kind = '' } = dataset;
  const bounds = /** @type {object} */ (dataset);
  return { id, kind, list, ...bounds, ...data.fields[id] };
};

/** Reads the page. Modules ask for nothing before, so that they can be tested without one. */
export const readPage = () => {
  data = JSON.parse(one('#motcua').textContent || '');
  sheet = /** @type {HTMLFormElement} */ (/** @type {unknown} */ (one('#form')));
  for (const field of all('[data-kind]')) field.dataset.field = field.id || one('[id]', field).id;
  for (const input of controls(sheet)) if (input.dataset.code) input.value = input.dataset.code;
  sections = all('[data-section]').map((step) => {
    const show_when = data.sections[step.dataset.section || ''];
    return { step, show_when, fields: all('[data-kind]:not([data-kind] [data-kind])', step).map((field) => ({ ...fieldOf(field), section_when: show_when })) };
  });
  fields = sections.flatMap((section) => section.fields);
};

/** What pieces have to do once, before the first step. @type {(() => void)[]} */
export const preparations = [];

/** What pieces arrange anew whenever an answer changes. @type {(() => void)[]} */
export const arrangements = [];

/** What buttons and links do, by their `data-` mark; pieces add theirs. @type {Record<string, (target: HTMLElement) => void>} */
export const clicks = {};

/** Words with their gaps filled. @type {(words: string, gaps?: Record<string, any>) => string} */
export const fillGaps = (words, gaps = {}) => words.replace(/\{(\w+)\}/g, (gap, name) => gaps[name] ?? gap);

/** Words of this page's language by their name. @type {(name: string, gaps?: Record<string, any>) => string} */
export const say = (name, gaps) => fillGaps(data.ui[name], gaps);

/** The element of a field, repeat groups' members included. */
export const fieldElement = (/** @type {string} */ id) => one(`[data-field="${id}"]`);

/** An element with words. @type {(tag: string, words?: string, attributes?: Record<string, string>) => HTMLElement} */
export const element = (tag, words = '', attributes = {}) => {
  const made = document.createElement(tag);
  made.textContent = words;
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  return made;
};

/** Loads a script when it comes to it, if it is the one that was published: the link tells the browser its digest. @type {(script: Linked) => Promise<any>} */
export const loadScript = (script) => {
  document.head.append(element('link', '', { rel: 'modulepreload', ...script }));
  return import(script.href);
};

/** The page's state, for style sheets and for whoever watches. @type {(state: string) => void} */
export const setState = (state) => {
  document.body.dataset.state = state;
};
