/**
 * After the receipt: the person's own copy of what was sent, the signed receipt as a QR code, and all of it as one file that
 * any browser shows and prints, and that the page that checks receipts reads, too.
 *
 * @import { KeptCase } from './types'
 */
import { all, clicks, data, element, one } from './page.js';
import { cityTime } from './reference.js';
import { qrOf } from './qr.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Light modules around a code. */
const QUIET = 4;

/** The drawing of a code; nothing when the text is too long for one. @type {(text: string) => SVGElement | undefined} */
const drawing = (text) => {
  const rows = qrOf(text);
  if (!rows) return undefined;
  const side = rows.length + 2 * QUIET;
  const dark = rows.flatMap((row, y) => row.map((is, x) => (is ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : '')));
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${side} ${side}`, width: '320', role: 'img', 'aria-label': data.ui.qr })) svg.setAttribute(name, value);
  const ground = document.createElementNS(SVG, 'rect');
  for (const [name, value] of Object.entries({ width: `${side}`, height: `${side}`, fill: '#fff' })) ground.setAttribute(name, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', dark.join(''));
  svg.append(ground, path);
  return svg;
};

/** Shows the copy below the receipt. @type {(kept: KeptCase) => void} */
export const addCopy = (kept) => {
  const { ui } = data;
  const copy = element('section', '', { id: 'copy' });
  const answers = element('div');
  // Whose files went on after the page was closed has the receipt alone.
  answers.append(...(document.getElementById('answers')?.cloneNode(true).childNodes || []));
  for (const button of all('button', answers)) button.remove();
  const code = drawing(kept.receipt.split('\n')[0]);
  const save = element('p', '', { class: 'actions' });
  save.append(element('button', ui.one_file, { class: 'quiet', type: 'button', 'data-whole': '' }));
  copy.append(element('h2', ui.copy), save, answers);
  if (code) copy.append(element('h3', ui.qr), code);
  one('#receipt').append(copy);
  clicks.whole = () => saveWhole(kept, copy);
};

/** Gives the file to the browser. @type {(kept: KeptCase, copy: Element) => void} */
const saveWhole = ({ reference, title, received_at, receipt, file }, copy) => {
  const { ui } = data;
  const { lang } = document.documentElement;
  const page = document.implementation.createHTMLDocument(`${reference} – ${title}`);
  page.documentElement.lang = lang;
  const parts = [element('h1', title), element('p', `${ui.reference}: ${reference}`), element('p', `${ui.received}: ${cityTime(received_at)}`)];
  const shown = /** @type {Element} */ (copy.cloneNode(true));
  for (const action of all('.actions', shown)) action.remove();
  page.head.prepend(element('meta', '', { charset: 'utf-8' }), element('meta', '', { name: 'viewport', content: 'width=device-width' }));
  page.body.append(...parts, shown, element('pre', receipt));
  const whole = new Blob([`<!doctype html>\n${page.documentElement.outerHTML}`], { type: 'text/html' });
  const link = element('a', '', { href: URL.createObjectURL(whole), download: file.replace(/txt$/, 'html') });
  link.click();
};
